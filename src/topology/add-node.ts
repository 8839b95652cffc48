import type { NodeRecord } from '../db/nodes.ts';
import type { Reads } from '../db/queries.ts';
import { AppError, toAppError } from '../errors.ts';
import { chunked } from '../lib/chunked.ts';
import type { Host } from '../lib/command.ts';
import { newId } from '../lib/ids.ts';
import type { OperationKind, PlannedOperation } from '../operations/kinds.ts';
import { parsePool } from '../storage/gluster/pool.ts';
import { glusterdCheck } from '../storage/node/preflight.ts';
import { findPeer, type ProbeParams } from './peer-actions.ts';
import { preflight, refusedFirstNode } from './preflight.ts';
import type { TopologyTools } from './topology-tools.ts';

export interface NodeRequest {
  readonly clusterId: string;
  readonly zone: number;
  readonly manageNames: readonly string[];
  readonly storageNames: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** What a look at the cluster says before the node is taken in. */
export interface ClusterLook {
  /** Nodes of the cluster that may help, one that answers first; empty for the first node of a cluster. */
  readonly helpers: readonly string[];
  readonly wasPeer: boolean;
}

const kindName = 'add-node';
/** So many nodes are asked at the same time whether they answer. */
const askedAtOnce = 8;
/** So many are named in the journal, which must not grow with the cluster (law 8). */
const mostHelpers = 16;

export const hostOf = (node: NodeRecord): Host => ({ nodeId: node.id, address: node.manageNames[0] ?? '' });

/**
 * Looks, before anything is promised, whether the cluster can take the node in (wire contract section 8): the first node
 * must have all it needs, for a later one some node of the cluster must answer.
 *
 * @throws AppError with status 400 and the contract's words.
 */
export async function lookAtCluster(tools: TopologyTools, request: NodeRequest): Promise<ClusterLook> {
  const members = await tools.database.read.nodes.listByCluster(request.clusterId);
  const asked = members.filter((node) => node.state === 'online' && node.phase !== 'deleting');
  if (members.length === 0) {
    await preflight(tools, {
      nodeId: `new:${request.manageNames[0]}`,
      address: request.manageNames[0] ?? '',
    }).catch((thrown: unknown) => Promise.reject(refusedFirstNode(toAppError(thrown))));
    return { helpers: [], wasPeer: false };
  }
  for (const group of chunked(asked, askedAtOnce)) {
    const helper = await findHelper(tools, group, request.storageNames[0] ?? '');
    if (helper === undefined) continue;
    const others = asked.filter(({ id }) => id !== helper.nodeId).map(({ id }) => id);
    return { helpers: [helper.nodeId, ...others].slice(0, mostHelpers), wasPeer: helper.wasPeer };
  }
  throw new AppError('node.glusterd_down', 'None of the nodes in cluster has glusterd running', {
    status: 400,
  });
}

/**
 * The first of the nodes that answers tells whether the host is a peer already; when it cannot (its glusterd runs, but hangs),
 * the next does. Only one is asked for its peers: the list is as long as the cluster is large.
 */
async function findHelper(
  tools: TopologyTools,
  nodes: readonly NodeRecord[],
  storageHost: string,
): Promise<{ nodeId: string; wasPeer: boolean } | undefined> {
  const answers = new Map(nodes.map((node) => [node.id, findGlusterd(tools, node)]));
  while (answers.size > 0) {
    const node = await Promise.any(answers.values()).catch(() => undefined);
    if (node === undefined) return undefined;
    answers.delete(node.id);
    const wasPeer = await knowsPeer(tools, node, storageHost).catch(() => undefined);
    if (wasPeer !== undefined) return { nodeId: node.id, wasPeer };
  }
  return undefined;
}

/** @returns the node, when its glusterd runs. */
async function findGlusterd({ access, settings }: TopologyTools, node: NodeRecord): Promise<NodeRecord> {
  await access.look(hostOf(node), [glusterdCheck()], { timeoutMs: settings.probeTimeoutMs });
  return node;
}

async function knowsPeer(
  { access, gluster, settings }: TopologyTools,
  node: NodeRecord,
  storageHost: string,
): Promise<boolean> {
  const [pool] = await access.look(hostOf(node), [gluster.listPool()], {
    timeoutMs: settings.probeTimeoutMs,
  });
  return findPeer(parsePool(pool?.stdout ?? ''), storageHost) !== undefined;
}

/** @throws AppError `object.not_found` and `request.conflict` with the contract's words. */
export async function assertNodeMayCome(reads: Reads, request: NodeRequest): Promise<void> {
  if ((await reads.clusters.find(request.clusterId)) === undefined) {
    throw new AppError('object.not_found', 'Cluster id does not exist');
  }
  const names = [
    ...request.manageNames.map((name) => ['manage', name] as const),
    ...request.storageNames.map((name) => ['storage', name] as const),
  ];
  for (const [kind, name] of names) {
    const owner = await reads.nodes.findByName(kind, name);
    if (owner === undefined) continue;
    // The contract's body ends with two newlines here; the first is part of the message.
    throw new AppError('request.conflict', `Hostname ${name} already used by node with id ${owner}\n`);
  }
}

export function planNode(
  request: NodeRequest,
  look: ClusterLook,
  tools: TopologyTools,
): { node: NodeRecord; planned: PlannedOperation } {
  const operationId = newId();
  const node: NodeRecord = {
    ...request,
    id: newId(),
    state: 'online',
    phase: 'creating',
    lostAtMs: null,
    operationId,
  };
  const host = request.storageNames[0] ?? '';
  const peer: ProbeParams = {
    clusterId: request.clusterId,
    nodeIds: look.helpers,
    host,
    wasPeer: look.wasPeer,
    snapshotLimit: tools.settings.snapshotLimit,
  };
  const probe = look.helpers.length === 0 ? [] : [[{ action: 'probe-peer', nodeId: null, params: peer }]];
  const planned: PlannedOperation = {
    id: operationId,
    kind: kindName,
    clusterId: request.clusterId,
    target: { kind: 'node', id: node.id },
    input: request,
    plan: {
      stages: [
        [{ action: 'preflight', nodeId: node.id, params: { host: request.manageNames[0] } }],
        ...probe,
      ],
    },
  };
  return { node, planned };
}

export const addNodeKind: OperationKind = {
  name: kindName,
  async finish(tx, { operation }) {
    await tx.nodes.update(operation.target.id, { phase: 'ready', operationId: null });
    return { resultPath: `/nodes/${operation.target.id}` };
  },
  async abandon(tx, { operation }) {
    await tx.nodes.delete(operation.target.id);
    return {};
  },
};
