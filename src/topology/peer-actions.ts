import type { NodeRecord } from '../db/nodes.ts';
import type { Reads } from '../db/queries.ts';
import type { Phase } from '../db/schema.ts';
import { AppError } from '../errors.ts';
import { isOutOfReach } from '../operations/failures.ts';
import type { Action, StepContext } from '../operations/kinds.ts';
import { glusterFailure, isGlusterdDown, withGlustersWords } from '../storage/gluster/failure.ts';
import type { Gluster } from '../storage/gluster/gluster.ts';
import { type GlusterPeer, parsePool } from '../storage/gluster/pool.ts';

export interface ProbeParams {
  readonly clusterId: string;
  /** Nodes of the cluster that may run the command, in the order they are tried. */
  readonly nodeIds: readonly string[];
  /** The peer's storage host name. */
  readonly host: string;
  /** It was a peer before Mortar came: then it stays one when the step is undone. */
  readonly wasPeer: boolean;
  readonly snapshotLimit: number;
}

const membershipTries = 30;
const pauseMs = 1000;

/** Makes a host a member of the gluster cluster and waits until all agree that it is. */
export const probePeerAction = (gluster: Gluster): Action<ProbeParams, null> => ({
  name: 'probe-peer',
  title: 'make the node a gluster peer',
  lanes: ({ clusterId }) => [`gluster:${clusterId}`],

  async run(context, params) {
    const limit = params.snapshotLimit > 0 ? [gluster.setSnapshotLimit(params.snapshotLimit)] : [];
    await onFirstNode(context, params.nodeIds, async (nodeId) => {
      await context.execOn(nodeId, [gluster.probePeer(params.host), ...limit]);
      await waitForMembership(context, nodeId, params.host, gluster);
    });
    return null;
  },

  async undo(context, params) {
    if (params.wasPeer) return;
    await detach(context, { nodeIds: params.nodeIds, host: params.host, denialsNeeded: 3 }, gluster);
  },
});

interface DetachParams {
  readonly clusterId: string;
  readonly nodeId: string;
  /** The storage host name of the node. */
  readonly host: string;
}

/**
 * Takes a node out of the gluster cluster; one that is no peer is fine. Who may say so is seen when it is done: others
 * come and go meanwhile, and two that leave together have only each other. The lane orders them, and a node's record
 * stays until its own turn is over.
 */
export const detachPeerAction = (gluster: Gluster, reads: Reads): Action<DetachParams, null> => ({
  name: 'detach-peer',
  title: 'take the node out of the gluster cluster',
  lanes: ({ clusterId }) => [`gluster:${clusterId}`],
  async run(context, { clusterId, nodeId, host }) {
    const others = await othersOf(reads, clusterId, nodeId);
    const inPhase = (wanted: Phase): string[] =>
      others.filter(({ phase }) => phase === wanted).map(({ id }) => id);
    const staying = inPhase('ready');
    // Those that come or leave may be peers at this moment, or not: all of them are asked.
    const nodeIds = staying.length > 0 ? staying : [...inPhase('deleting'), ...inPhase('creating')];
    const denialsNeeded = staying.length > 0 ? 3 : nodeIds.length;
    await detach(context, { nodeIds, host, denialsNeeded }, gluster);
    return null;
  },

  async undo(context, { clusterId, nodeId }) {
    const staying = (await othersOf(reads, clusterId, nodeId)).filter(({ phase }) => phase === 'ready');
    const nodeIds = staying.map(({ id }) => id);
    const pool = await onFirstNode(context, nodeIds, async (asked) => {
      const [answer] = await context.execOn(asked, [gluster.listPool()]);
      return parsePool(answer?.stdout ?? '');
    });
    // A peer that bears nobody's name may be the node under a name that gluster made up itself.
    const known = new Set(['localhost', ...staying.flatMap(namesOf)]);
    if (pool === undefined || pool.result.some(({ names }) => !names.some((name) => known.has(name)))) return;
    return { isFinal: true, output: null };
  },
});

const othersOf = async (reads: Reads, clusterId: string, nodeId: string): Promise<NodeRecord[]> =>
  (await reads.nodes.listByCluster(clusterId)).filter(({ id }) => id !== nodeId);

const namesOf = ({ storageNames, manageNames }: NodeRecord): string[] => [...storageNames, ...manageNames];

interface Detachment {
  readonly nodeIds: readonly string[];
  readonly host: string;
  /** A node that is itself leaving knows no peers any more: "not part of cluster" counts when so many nodes say it. */
  readonly denialsNeeded: number;
}

async function detach(
  context: StepContext,
  { nodeIds: all, host, denialsNeeded }: Detachment,
  gluster: Gluster,
): Promise<void> {
  let denials = 0;
  for (let nodeIds = all; nodeIds.length > 0 && denials < denialsNeeded; denials += 1) {
    const asked = await onFirstNode(context, nodeIds, (nodeId) => detachFrom(context, nodeId, host, gluster));
    if (asked === undefined || asked.result === 'detached') return;
    nodeIds = nodeIds.slice(nodeIds.indexOf(asked.nodeId) + 1);
  }
}

async function detachFrom(
  context: StepContext,
  nodeId: string,
  host: string,
  gluster: Gluster,
): Promise<'detached' | 'no peer'> {
  try {
    await context.execOn(nodeId, [gluster.detachPeer(host)]);
    return 'detached';
  } catch (thrown) {
    const words = glusterFailure(thrown)?.words ?? '';
    if (/not part of cluster/i.test(words)) return 'no peer';
    if (!/probably down|is down/i.test(words)) throw thrown;
    // The node itself is away: gluster wants the word "force" to let it go.
    await context.execOn(nodeId, [gluster.detachPeer(host, 'force')]);
    return 'detached';
  }
}

async function waitForMembership(
  context: StepContext,
  nodeId: string,
  host: string,
  gluster: Gluster,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const [answer] = await context.execOn(nodeId, [gluster.listPool()]);
    const peer = findPeer(parsePool(answer?.stdout ?? ''), host);
    // Not listed under its name: gluster took it for the node itself.
    if (peer === undefined || (peer.isMember && peer.isConnected)) return;
    if (tries === membershipTries) {
      throw new AppError(
        'node.peer_refused',
        `${host}: gluster accepted the peer, but it has not joined the cluster`,
      );
    }
    await context.sleep(pauseMs);
  }
}

export const findPeer = (peers: readonly GlusterPeer[], host: string): GlusterPeer | undefined =>
  peers.find(({ names }) => names.includes(host));

/**
 * Tries the nodes in order until one can be reached.
 *
 * @returns what it said; undefined when none of the nodes is on record any more.
 */
async function onFirstNode<Result>(
  context: StepContext,
  nodeIds: readonly string[],
  work: (nodeId: string) => Promise<Result>,
): Promise<{ readonly nodeId: string; readonly result: Result } | undefined> {
  let last: unknown;
  for (const nodeId of nodeIds) {
    try {
      return { nodeId, result: await work(nodeId) };
    } catch (thrown) {
      if (isGone(thrown)) continue;
      last = asPeerError(withGlustersWords(thrown));
      const canAskAnother =
        thrown instanceof AppError &&
        thrown.code !== 'node.connection_lost' &&
        (isOutOfReach(thrown) || isGlusterdDown(thrown));
      if (!canAskAnother || context.signal.aborted) throw last;
    }
  }
  if (last !== undefined) throw last;
  return undefined;
}

/** The node was removed since this was planned. */
const isGone = (thrown: unknown): boolean => thrown instanceof AppError && thrown.code === 'object.not_found';

function asPeerError(error: unknown): unknown {
  if (!(error instanceof AppError) || error.code !== 'gluster.failed') return error;
  return new AppError('node.peer_refused', error.message, { cause: error, details: error.details });
}
