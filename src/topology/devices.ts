import type { DeviceRecord } from '../db/devices.ts';
import type { NodeRecord } from '../db/nodes.ts';
import type { OperationRecord } from '../db/operations.ts';
import type { Reads, Writes } from '../db/queries.ts';
import type { EntryState } from '../db/schema.ts';
import type { StepRecord } from '../db/steps.ts';
import { AppError } from '../errors.ts';
import { newId, newLvmUuid } from '../lib/ids.ts';
import type { OperationKind, PlannedOperation } from '../operations/kinds.ts';
import type { Once } from '../operations/once.ts';
import { toGroupTags } from '../storage/imprints.ts';
import {
  type DeviceParams,
  type DeviceRead,
  findDeviceAction,
  makeDeviceAction,
  probeDeviceAction,
  type RemoveDeviceParams,
  readDeviceAction,
  removeDeviceAction,
} from './device-actions.ts';
import { deviceImprint } from './device-imprint.ts';
import { refuseTransition } from './entry-state.ts';
import { clearLeftDeviceAction } from './left-device.ts';
import { lostWords } from './lost-words.ts';
import { occupiedWords, visibleNode } from './nodes.ts';
import { changeTags, type TagChange, type Tags } from './tags.ts';
import type { TopologyTools } from './topology-tools.ts';

export interface DeviceRequest {
  readonly nodeId: string;
  readonly name: string;
  readonly tags: Tags;
  readonly destroyData: boolean;
}

/** The contract's words for an object that another operation holds. */
export const inUseWords = 'The target exists, contains other items, or is in use.';
/** Until LVM has been asked (engine reference 1.3). */
const defaultExtentKib = 4096;

/** The lives of devices: a disk becomes a volume group, changes state and tags, and is given back. */
export class Devices {
  readonly #tools: TopologyTools;

  constructor(tools: TopologyTools) {
    this.#tools = tools;
    const { engine, database, lvm, gluster, mounts } = tools;
    engine.register(
      [addDeviceKind, deleteDeviceKind, resyncDeviceKind],
      [
        probeDeviceAction(database, lvm),
        clearLeftDeviceAction({ reads: database.read, lvm, gluster, mounts }),
        makeDeviceAction(lvm),
        readDeviceAction(lvm),
        findDeviceAction(lvm),
        removeDeviceAction(lvm),
      ],
    );
  }

  /** @throws AppError `object.not_found` with the contract's words; `server.busy`, `request.idempotency_mismatch`. */
  async add(request: DeviceRequest, once?: Once): Promise<OperationRecord> {
    return this.#tools.engine.submit((tx) => planAddition(tx, request, this.#tools.clock.now()), once);
  }

  /**
   * Gives the disk back. Only a failed device without bricks (wire contract section 9).
   *
   * @throws AppError `object.not_found`, `device.state`, `object.in_use`, `server.busy`.
   */
  async delete(id: string, forceForget: boolean): Promise<OperationRecord> {
    return this.#tools.engine.submit((tx) => planDeletion(tx, id, forceForget));
  }

  /** Records the new state; a transition that is not allowed is the operation's result (wire contract section 9). */
  async setState(id: string, state: EntryState): Promise<OperationRecord> {
    await visibleDevice(this.#tools.database.read, id);
    const operation = {
      kind: 'change-state',
      clusterId: null,
      target: { kind: 'device', id },
      input: { state },
    };
    return this.#tools.engine.submitEnded(operation, async (tx) => {
      const device = await visibleDevice(tx, id);
      const refusal = refuseTransition({ kind: 'device', id }, device.state, state);
      if (refusal !== undefined) return refusal;
      if (state === 'online' && device.lostAtMs !== null) return lostWords('device', id);
      const bricks = state === 'failed' ? await tx.bricks.listByDevice(id) : [];
      if (bricks.length > 0) return new AppError('object.in_use', occupiedWords(id, bricks.length));
      await tx.devices.update(id, { state });
      return {};
    });
  }

  /** @returns the tags as they are now. @throws AppError `object.not_found`. */
  async changeTags(id: string, change: TagChange): Promise<Tags> {
    return this.#tools.database.write(async (tx) => {
      const device = await visibleDevice(tx, id);
      const tags = changeTags(device.tags, change);
      await tx.devices.update(id, { tags });
      return tags;
    });
  }

  /** Reads the true size from LVM again (engine reference 5.7). @throws AppError `object.not_found`, `server.busy`. */
  async resync(id: string): Promise<OperationRecord> {
    const device = await visibleDevice(this.#tools.database.read, id);
    const bricks = await this.#tools.database.read.bricks.listByDevice(id);
    if (bricks.some(({ operationId }) => operationId !== null)) {
      const operation = { kind: 'resync-device', clusterId: null, target: { kind: 'device', id }, input: {} };
      return this.#tools.engine.submitEnded(operation, async () => new AppError('object.in_use', inUseWords));
    }
    return this.#tools.engine.submit(async (tx) => ({
      ...(await target(tx, device)),
      id: newId(),
      kind: 'resync-device',
      input: {},
      plan: { stages: [[{ action: 'read-device', nodeId: device.nodeId, params: paramsOf(device) }]] },
    }));
  }
}

/** @throws AppError `object.not_found` also for a device that is still coming or already going. */
export async function visibleDevice(reads: Reads, id: string): Promise<DeviceRecord> {
  const device = await reads.devices.find(id);
  if (device === undefined || device.phase !== 'ready')
    throw new AppError('object.not_found', 'Id not found');
  return device;
}

const paramsOf = (device: DeviceRecord, destroyData = false): DeviceParams => ({
  deviceId: device.id,
  nodeId: device.nodeId,
  name: device.name,
  pvUuid: device.pvUuid,
  destroyData,
});

async function target(
  tx: Reads,
  device: DeviceRecord,
): Promise<Pick<PlannedOperation, 'clusterId' | 'target'>> {
  const node = await tx.nodes.find(device.nodeId);
  return { clusterId: node?.clusterId ?? null, target: { kind: 'device', id: device.id } };
}

async function planAddition(tx: Writes, request: DeviceRequest, nowMs: number): Promise<PlannedOperation> {
  const node = await visibleNode(tx, request.nodeId).catch(() =>
    Promise.reject(new AppError('object.not_found', 'Node id does not exist')),
  );
  const operationId = newId();
  const device: DeviceRecord = {
    id: newId(),
    nodeId: request.nodeId,
    name: request.name,
    state: 'online',
    phase: 'creating',
    tags: request.tags,
    totalKib: 0,
    foreignKib: 0,
    extentKib: defaultExtentKib,
    pvUuid: newLvmUuid(),
    paths: [request.name],
    lostAtMs: null,
    operationId,
  };
  await tx.devices.insert(device, nowMs);
  const params = { ...paramsOf(device, request.destroyData), imprint: await imprintFor(tx, device, node) };
  const step = (action: string) => [{ action, nodeId: device.nodeId, params }];
  return {
    ...(await target(tx, device)),
    id: operationId,
    kind: 'add-device',
    input: request,
    plan: {
      stages: [
        step('probe-device'),
        ...(request.destroyData ? [step('clear-device')] : []),
        step('make-device'),
        step('read-device'),
      ],
    },
  };
}

async function imprintFor(tx: Reads, device: DeviceRecord, node: NodeRecord): Promise<string[]> {
  const cluster = await tx.clusters.find(node.clusterId);
  return cluster === undefined ? [] : toGroupTags(deviceImprint(device, node, cluster));
}

async function planDeletion(tx: Writes, id: string, forceForget: boolean): Promise<PlannedOperation> {
  const device = await visibleDevice(tx, id);
  if (device.state !== 'failed') throw new AppError('device.state', `device: ${id} is not in failed state`);
  if ((await tx.bricks.listByDevice(id)).length > 0) {
    throw new AppError('object.in_use', `Unable to delete device [${id}] because it contains bricks`);
  }
  const operationId = newId();
  await tx.devices.update(id, { phase: 'deleting', operationId });
  const isLost = device.lostAtMs !== null;
  const params: RemoveDeviceParams = { ...paramsOf(device), forceForget, isLost };
  const step = (action: string) => [{ action, nodeId: device.nodeId, params }];
  return {
    ...(await target(tx, device)),
    id: operationId,
    kind: 'delete-device',
    input: { forceForget },
    plan: { stages: [...(isLost || forceForget ? [] : [step('find-device')]), step('remove-device')] },
  };
}

const readOf = (steps: readonly StepRecord[]): DeviceRead =>
  steps.find(({ action }) => action === 'read-device')?.output as DeviceRead;

const addDeviceKind: OperationKind = {
  name: 'add-device',
  async finish(tx, { operation, steps }) {
    const { totalKib, freeKib, extentKib, paths } = readOf(steps);
    const foreignKib = totalKib - freeKib;
    await tx.devices.update(operation.target.id, {
      phase: 'ready',
      operationId: null,
      totalKib,
      foreignKib,
      extentKib,
      paths,
    });
    return {};
  },
  async abandon(tx, { operation }) {
    await tx.devices.delete(operation.target.id);
    return {};
  },
};

const deleteDeviceKind: OperationKind = {
  name: 'delete-device',
  async finish(tx, { operation, steps }) {
    await tx.devices.delete(operation.target.id);
    const warning = (steps.at(-1)?.output as { warning: string | null } | null)?.warning;
    return { warnings: warning ? [warning] : [] };
  },
  async abandon(tx, { operation }) {
    await tx.devices.update(operation.target.id, { phase: 'ready', operationId: null });
    return {};
  },
};

/**
 * The node is right about sizes (law 4): the total is what LVM says, and what LVM has given out beyond our bricks is
 * shown as used by others. Nothing is overwritten that Mortar knows better, so repeating it changes nothing (W17).
 */
const resyncDeviceKind: OperationKind = {
  name: 'resync-device',
  async finish(tx, { operation, steps }) {
    const { totalKib, freeKib, extentKib, paths } = readOf(steps);
    const bricksKib = await tx.devices.bricksKib(operation.target.id);
    const foreignKib = Math.max(0, totalKib - freeKib - bricksKib);
    await tx.devices.update(operation.target.id, { totalKib, foreignKib, extentKib, paths });
    return {};
  },
  async abandon() {
    return {};
  },
};
