import type { BrickRecord } from '../../db/bricks.ts';
import type { Writes } from '../../db/queries.ts';
import type { VolumeRecord } from '../../db/volumes.ts';
import { AppError } from '../../errors.ts';
import { groupBy } from '../../lib/group-by.ts';
import { newId } from '../../lib/ids.ts';
import type { PlannedOperation, StepPlan } from '../../operations/kinds.ts';
import { visibleDevice } from '../../topology/devices.ts';
import { visibleNode } from '../../topology/nodes.ts';
import type { ProbeParams } from '../../topology/peer-actions.ts';
import { imprintOf } from '../../volumes/brick-imprint.ts';
import { toSpec } from '../../volumes/brick-volumes.ts';
import { ownershipOptions } from '../../volumes/foreign-bricks.ts';
import { imprintVolumeStep } from '../../volumes/imprint-volume.ts';
import { readyVolume } from '../../volumes/ready-volume.ts';
import { deletionParams } from '../../volumes/volume-steps.ts';
import type { DoctorTools } from '../doctor-tools.ts';
import type { Finding, Mend } from '../finding.ts';
import { clusterNodes } from './cluster-nodes.ts';
import { imprintSteps } from './imprint-steps.ts';
import { type MendInput, type MendWork, mendKindName } from './mend-kind.ts';
import { planAdoption, planDeviceAdoption } from './plan-adoption.ts';
import { planQuarantine } from './plan-quarantine.ts';
import type { CheckBricksGoneParams, StartVolumeParams } from './volume-actions.ts';

/** A mend that becomes an operation of this kind. */
type OwnMend = Exclude<Mend, { action: 'none' } | { action: 'resync-device' }>;
type MendOf<Action extends Mend['action']> = Extract<OwnMend, { action: Action }>;

/**
 * Plans what mends a finding, inside a transaction, from what is on record now.
 *
 * @throws AppError `object.not_found`, `object.in_use` when the object has gone or something else is happening to it.
 */
export async function planMend(
  tx: Writes,
  finding: Finding,
  mend: OwnMend,
  tools: DoctorTools,
): Promise<PlannedOperation> {
  const id = newId();
  const work = await workOf(tx, mend, { tools });
  if (work.volumeId !== undefined) await tx.volumes.update(work.volumeId, { operationId: id });
  const input: MendInput = {
    findingId: finding.id,
    action: mend.action,
    object: finding.object,
    ...(work.volumeId === undefined ? {} : { volumeId: work.volumeId }),
  };
  return {
    id,
    kind: mendKindName,
    clusterId: work.clusterId,
    target: { kind: 'finding', id: finding.id },
    input,
    plan: { stages: work.stages },
  };
}

export interface WorkContext {
  readonly tools: DoctorTools;
}

type Planners = {
  readonly [Action in OwnMend['action']]: (
    tx: Writes,
    mend: MendOf<Action>,
    context: WorkContext,
  ) => Promise<MendWork>;
};

const planners = (): Planners => ({
  'remount-brick': remount,
  'start-volume': start,
  'restart-bricks': start,
  'imprint-brick': imprintBrick,
  'imprint-device': imprintDevice,
  'imprint-volume': imprintVolume,
  'forget-volume': forget,
  'probe-peer': probe,
  'forget-boot-mount': onOneNode,
  'remove-folder': onOneNode,
  'quarantine-brick': planQuarantine,
  'quarantine-volume': planQuarantine,
  'adopt-volume': planAdoption,
  'adopt-device': planDeviceAdoption,
  'retake-volume': retake,
});

/** TypeScript does not see that a planner and its own mend belong together. */
function workOf<Action extends OwnMend['action']>(
  tx: Writes,
  mend: MendOf<Action>,
  context: WorkContext,
): Promise<MendWork> {
  const plan = planners()[mend.action];
  return plan(tx, mend, context);
}

/**
 * The volume, held by nothing else. Mends that change the record hold it themselves; the others look again on the node, in
 * the lane that deletions take too, so that several can be at work on one volume.
 */
const unheldVolume = (tx: Writes, volumeId: string): Promise<VolumeRecord> =>
  readyVolume(tx, volumeId, 'Failed to mend: ');

async function brickOf(tx: Writes, brickId: string): Promise<BrickRecord & { readonly volumeId: string }> {
  const brick = await tx.bricks.find(brickId);
  const isThere = brick !== undefined && brick.phase === 'ready' && brick.volumeId !== null;
  if (!isThere) throw new AppError('object.not_found', `the brick ${brickId} is not on record any more`);
  return { ...brick, volumeId: brick.volumeId };
}

async function remount(tx: Writes, { brickId }: MendOf<'remount-brick'>): Promise<MendWork> {
  const brick = await brickOf(tx, brickId);
  const volume = await unheldVolume(tx, brick.volumeId);
  const step = {
    action: 'remount-brick',
    nodeId: brick.nodeId,
    params: { brick: toSpec(brick, volume.id) },
  };
  return {
    clusterId: volume.clusterId,
    stages: [[step], [await startStep(tx, volume, false)]],
  };
}

async function startStep(tx: Writes, volume: VolumeRecord, mayStart: boolean): Promise<StepPlan> {
  const bricks = await tx.bricks.listByVolume(volume.id);
  const params: StartVolumeParams = { ...(await deletionParams(tx, volume, bricks)), mayStart };
  return { action: 'start-volume', nodeId: null, params };
}

async function start(
  tx: Writes,
  { action, volumeId }: MendOf<'start-volume' | 'restart-bricks'>,
): Promise<MendWork> {
  const volume = await unheldVolume(tx, volumeId);
  const step = await startStep(tx, volume, action === 'start-volume');
  return { clusterId: volume.clusterId, stages: [[step]] };
}

async function imprintBrick(tx: Writes, { brickId }: MendOf<'imprint-brick'>): Promise<MendWork> {
  const brick = await brickOf(tx, brickId);
  const volume = await unheldVolume(tx, brick.volumeId);
  const step = { action: 'imprint-brick', nodeId: brick.nodeId, params: imprintOf(brick, volume.id) };
  return { clusterId: volume.clusterId, stages: [[step]] };
}

async function imprintDevice(tx: Writes, { deviceId }: MendOf<'imprint-device'>): Promise<MendWork> {
  const device = await visibleDevice(tx, deviceId);
  const node = await visibleNode(tx, device.nodeId);
  return { clusterId: node.clusterId, stages: [await imprintSteps(tx, [deviceId])] };
}

async function imprintVolume(tx: Writes, { volumeId }: MendOf<'imprint-volume'>): Promise<MendWork> {
  const volume = await unheldVolume(tx, volumeId);
  const bricks = await tx.bricks.listByVolume(volumeId);
  const step = imprintVolumeStep({
    ...(await deletionParams(tx, volume, bricks)),
    options: ownershipOptions(volume, await tx.foreignBricks.listByVolume(volumeId)),
  });
  return { clusterId: volume.clusterId, stages: [[step]] };
}

async function retake(tx: Writes, { volumeId }: MendOf<'retake-volume'>): Promise<MendWork> {
  const volume = await unheldVolume(tx, volumeId);
  return { ...(await planAdoption(tx, volume)), volumeId };
}

async function forget(tx: Writes, { volumeId }: MendOf<'forget-volume'>): Promise<MendWork> {
  const volume = await unheldVolume(tx, volumeId);
  const bricks = await tx.bricks.listByVolume(volumeId);
  const checks = [...groupBy(bricks, ({ nodeId }) => nodeId)].map(([nodeId, own]) => ({
    action: 'check-bricks-gone',
    nodeId,
    params: {
      bricks: own.map(({ deviceId, lvName }) => ({ deviceId, lvName })),
    } satisfies CheckBricksGoneParams,
  }));
  const params = await deletionParams(tx, volume, bricks);
  return {
    clusterId: volume.clusterId,
    volumeId,
    stages: [[{ action: 'check-volume-gone', nodeId: null, params }], checks],
  };
}

async function probe(tx: Writes, { nodeId }: MendOf<'probe-peer'>): Promise<MendWork> {
  const node = await visibleNode(tx, nodeId);
  const others = (await clusterNodes(tx, node.clusterId)).filter((id) => id !== nodeId);
  const params: ProbeParams = {
    clusterId: node.clusterId,
    nodeIds: others,
    host: node.storageNames[0] ?? '',
    // A probe that fails must not make matters worse.
    wasPeer: true,
    snapshotLimit: 0,
  };
  return { clusterId: node.clusterId, stages: [[{ action: 'probe-peer', nodeId: null, params }]] };
}

async function onOneNode(
  tx: Writes,
  { action, nodeId, ...params }: MendOf<'forget-boot-mount' | 'remove-folder'>,
): Promise<MendWork> {
  const node = await visibleNode(tx, nodeId);
  return { clusterId: node.clusterId, stages: [[{ action, nodeId, params }]] };
}
