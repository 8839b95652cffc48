import type { BrickRecord } from '../db/bricks.ts';
import type { Reads, Writes } from '../db/queries.ts';
import type { VolumeRecord } from '../db/volumes.ts';
import { AppError } from '../errors.ts';
import { newId } from '../lib/ids.ts';
import { failedNode } from '../operations/failures.ts';
import type { Action, OperationKind, Plan, PlannedOperation, StepPlan } from '../operations/kinds.ts';
import type { Gluster } from '../storage/gluster/gluster.ts';
import { brickLvName, brickPath, thinPoolName } from '../storage/naming.ts';
import { assertRoom } from './allocate.ts';
import { assertNoClones } from './assert-no-clones.ts';
import { awaitHealAction } from './await-heal.ts';
import type { PlannedMember, ReplacementParams } from './brick-set.ts';
import type { CreateVolumeTools } from './create-volume.ts';
import { checkDrainAction, drainBrickAction } from './drain-brick.ts';
import { type AnyBrick, isForeign, withForeign } from './foreign-bricks.ts';
import { bricksIn, releaseBricks } from './left-bricks.ts';
import { findPlace, type PlaceOptions } from './place-brick.ts';
import { readyVolume } from './ready-volume.ts';
import { checkReplacementAction, swapBrickAction } from './swap-brick.ts';
import { syncBricksSteps } from './sync-bricks.ts';
import {
  addBricksStep,
  destroyBricksSteps,
  glusterBricks,
  makeBricksSteps,
  managingNodes,
} from './volume-steps.ts';

const kindName = 'replace-brick';
const prefix = 'Failed to set up brick eviction: ';

export interface ReplaceOptions {
  /** The device that the brick is to move to; any that fits when absent. */
  readonly toDeviceIds?: readonly string[];
  /** What only the old brick has is given up, as far as it cannot be read. */
  readonly acceptDataLoss?: boolean;
  /** The operation that asks for it. */
  readonly parentId?: string;
}

interface ReplaceInput {
  readonly oldBrickId: string;
  readonly toDeviceIds?: readonly string[];
  readonly acceptDataLoss: boolean;
  readonly healUntilMs: number | null;
}

/**
 * Plans to let a brick live on another device: the new one is made and filled, then the old one is removed. The volume
 * stays in use all the time.
 *
 * @throws AppError `object.not_found`; `object.in_use` with the contract's words (section 13); `placement.no_room`.
 */
export async function planReplacement(
  tx: Writes,
  brickId: string,
  options: ReplaceOptions,
  tools: CreateVolumeTools,
): Promise<PlannedOperation> {
  const { brick, volume } = await movableBrick(tx, brickId);
  const { healTimeoutSeconds } = tools.settings;
  const id = newId();
  const input: ReplaceInput = {
    oldBrickId: brickId,
    ...(options.toDeviceIds === undefined ? {} : { toDeviceIds: options.toDeviceIds }),
    acceptDataLoss: options.acceptDataLoss ?? false,
    healUntilMs: healTimeoutSeconds === 0 ? null : tools.nowMs() + healTimeoutSeconds * 1000,
  };
  await tx.volumes.update(volume.id, { operationId: id });
  await tx.bricks.update([brick], { operationId: id });
  return {
    id,
    kind: kindName,
    clusterId: volume.clusterId,
    target: { kind: 'brick', id: brickId },
    ...(options.parentId === undefined ? {} : { parentId: options.parentId }),
    input,
    plan: await promise(tx, { id, volume, brick, input }, {}, tools),
  };
}

/** The brick with its volume, when nothing else happens to them. @throws AppError `object.not_found`, `object.in_use`. */
async function movableBrick(
  reads: Reads,
  brickId: string,
): Promise<{ brick: BrickRecord; volume: VolumeRecord }> {
  const brick = await reads.bricks.find(brickId);
  if (brick === undefined || brick.volumeId === null) throw new AppError('object.not_found', 'Id not found');
  if (brick.phase !== 'ready' || brick.operationId !== null) {
    throw new AppError('object.in_use', `${prefix}Can not evict brick ${brickId}: brick is pending`, {
      status: 500,
    });
  }
  const volume = await readyVolume(reads, brick.volumeId, prefix);
  await assertNoClones(reads, [brick], `${prefix}Can not evict brick ${brickId}: `);
  return { brick, volume };
}

interface Replacement {
  readonly id: string;
  readonly volume: VolumeRecord;
  readonly brick: BrickRecord;
  readonly input: ReplaceInput;
}

/** Finds the place, records the new brick with the room it takes, and says what is to be done. */
async function promise(
  tx: Writes,
  replacement: Replacement,
  options: PlaceOptions,
  tools: CreateVolumeTools,
): Promise<Plan> {
  const { id, volume, brick, input } = replacement;
  const result = await findPlace(tx, tools.index.of(volume.clusterId), brick, {
    ...options,
    volume,
    ...(input.toDeviceIds === undefined ? {} : { onlyDeviceIds: new Set(input.toDeviceIds) }),
  });
  if (!result.ok) {
    const { devices, suggestions } = result;
    throw new AppError('placement.no_room', result.message, {
      details: { brickId: brick.id, devices, suggestions },
    });
  }
  const all = await withForeign(tx, volume.id, await tx.bricks.listByVolume(volume.id));
  const newBrickId = newId();
  const incoming: BrickRecord = {
    ...brick,
    ...result.brick,
    id: newBrickId,
    // A distributed volume gets its new brick at the end, then loses the old one.
    setIndex:
      volume.durability.type === 'none'
        ? Math.max(...all.map(({ setIndex }) => setIndex)) + 1
        : brick.setIndex,
    poolName: thinPoolName(newBrickId),
    lvName: brickLvName(newBrickId),
    path: brickPath(result.brick.deviceId, newBrickId),
    phase: 'creating',
    operationId: id,
  };
  await tx.bricks.insert([incoming]);
  await assertRoom(tx, [incoming]);
  return toPlan(tx, replacement, incoming, all);
}

async function toPlan(
  tx: Writes,
  { volume, brick, input }: Replacement,
  incoming: BrickRecord,
  all: readonly AnyBrick[],
): Promise<Plan> {
  const others = all.filter((other) => isForeign(other) || other.id !== brick.id);
  // Sets that others made stay as they are: no brick of theirs is in one of Mortar's.
  const companions = others.filter(
    (other): other is BrickRecord => !isForeign(other) && other.setIndex === brick.setIndex,
  );
  const members = await toMembers(tx, [brick, ...companions]);
  const [replacement = ''] = await glusterBricks(tx, [incoming]);
  const params: ReplacementParams = {
    clusterId: volume.clusterId,
    nodeIds: managingNodes([...companions, incoming, ...others, brick]),
    volumeId: volume.id,
    name: volume.name,
    glusterUuid: volume.glusterUuid,
    durability: volume.durability,
    old: members[0] as PlannedMember,
    replacement,
    replacementNodeId: incoming.nodeId,
    others: members.slice(1),
    isOldLost: await isLost(tx, brick),
    acceptDataLoss: input.acceptDataLoss,
    healUntilMs: input.healUntilMs,
  };
  const step = (action: string): StepPlan[] => [{ action, nodeId: null, params }];
  const make = makeBricksSteps([incoming], volume);
  const sync = syncBricksSteps([incoming]);
  const retire = destroyBricksSteps([brick]);
  if (volume.durability.type === 'none') {
    const add = await addBricksStep(tx, volume, all, { bricks: [incoming], sizeGib: volume.sizeGib });
    return { stages: [step('check-drain'), make, [add], sync, step('drain-brick'), retire], pivot: 3 };
  }
  const swap = [step('swap-brick'), sync, step('await-heal')];
  return { stages: [step('check-replacement'), make, ...swap, retire], pivot: 3 };
}

async function toMembers(reads: Reads, bricks: readonly BrickRecord[]): Promise<PlannedMember[]> {
  const names = await glusterBricks(reads, bricks);
  return bricks.map(({ id, kind, nodeId }, index) => ({
    brickId: id,
    name: names[index] ?? '',
    kind,
    nodeId,
  }));
}

async function isLost(reads: Reads, { nodeId, deviceId }: BrickRecord): Promise<boolean> {
  const node = await reads.nodes.find(nodeId);
  const device = await reads.devices.find(deviceId);
  return (node?.lostAtMs ?? null) !== null || (device?.lostAtMs ?? null) !== null;
}

/** The steps that only replacements have. */
export const replacementActions = (
  gluster: Gluster,
  tools: CreateVolumeTools,
): Action<ReplacementParams>[] => {
  const parts = { gluster, nowMs: () => tools.nowMs() };
  return [
    checkReplacementAction(parts),
    swapBrickAction(parts),
    awaitHealAction(parts),
    checkDrainAction(gluster),
    drainBrickAction(gluster),
  ];
};

export const replaceBrickKind = (tools: CreateVolumeTools): OperationKind => ({
  name: kindName,

  async finish(tx, { operation, left }) {
    const { old, incoming, volumeId } = await partsOf(tx, operation.id, operation.target.id);
    await tx.bricks.update(incoming, { phase: 'ready', operationId: null });
    await tx.volumes.update(volumeId, { operationId: null });
    return { follow: await releaseBricks(tx, old, bricksIn(left), operation.clusterId) };
  },

  async abandon(tx, { operation, left }) {
    const { old, incoming, volumeId } = await partsOf(tx, operation.id, operation.target.id);
    await tx.bricks.update(old, { operationId: null });
    await tx.volumes.update(volumeId, { operationId: null });
    return { follow: await releaseBricks(tx, incoming, bricksIn(left), operation.clusterId) };
  },

  /** The new brick's node failed: the same on another node. */
  async replan(tx, { operation, left, failure }) {
    if (operation.attempt >= tools.settings.createRetries) return undefined;
    const { old, incoming, volumeId } = await partsOf(tx, operation.id, operation.target.id);
    const [brick] = old;
    const volume = await tx.volumes.find(volumeId);
    const blamed = failedNode(failure);
    const failedHere = incoming.some(({ nodeId }) => nodeId === blamed);
    if (brick === undefined || volume === undefined || blamed === undefined || !failedHere) return undefined;
    const input = operation.input as ReplaceInput;
    const excludedNodeIds = new Set(await failedNodes(tx, operation.id, blamed));
    const options = { volume, excludedNodeIds, ...onlyTo(input) };
    const result = await findPlace(tx, tools.index.of(volume.clusterId), brick, options);
    if (!result.ok) return undefined;
    const follow = await releaseBricks(tx, incoming, bricksIn(left), operation.clusterId);
    return {
      plan: await promise(tx, { id: operation.id, volume, brick, input }, { excludedNodeIds }, tools),
      follow,
    };
  },
});

const onlyTo = ({ toDeviceIds }: ReplaceInput): PlaceOptions =>
  toDeviceIds === undefined ? {} : { onlyDeviceIds: new Set(toDeviceIds) };

/** Nodes on which this or an earlier attempt failed to make the new brick. */
async function failedNodes(tx: Writes, operationId: string, blamed: string): Promise<string[]> {
  const steps = await tx.steps.listByOperation(operationId);
  const nodes = steps.filter(({ action, error }) => action === 'make-bricks' && error !== null);
  return [blamed, ...nodes.map(({ nodeId }) => nodeId ?? '')];
}

async function partsOf(
  tx: Writes,
  operationId: string,
  oldBrickId: string,
): Promise<{ old: BrickRecord[]; incoming: BrickRecord[]; volumeId: string }> {
  const bricks = await tx.bricks.listByOperation(operationId);
  const old = bricks.filter(({ id }) => id === oldBrickId);
  return {
    old,
    incoming: bricks.filter(({ id }) => id !== oldBrickId),
    volumeId: bricks.find(({ volumeId }) => volumeId !== null)?.volumeId ?? '',
  };
}
