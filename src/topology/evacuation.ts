import type { BrickRecord } from '../db/bricks.ts';
import type { DeviceRecord } from '../db/devices.ts';
import type { NodeRecord } from '../db/nodes.ts';
import type { OperationRecord } from '../db/operations.ts';
import type { Reads, Writes } from '../db/queries.ts';
import { AppError } from '../errors.ts';
import { newId } from '../lib/ids.ts';
import type { OperationKind, PlannedOperation, StepPlan } from '../operations/kinds.ts';
import { type AwaitDeletionsParams, awaitDeletionsAction } from './await-deletions.ts';
import { type Devices, inUseWords, visibleDevice } from './devices.ts';
import { refuseTransition } from './entry-state.ts';
import { type MoveBrick, type MoveBrickParams, moveBrickAction } from './move-brick.ts';
import { type Nodes, visibleNode } from './nodes.ts';
import type { TopologyTools } from './topology-tools.ts';

export interface EvacuateOptions {
  /** What only a brick that cannot be read has is given up. */
  readonly acceptDataLoss?: boolean;
  /** The bricks go to these devices; anywhere they fit when absent. */
  readonly toDeviceIds?: readonly string[];
}

interface Rooms {
  readonly devices: Devices;
  readonly nodes: Nodes;
  readonly moveBrick: MoveBrick;
}

/**
 * Empties devices and nodes, brick by brick (wire contract sections 8 and 9). It stops at the first brick that cannot be
 * moved and keeps what was done; the same request again goes on from there.
 */
export class Evacuation {
  readonly #tools: TopologyTools;
  readonly #rooms: Rooms;

  constructor(tools: TopologyTools, rooms: Rooms) {
    this.#tools = tools;
    this.#rooms = rooms;
    const { engine, database } = tools;
    const action = moveBrickAction({ engine, reads: database.read, moveBrick: rooms.moveBrick });
    engine.register([removeDeviceKind, removeNodeKind], [action, awaitDeletionsAction(database.read)]);
  }

  /**
   * Empties a device that is offline and marks it failed. A transition that is not allowed is the operation's result.
   *
   * @throws AppError `object.not_found`, `server.busy`.
   */
  async removeDevice(id: string, options: EvacuateOptions = {}): Promise<OperationRecord> {
    const { read } = this.#tools.database;
    const device = await visibleDevice(read, id);
    const bricks = await read.bricks.listByDevice(id);
    const isAllowed = refuseTransition({ kind: 'device', id }, device.state, 'failed') === undefined;
    if (!isAllowed || device.state === 'failed' || bricks.length === 0) {
      return this.#rooms.devices.setState(id, 'failed');
    }
    return this.#tools.engine.submit((tx) => planDevice(tx, id, options));
  }

  /** The same for all devices of a node, one after another; then the node is failed, for good. */
  async removeNode(id: string, options: EvacuateOptions = {}): Promise<OperationRecord> {
    const { read } = this.#tools.database;
    const node = await visibleNode(read, id);
    const isAllowed = refuseTransition({ kind: 'node', id }, node.state, 'failed') === undefined;
    const bricks = isAllowed ? await bricksOfNode(read, id) : [];
    if (bricks.length === 0 || node.state === 'failed') return this.#rooms.nodes.setState(id, 'failed');
    return this.#tools.engine.submit((tx) => planNode(tx, id, options));
  }

  /**
   * Moves all bricks of a device to another one. The old device is taken out of service first and is failed in the end.
   *
   * @throws AppError `object.not_found`, `device.state`, `server.busy`.
   */
  async replaceDevice(id: string, toDeviceId: string, acceptDataLoss = false): Promise<OperationRecord> {
    const { read } = this.#tools.database;
    const old = await visibleDevice(read, id);
    await assertReplacement(read, old, toDeviceId);
    if (old.state === 'online') await this.#rooms.devices.setState(id, 'offline');
    return this.removeDevice(id, { toDeviceIds: [toDeviceId], acceptDataLoss });
  }

  /**
   * Moves all bricks of a node to the devices of another one of its cluster. The old node is taken out of service first
   * and is failed in the end; one that is lost may be replaced as well.
   *
   * @throws AppError `object.not_found`, `request.invalid`, `device.state`, `server.busy`.
   */
  async replaceNode(id: string, toNodeId: string, acceptDataLoss = false): Promise<OperationRecord> {
    const { read } = this.#tools.database;
    const old = await visibleNode(read, id);
    if (toNodeId === id) throw new AppError('request.invalid', 'to: a node cannot replace itself');
    const to = await read.nodes.find(toNodeId);
    if (to === undefined || to.phase !== 'ready') throw noReplacement('node', toNodeId);
    const toDeviceIds = await devicesInService(read, to);
    assertSameCluster(old, to);
    if (old.state === 'online') await this.#rooms.nodes.setState(id, 'offline');
    return this.removeNode(id, { toDeviceIds, acceptDataLoss });
  }
}

async function devicesInService(reads: Reads, node: NodeRecord): Promise<string[]> {
  if (node.state !== 'online')
    throw new AppError('device.state', `to: the node ${node.id} is ${node.state}, not online`);
  const devices = (await reads.devices.listByNode(node.id)).filter(
    ({ phase, state }) => phase === 'ready' && state === 'online',
  );
  if (devices.length === 0)
    throw new AppError(
      'device.state',
      `to: the node ${node.id} has no device that is online: add one (mortar device add --node=${node.id} --name=…)`,
    );
  return devices.map((device) => device.id);
}

function assertSameCluster(old: NodeRecord, to: NodeRecord): void {
  if (to.clusterId === old.clusterId) return;
  throw new AppError(
    'request.invalid',
    `to: the node ${to.id} is in the cluster ${to.clusterId}, not in ${old.clusterId}; bricks stay in their cluster`,
  );
}

const noReplacement = (kind: 'device' | 'node', id: string): AppError =>
  new AppError(
    'object.not_found',
    `to: there is no ${kind} with the id ${id}; mortar topology info shows what there is`,
  );

/** Refuses what cannot take the place of a device, before anything is changed. @throws AppError that names `to`. */
async function assertReplacement(reads: Reads, old: DeviceRecord, toDeviceId: string): Promise<void> {
  const to = await reads.devices.find(toDeviceId);
  if (to === undefined || to.phase !== 'ready') throw noReplacement('device', toDeviceId);
  if (to.id === old.id) throw new AppError('request.invalid', 'to: a device cannot replace itself');
  if (to.state !== 'online')
    throw new AppError('device.state', `to: the device ${toDeviceId} is ${to.state}, not online`);
  assertSameCluster(await visibleNode(reads, old.nodeId), await visibleNode(reads, to.nodeId));
}

async function planDevice(tx: Writes, id: string, options: EvacuateOptions): Promise<PlannedOperation> {
  const device = await visibleDevice(tx, id);
  if (device.operationId !== null) throw inUse(device.operationId);
  const operationId = newId();
  await tx.devices.update(id, { operationId });
  const bricks = await tx.bricks.listByDevice(id);
  return {
    id: operationId,
    kind: 'remove-device',
    clusterId: (await tx.nodes.find(device.nodeId))?.clusterId ?? null,
    target: { kind: 'device', id },
    input: options,
    plan: { stages: [...toStages(bricks, options, noPlaceForDevice), awaitDeletions([id])] },
  };
}

async function planNode(tx: Writes, id: string, options: EvacuateOptions): Promise<PlannedOperation> {
  const node = await visibleNode(tx, id);
  if (node.operationId !== null) throw inUse(node.operationId);
  const operationId = newId();
  await tx.nodes.update(id, { operationId });
  const bricks = await bricksOfNode(tx, id);
  const noPlace = (deviceId: string): string =>
    `Unable to remove node [${id}] as no device was found to replace device [${deviceId}]`;
  return {
    id: operationId,
    kind: 'remove-node',
    clusterId: node.clusterId,
    target: { kind: 'node', id },
    input: options,
    plan: {
      stages: [...toStages(bricks, options, noPlace), awaitDeletions(bricks.map(({ deviceId }) => deviceId))],
    },
  };
}

const noPlaceForDevice = (deviceId: string): string =>
  `Unable to delete device [${deviceId}] as no device was found to replace it`;

const inUse = (operationId: string): AppError =>
  new AppError('object.in_use', inUseWords, { details: { operationId } });

async function bricksOfNode(reads: Reads, id: string): Promise<BrickRecord[]> {
  const bricks: BrickRecord[] = [];
  for (const device of await reads.devices.listByNode(id))
    bricks.push(...(await reads.bricks.listByDevice(device.id)));
  return bricks;
}

/** A stage a brick: one after the other, and a pause takes effect between two. The largest first, as in the plan. */
function toStages(
  bricks: readonly BrickRecord[],
  { acceptDataLoss = false, toDeviceIds }: EvacuateOptions,
  noPlaceWords: (deviceId: string) => string,
): StepPlan[][] {
  return bricks
    .filter(({ volumeId }) => volumeId !== null)
    .sort((a, b) => b.sizeKib - a.sizeKib || (a.id < b.id ? -1 : 1))
    .map(({ id, deviceId }) => {
      const params: MoveBrickParams = {
        brickId: id,
        acceptDataLoss,
        ...(toDeviceIds === undefined ? {} : { toDeviceIds }),
        noPlaceWords: noPlaceWords(deviceId),
      };
      return [{ action: 'move-brick', nodeId: null, params }];
    });
}

function awaitDeletions(deviceIds: readonly string[]): StepPlan[] {
  const params: AwaitDeletionsParams = { deviceIds: [...new Set(deviceIds)] };
  return [{ action: 'await-deletions', nodeId: null, params }];
}

const removeDeviceKind: OperationKind = {
  name: 'remove-device',
  coordinates: true,
  async finish(tx, { operation }) {
    await tx.devices.update(operation.target.id, { state: 'failed', operationId: null });
    return {};
  },
  async abandon(tx, { operation }) {
    await tx.devices.update(operation.target.id, { operationId: null });
    return {};
  },
};

const removeNodeKind: OperationKind = {
  name: 'remove-node',
  coordinates: true,
  async finish(tx, { operation }) {
    const { id } = operation.target;
    for (const device of await tx.devices.listByNode(id))
      await tx.devices.update(device.id, { state: 'failed' });
    await tx.nodes.update(id, { state: 'failed', operationId: null });
    return {};
  },
  async abandon(tx, { operation }) {
    await tx.nodes.update(operation.target.id, { operationId: null });
    return {};
  },
};
