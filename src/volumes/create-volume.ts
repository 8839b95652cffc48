import type { DeviceView } from '../allocator/device.ts';
import type { Inventory } from '../allocator/inventory.ts';
import { place } from '../allocator/place.ts';
import type { BrickRecord } from '../db/bricks.ts';
import type { Writes } from '../db/queries.ts';
import type { StepRecord } from '../db/steps.ts';
import type { VolumeRecord } from '../db/volumes.ts';
import { AppError } from '../errors.ts';
import { newId } from '../lib/ids.ts';
import { failedNode } from '../operations/failures.ts';
import type { Ending, OperationKind, Plan, PlannedOperation } from '../operations/kinds.ts';
import { defaultVolumeName } from '../storage/naming.ts';
import { type Allocation, allocate, assertRoom, demandOf, toBricks, toPlaceRequest } from './allocate.ts';
import type { CreatedGlusterVolume } from './create-gluster-volume.ts';
import { reservedGib } from './hosting-room.ts';
import type { InventoryIndex } from './inventory-index.ts';
import { bricksIn, releaseBricks } from './left-bricks.ts';
import type { VolumeSettings } from './settings.ts';
import { syncBricksSteps } from './sync-bricks.ts';
import type { CheckedRequest } from './volume-request.ts';
import { createGlusterStep, makeBricksSteps } from './volume-steps.ts';

const kindName = 'create-volume';

export interface CreateVolumeTools {
  readonly index: InventoryIndex;
  readonly settings: VolumeSettings;
  nowMs(): number;
}

interface CreateInput {
  readonly request: CheckedRequest;
}

/**
 * Plans a new volume inside a transaction: its record, its bricks and the room they take are promised with it.
 *
 * @throws AppError `request.invalid`, `placement.no_room` (with the contract's prefix).
 */
export async function planCreation(
  tx: Writes,
  request: CheckedRequest,
  tools: CreateVolumeTools,
): Promise<PlannedOperation> {
  const operationId = newId();
  const volumeId = newId();
  const allocation = await allocateOrExplain(tx, request, tools, { seed: volumeId });
  const volume = toVolume(request, volumeId, allocation.clusterId, operationId);
  await tx.volumes.insert(volume, tools.nowMs());
  return {
    id: operationId,
    kind: kindName,
    clusterId: allocation.clusterId,
    target: { kind: 'volume', id: volumeId },
    input: { request } satisfies CreateInput,
    plan: await promise(tx, volume, request, allocation),
  };
}

export const createVolumeKind = (tools: CreateVolumeTools): OperationKind => ({
  name: kindName,

  async finish(tx, ending) {
    const id = ending.operation.target.id;
    await completeVolume(tx, id, ending);
    return { resultPath: `/volumes/${id}` };
  },

  async abandon(tx, ending) {
    return { follow: await dropVolume(tx, ending.operation.target.id, ending) };
  },

  /** A node failed: the same volume again, on other nodes (wire contract section 11: up to so many more attempts). */
  async replan(tx, { operation, left, failure }) {
    if (operation.attempt >= tools.settings.createRetries) return undefined;
    const excluded = await failedNodes(tx, operation.id, failure);
    const volume = await tx.volumes.find(operation.target.id);
    if (excluded.size === 0 || volume === undefined) return undefined;
    const { request } = operation.input as CreateInput;
    const bricks = await tx.bricks.listByOperation(operation.id);
    const leftIds = bricksIn(left);
    const released = bricks.filter(({ id }) => !leftIds.has(id));
    const seed = `${volume.id}/${operation.attempt}`;
    const placeRequest = toPlaceRequest(demandOf(request), tools.settings, {
      seed,
      excludedNodeIds: excluded,
    });
    const placement = place(withRoomOf(tools.index.of(volume.clusterId), released), placeRequest);
    if (!placement.ok) return undefined;
    const allocation = { clusterId: volume.clusterId, placement };
    const follow = await releaseBricks(tx, bricks, leftIds, operation.clusterId);
    return { plan: await promise(tx, volume, request, allocation), follow };
  },
});

/** The volume and its bricks, which the operation made, are there. */
export async function completeVolume(tx: Writes, id: string, { operation, steps }: Ending): Promise<void> {
  const created = outputOf(steps, 'create-gluster-volume');
  await tx.volumes.update(id, { phase: 'ready', operationId: null, glusterUuid: created.glusterUuid });
  const bricks = await tx.bricks.listByOperation(operation.id);
  await tx.bricks.update(bricks, { phase: 'ready', operationId: null });
}

/** The volume and its bricks, which the operation was to make, are not. @returns what goes on with bricks that are left. */
export async function dropVolume(
  tx: Writes,
  id: string,
  { operation, left }: Ending,
): Promise<PlannedOperation[]> {
  const bricks = await tx.bricks.listByOperation(operation.id);
  const follow = await releaseBricks(tx, bricks, bricksIn(left), operation.clusterId);
  await tx.volumes.delete(id);
  return follow;
}

/** Promises the bricks of a volume and the room they take. @returns what makes them and the volume. */
export async function promise(
  tx: Writes,
  volume: VolumeRecord,
  request: CheckedRequest,
  { placement }: Allocation,
): Promise<Plan> {
  const operationId = volume.operationId ?? '';
  const bricks = toBricks(placement, { volumeId: volume.id, operationId, firstSet: 0 });
  await tx.bricks.insert(bricks);
  await assertRoom(tx, bricks);
  return {
    stages: [
      makeBricksSteps(bricks, volume),
      [await createGlusterStep(tx, volume, bricks, request.parsedOptions.forGluster)],
      syncBricksSteps(bricks),
    ],
  };
}

/** The record of a volume that is about to be made. */
export function toVolume(
  request: CheckedRequest,
  id: string,
  clusterId: string,
  operationId: string,
): VolumeRecord {
  return {
    id,
    clusterId,
    name: request.name === '' ? defaultVolumeName(id) : request.name,
    sizeGib: request.sizeGib,
    durability: request.durability,
    durabilityEcho: request.durabilityEcho,
    gid: request.gid,
    snapshot: request.snapshot,
    block: request.block,
    options: request.options,
    zoneChecking: request.parsedOptions.zoneChecking,
    tagRule: request.parsedOptions.tagRule,
    averageFileKib: request.parsedOptions.averageFileKib,
    glusterUuid: null,
    blockRestriction: '',
    blockReservedGib: request.block ? reservedGib(request.sizeGib) : 0,
    phase: 'creating',
    operationId,
  };
}

/** Nodes to blame for this and earlier attempts. */
async function failedNodes(tx: Writes, operationId: string, failure: AppError): Promise<Set<string>> {
  const steps = await tx.steps.listByOperation(operationId);
  const nodes = steps
    .filter((step) => step.error !== null && step.nodeId !== null)
    .map((step) => step.nodeId ?? '');
  const blamed = failure.code.startsWith('node.') ? failedNode(failure) : undefined;
  return new Set(blamed === undefined ? nodes : [...nodes, blamed]);
}

type AllocateArguments = [
  tx: Writes,
  request: CheckedRequest,
  tools: CreateVolumeTools,
  options: Parameters<typeof allocate>[4],
];

async function allocateOrExplain(
  ...[tx, request, { index, settings }, options]: AllocateArguments
): Promise<Allocation> {
  try {
    return await allocate(tx, index, request, settings, options);
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== 'placement.no_room') throw thrown;
    throw new AppError(thrown.code, `Failed to allocate new volume: ${thrown.message}`, {
      details: thrown.details,
    });
  }
}

/** The devices as they will be when the failed attempt's bricks are gone. */
function withRoomOf(inventory: Inventory, released: readonly BrickRecord[]): Inventory {
  const views = new Map<string, DeviceView>();
  for (const brick of released) {
    const view = views.get(brick.deviceId) ?? inventory.get(brick.deviceId);
    if (view === undefined) continue;
    views.set(view.id, { ...view, usedKib: view.usedKib - brick.poolKib - brick.metadataKib });
  }
  return inventory.with(views.values());
}

function outputOf(steps: readonly StepRecord[], action: string): CreatedGlusterVolume {
  const output = steps.find((step) => step.action === action)?.output;
  return output as CreatedGlusterVolume;
}
