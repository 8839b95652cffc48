import type { NodeRecord } from '../db/nodes.ts';
import type { OperationRecord } from '../db/operations.ts';
import type { Reads, Writes } from '../db/queries.ts';
import type { EntryState } from '../db/schema.ts';
import { AppError } from '../errors.ts';
import { newId } from '../lib/ids.ts';
import type { OperationKind, PlannedOperation } from '../operations/kinds.ts';
import type { Once } from '../operations/once.ts';
import { addNodeKind, assertNodeMayCome, lookAtCluster, type NodeRequest, planNode } from './add-node.ts';
import { refuseTransition } from './entry-state.ts';
import { lostWords } from './lost-words.ts';
import { detachPeerAction, probePeerAction } from './peer-actions.ts';
import { preflightAction } from './preflight.ts';
import { changeTags, type TagChange, type Tags } from './tags.ts';
import type { TopologyTools } from './topology-tools.ts';

/** The lives of nodes: they come as gluster peers, change state, tags and zone, and go. */
export class Nodes {
  readonly #tools: TopologyTools;

  constructor(tools: TopologyTools) {
    this.#tools = tools;
    tools.engine.register(
      [addNodeKind, deleteNodeKind(tools)],
      [preflightAction, probePeerAction(tools.gluster), detachPeerAction(tools.gluster, tools.database.read)],
    );
  }

  /**
   * Takes a node in. The sync errors are the contract's (section 8).
   *
   * @throws AppError `object.not_found`, `request.conflict`; `node.*` with status 400; `server.busy`.
   */
  async add(request: NodeRequest, once?: Once): Promise<OperationRecord> {
    // One after another for each cluster: the second node must see the first, or they would not become peers.
    return this.#tools.engine.lanes.with([`join:${request.clusterId}`], () => this.#join(request, once));
  }

  async #join(request: NodeRequest, once?: Once): Promise<OperationRecord> {
    const { database, engine, clock } = this.#tools;
    const before = once === undefined ? undefined : await database.read.idempotency.find(once.key);
    if (before === undefined) await assertNodeMayCome(database.read, request);
    const look =
      before === undefined ? await lookAtCluster(this.#tools, request) : { helpers: [], wasPeer: false };
    return engine.submit(async (tx) => {
      await assertNodeMayCome(tx, request);
      const { node, planned } = planNode(request, look, this.#tools);
      await tx.nodes.insert(node, clock.now());
      return planned;
    }, once);
  }

  /** Takes a node out that has no devices. @throws AppError `object.not_found`, `object.in_use`, `server.busy`. */
  async delete(id: string): Promise<OperationRecord> {
    return this.#tools.engine.submit((tx) => planDeletion(tx, id));
  }

  /** Records the new state; a transition that is not allowed is the operation's result (wire contract section 8). */
  async setState(id: string, state: EntryState): Promise<OperationRecord> {
    const node = await visibleNode(this.#tools.database.read, id);
    const operation = {
      kind: 'change-state',
      clusterId: node.clusterId,
      target: { kind: 'node', id },
      input: { state },
    };
    return this.#tools.engine.submitEnded(operation, async (tx) => {
      const present = await visibleNode(tx, id);
      const refusal = refuseTransition({ kind: 'node', id }, present.state, state);
      if (refusal !== undefined) return refusal;
      if (state === 'online' && present.lostAtMs !== null) return lostWords('node', id);
      if (state === 'failed' && present.state !== 'failed') {
        const occupied = await firstOccupiedDevice(tx, id);
        if (occupied !== undefined) return occupied;
        for (const device of await tx.devices.listByNode(id)) await tx.devices.update(device.id, { state });
      }
      await tx.nodes.update(id, { state });
      return {};
    });
  }

  /** @returns the tags as they are now. @throws AppError `object.not_found`. */
  async changeTags(id: string, change: TagChange): Promise<Tags> {
    return this.#tools.database.write(async (tx) => {
      const node = await visibleNode(tx, id);
      const tags = changeTags(node.tags, change);
      await tx.nodes.update(id, { tags });
      return tags;
    });
  }

  /** Moves a node to another zone; existing bricks stay where they are. @throws AppError `object.not_found`. */
  async setZone(id: string, zone: number): Promise<void> {
    await this.#tools.database.write(async (tx) => {
      await visibleNode(tx, id);
      await tx.nodes.update(id, { zone });
    });
  }
}

/** @throws AppError `object.not_found` also for a node that is still coming or already going. */
export async function visibleNode(reads: Reads, id: string): Promise<NodeRecord> {
  const node = await reads.nodes.find(id);
  if (node === undefined || node.phase !== 'ready') throw new AppError('object.not_found', 'Id not found');
  return node;
}

async function firstOccupiedDevice(tx: Writes, nodeId: string): Promise<AppError | undefined> {
  for (const device of await tx.devices.listByNode(nodeId)) {
    const bricks = await tx.bricks.listByDevice(device.id);
    if (bricks.length > 0) return new AppError('object.in_use', occupiedWords(device.id, bricks.length));
  }
  return undefined;
}

/** What stands in the way of marking a device failed while it still holds bricks. */
export const occupiedWords = (deviceId: string, brickCount: number): string =>
  `Unable to delete device [${deviceId}] because it contains bricks: delete the volumes of its ${brickCount} brick${brickCount === 1 ? '' : 's'} first`;

async function planDeletion(tx: Writes, id: string): Promise<PlannedOperation> {
  const node = await visibleNode(tx, id);
  if ((await tx.devices.listByNode(id)).length > 0) {
    throw new AppError('object.in_use', `Unable to delete node [${id}] because it contains devices`);
  }
  const [foreign] = await tx.foreignBricks.listByNode(id);
  if (foreign !== undefined) {
    const name = (await tx.volumes.find(foreign.volumeId))?.name ?? foreign.volumeId;
    throw new AppError(
      'object.in_use',
      `Unable to delete node [${id}] because it contains ${foreign.name}, a brick of the managed volume ${name}: delete the volume, or give it back (mortar adopt release ${name})`,
    );
  }
  const operationId = newId();
  await tx.nodes.update(id, { phase: 'deleting', operationId });
  const params = { clusterId: node.clusterId, nodeId: id, host: node.storageNames[0] ?? '' };
  return {
    id: operationId,
    kind: 'delete-node',
    clusterId: node.clusterId,
    target: { kind: 'node', id },
    input: {},
    plan: { stages: [[{ action: 'detach-peer', nodeId: null, params }]] },
  };
}

const deleteNodeKind = ({ access }: TopologyTools): OperationKind => ({
  name: 'delete-node',
  async finish(tx, { operation }) {
    await tx.nodes.delete(operation.target.id);
    access.forget(operation.target.id);
    return {};
  },
  async abandon(tx, { operation }) {
    await tx.nodes.update(operation.target.id, { phase: 'ready', operationId: null });
    return {};
  },
});
