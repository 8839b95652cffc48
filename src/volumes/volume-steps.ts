import type { BrickRecord } from '../db/bricks.ts';
import type { Reads } from '../db/queries.ts';
import type { VolumeRecord } from '../db/volumes.ts';
import type { StepPlan } from '../operations/kinds.ts';
import { idOption, sizeOption, toVolumeOptions } from '../storage/imprints.ts';
import { glusterBrick } from '../storage/naming.ts';
import type { AddBricksParams } from './add-bricks.ts';
import { toSpec } from './brick-volumes.ts';
import type { CreateGlusterVolumeParams } from './create-gluster-volume.ts';
import type { DeleteGlusterVolumeParams } from './delete-gluster-volume.ts';
import type { DestroyBricksParams } from './destroy-bricks.ts';
import { type AnyBrick, isForeign, withForeign } from './foreign-bricks.ts';
import type { MakeBricksParams } from './make-bricks.ts';
import type { RebalanceParams } from './rebalance.ts';

function byNode(bricks: readonly BrickRecord[]): Map<string, BrickRecord[]> {
  const groups = new Map<string, BrickRecord[]>();
  for (const brick of bricks) groups.set(brick.nodeId, [...(groups.get(brick.nodeId) ?? []), brick]);
  return groups;
}

/** One step a node: all bricks it contributes go in one batch. */
export function makeBricksSteps(bricks: readonly BrickRecord[], volume: VolumeRecord): StepPlan[] {
  return [...byNode(bricks)].map(([nodeId, onNode]) => ({
    action: 'make-bricks',
    nodeId,
    params: {
      bricks: onNode.map((brick) => toSpec(brick, volume.id)),
      gid: volume.gid,
    } satisfies MakeBricksParams,
  }));
}

/** `destroy-left-bricks` waits for its node; `destroy-bricks` may be left over when the node is out of reach. */
export function destroyBricksSteps(
  bricks: readonly BrickRecord[],
  action: 'destroy-bricks' | 'destroy-left-bricks' = 'destroy-bricks',
): StepPlan[] {
  return [...byNode(bricks)].map(([nodeId, onNode]) => ({
    action,
    nodeId,
    params: {
      bricks: onNode.map((brick) => toSpec(brick, brick.volumeId ?? '')),
    } satisfies DestroyBricksParams,
  }));
}

/** `host:path` of bricks as gluster is told, in the order given. */
export async function glusterBricks(reads: Reads, bricks: readonly AnyBrick[]): Promise<string[]> {
  const hosts = await reads.nodes.storageHostsOf([...new Set(bricks.map(({ nodeId }) => nodeId))]);
  return bricks.map((brick) =>
    isForeign(brick) ? brick.name : glusterBrick(hosts.get(brick.nodeId) ?? '', brick.path),
  );
}

/** Nodes that may run gluster's commands for a volume: those of its bricks, in gluster's order. */
export const managingNodes = (bricks: readonly { readonly nodeId: string }[]): string[] => [
  ...new Set(bricks.map(({ nodeId }) => nodeId)),
];

export async function createGlusterStep(
  reads: Reads,
  volume: VolumeRecord,
  bricks: readonly BrickRecord[],
  options: CreateGlusterVolumeParams['options'],
): Promise<StepPlan> {
  const params: CreateGlusterVolumeParams = {
    clusterId: volume.clusterId,
    nodeIds: managingNodes(bricks),
    volumeId: volume.id,
    name: volume.name,
    durability: volume.durability,
    bricks: await glusterBricks(reads, bricks),
    options: [...options, [idOption, volume.id], ...toVolumeOptions(volume)],
  };
  return { action: 'create-gluster-volume', nodeId: null, params };
}

export async function addBricksStep(
  reads: Reads,
  volume: VolumeRecord,
  existing: readonly AnyBrick[],
  { bricks: added, sizeGib }: { readonly bricks: readonly BrickRecord[]; readonly sizeGib: number },
): Promise<StepPlan> {
  const params: AddBricksParams = {
    clusterId: volume.clusterId,
    nodeIds: managingNodes([...existing, ...added]),
    volumeId: volume.id,
    name: volume.name,
    glusterUuid: volume.glusterUuid,
    bricks: await glusterBricks(reads, added),
    options: [[sizeOption, String(sizeGib)]],
  };
  return { action: 'add-bricks', nodeId: null, params };
}

export function rebalanceStep(volume: VolumeRecord, bricks: readonly AnyBrick[]): StepPlan {
  const params: RebalanceParams = {
    clusterId: volume.clusterId,
    nodeIds: managingNodes(bricks),
    name: volume.name,
  };
  return { action: 'start-rebalance', nodeId: null, params };
}

/** So many nodes without bricks of the volume are asked to delete it: the journal must not grow with the cluster (law 8). */
const otherNodes = 5;

/** @param bricks those on devices; those that others made are added. */
export async function deletionParams(
  reads: Reads,
  volume: VolumeRecord,
  bricks: readonly BrickRecord[],
): Promise<DeleteGlusterVolumeParams> {
  const all = await withForeign(reads, volume.id, bricks);
  const doomed = all.filter((brick) => isForeign(brick) && brick.onDelete === 'remove');
  const own = managingNodes(all);
  // When no node of a brick answers, another one of the cluster can delete the volume as well.
  const others = await reads.nodes.visibleIds(volume.clusterId, own.length + otherNodes);
  return {
    clusterId: volume.clusterId,
    nodeIds: [...new Set([...own, ...others])],
    brickNodes: own.length,
    volumeId: volume.id,
    name: volume.name,
    glusterUuid: volume.glusterUuid,
    durability: volume.durability,
    bricks: await glusterBricks(reads, all),
    ...(volume.block ? { block: true } : {}),
    ...(doomed.length === 0 ? {} : { doomedFolders: await glusterBricks(reads, doomed) }),
  };
}
