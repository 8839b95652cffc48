import type { BrickRecord } from '../../db/bricks.ts';
import type { Reads } from '../../db/queries.ts';
import { AppError, toAppError } from '../../errors.ts';
import { visibleDevice } from '../../topology/devices.ts';
import { visibleNode } from '../../topology/nodes.ts';
import type { ReplacementPlanRequest, WhatIfRequest } from '../schema/replacements.ts';

/** What a field of a body names. @throws AppError `object.not_found` with the field and its value. */
async function named<Found>(
  field: string,
  id: string,
  find: Promise<Found>,
): Promise<Exclude<Found, undefined>> {
  const found = await find.catch((thrown: unknown) => {
    if (toAppError(thrown).code !== 'object.not_found') throw thrown;
    return undefined;
  });
  if (found !== undefined) return found as Exclude<Found, undefined>;
  throw nothingIs(field, id);
}

const nothingIs = (field: string, value: string | number): AppError =>
  new AppError(
    'object.not_found',
    `${field}: there is none with ${field.startsWith('zone') ? 'the number' : 'the id'} ${value}; mortar topology info shows what there is`,
    { details: { field, value } },
  );

/** The bricks that a plan is about. @throws AppError `object.not_found`. */
export async function bricksOf(
  reads: Reads,
  { brick, device, node }: ReplacementPlanRequest,
): Promise<BrickRecord[]> {
  if (brick !== undefined) return [await named('brick', brick, reads.bricks.find(brick))];
  if (device !== undefined) {
    const { id } = await named('device', device, visibleDevice(reads, device));
    return reads.bricks.listByDevice(id);
  }
  const { id: nodeId } = await named('node', node ?? '', visibleNode(reads, node ?? ''));
  const bricks: BrickRecord[] = [];
  for (const { id } of await reads.devices.listByNode(nodeId))
    bricks.push(...(await reads.bricks.listByDevice(id)));
  return bricks;
}

/** The devices that may take the bricks: one, or those of a node; undefined for any. @throws AppError `object.not_found`. */
export async function targetsOf(
  reads: Reads,
  { to }: ReplacementPlanRequest,
): Promise<ReadonlySet<string> | undefined> {
  if (to === undefined) return undefined;
  const node = await reads.nodes.find(to);
  if (node === undefined) return new Set([(await named('to', to, visibleDevice(reads, to))).id]);
  const { id: nodeId } = await named('to', to, visibleNode(reads, to));
  return new Set((await reads.devices.listByNode(nodeId)).map(({ id }) => id));
}

/** Ids of all devices that would be lost. @throws AppError `object.not_found`. */
export async function devicesOf(reads: Reads, request: WhatIfRequest): Promise<string[]> {
  const ids = new Set<string>();
  for (const id of request.devices ?? []) ids.add((await named('devices', id, visibleDevice(reads, id))).id);
  const nodes = new Set<string>();
  for (const id of request.nodes ?? []) nodes.add((await named('nodes', id, visibleNode(reads, id))).id);
  for (const id of await nodesOfZones(reads, request.zones ?? [])) nodes.add(id);
  for (const nodeId of nodes) for (const { id } of await reads.devices.listByNode(nodeId)) ids.add(id);
  return [...ids];
}

async function nodesOfZones(reads: Reads, zones: readonly number[]): Promise<string[]> {
  if (zones.length === 0) return [];
  const all = await reads.nodes.listAll();
  const unknown = zones.find((zone) => !all.some((node) => node.zone === zone));
  if (unknown !== undefined) throw nothingIs('zones', unknown);
  return all.filter(({ zone }) => zones.includes(zone)).map(({ id }) => id);
}
