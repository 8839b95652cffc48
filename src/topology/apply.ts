import type { OperationRecord } from '../db/operations.ts';
import { AppError, toAppError } from '../errors.ts';
import { newId } from '../lib/ids.ts';
import { fromFailure } from '../operations/failures.ts';
import type { Action, OperationKind } from '../operations/kinds.ts';
import type { Once } from '../operations/once.ts';
import type { Clusters } from './clusters.ts';
import type { Devices } from './devices.ts';
import { type Change, type ClusterRef, diffTopology, type NodeRef, stageOf } from './diff.ts';
import type { TopologyDocument } from './document.ts';
import type { Nodes } from './nodes.ts';
import { readTopology } from './present.ts';
import type { TopologyTools } from './topology-tools.ts';

const kindName = 'apply-topology';

/** What became of one change. A failure does not keep the others from being made. */
export interface ChangeOutcome {
  readonly error: string | null;
}

interface ChangeParams {
  /** The operation's id and the change's place in it: under this key each part is asked for only once. */
  readonly key: string;
  readonly applyId: string;
  readonly change: Change;
}

/** Makes what is there equal to a topology document. */
export class TopologyApplier {
  readonly #tools: TopologyTools;
  readonly #clusters: Clusters;
  readonly #nodes: Nodes;
  readonly #devices: Devices;

  constructor(tools: TopologyTools, rooms: { clusters: Clusters; nodes: Nodes; devices: Devices }) {
    this.#tools = tools;
    this.#clusters = rooms.clusters;
    this.#nodes = rooms.nodes;
    this.#devices = rooms.devices;
    tools.engine.register([applyTopologyKind], [this.#action()]);
  }

  /** What would be done, blocked changes included. */
  async plan(document: TopologyDocument): Promise<Change[]> {
    return diffTopology(await readTopology(this.#tools.database.read), document);
  }

  /** Does everything that is not blocked. @throws AppError `server.busy`, `request.idempotency_mismatch`. */
  async apply(document: TopologyDocument, once?: Once): Promise<OperationRecord> {
    return this.#tools.engine.submit(async (tx) => {
      const changes = diffTopology(await readTopology(tx), document).filter(
        ({ blocked }) => blocked === undefined,
      );
      const id = newId();
      const steps = changes.map((change, index) => ({
        stage: stageOf(change),
        step: {
          action: 'apply-change',
          nodeId: null,
          params: { key: `apply/${id}/${index}`, applyId: id, change } satisfies ChangeParams,
        },
      }));
      const stages = [...new Set(steps.map(({ stage }) => stage))].map((stage) =>
        steps.filter((entry) => entry.stage === stage).map(({ step }) => step),
      );
      return {
        id,
        kind: kindName,
        clusterId: null,
        target: { kind: 'topology', id },
        input: {},
        plan: { stages },
      };
    }, once);
  }

  #action(): Action<ChangeParams, ChangeOutcome> {
    return {
      name: 'apply-change',
      title: 'apply a change of the topology',
      run: async (context, params) => {
        try {
          await this.#do(params, context.signal);
          return { error: null };
        } catch (thrown) {
          if (context.signal.aborted) throw thrown;
          return { error: `${params.change.summary}: ${toAppError(thrown).message.trim()}` };
        }
      },
    };
  }

  async #do({ change, key, applyId }: ChangeParams, signal: AbortSignal): Promise<void> {
    const once: Once = { key, fingerprint: key };
    switch (change.type) {
      case 'add-cluster':
        await this.#clusters.create(
          { file: change.file, block: change.block },
          { key: clusterKey(applyId, change.newCluster), fingerprint: key },
        );
        return;
      case 'change-cluster':
        await this.#clusters.setFlags(change.id, change);
        return;
      case 'remove-cluster':
        await this.#clusters.delete(change.id);
        return;
      case 'add-node': {
        const clusterId = await this.#clusterId(change.cluster, applyId);
        return this.#whenDone(await this.#nodes.add({ ...change.node, clusterId }, once), signal);
      }
      case 'change-node':
        if (change.zone !== undefined) await this.#nodes.setZone(change.id, change.zone);
        if (change.tags !== undefined)
          await this.#nodes.changeTags(change.id, { type: 'set', tags: change.tags });
        return;
      case 'remove-node':
        return this.#whenDone(await this.#nodes.delete(change.id), signal);
      case 'add-device': {
        const nodeId = await this.#nodeId(change.node);
        return this.#whenDone(await this.#devices.add({ ...change.device, nodeId }, once), signal);
      }
      case 'change-device':
        await this.#devices.changeTags(change.id, { type: 'set', tags: change.tags });
        return;
      case 'remove-device':
        return this.#removeDevice(change.id, signal);
    }
  }

  /** The way the contract prescribes: offline, failed, gone. */
  async #removeDevice(id: string, signal: AbortSignal): Promise<void> {
    const device = await this.#tools.database.read.devices.find(id);
    if (device === undefined) return;
    if (device.state === 'online') await this.#whenDone(await this.#devices.setState(id, 'offline'), signal);
    await this.#whenDone(await this.#devices.setState(id, 'failed'), signal);
    await this.#whenDone(await this.#devices.delete(id, false), signal);
  }

  async #clusterId(ref: ClusterRef, applyId: string): Promise<string> {
    if ('id' in ref) return ref.id;
    const made = await this.#tools.database.read.idempotency.find(clusterKey(applyId, ref.newCluster));
    if (made === undefined) throw new AppError('object.not_found', 'its cluster could not be made');
    return (made.response as { id: string }).id;
  }

  async #nodeId(ref: NodeRef): Promise<string> {
    if ('id' in ref) return ref.id;
    const id = await this.#tools.database.read.nodes.findByName('manage', ref.newNode);
    if (id === undefined)
      throw new AppError('object.not_found', `its node ${ref.newNode} could not be added`);
    return id;
  }

  async #whenDone(operation: OperationRecord, signal: AbortSignal): Promise<void> {
    const ended = await untilAborted(this.#tools.engine.whenEnded(operation.id), signal);
    if (ended.error !== null) throw fromFailure(ended.error);
  }
}

/** The work's result, or the signal's reason as soon as it is aborted. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(toAppError(signal.reason));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

const clusterKey = (applyId: string, index: number): string => `apply/${applyId}/cluster/${index}`;

const applyTopologyKind: OperationKind = {
  name: kindName,
  coordinates: true,
  async finish(_tx, { steps }) {
    const errors = steps.map(({ output }) => (output as ChangeOutcome | null)?.error ?? null);
    return { warnings: errors.filter((error) => error !== null) };
  },
  async abandon() {
    return {};
  },
};
