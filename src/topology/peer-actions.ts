import { AppError } from '../errors.ts';
import { isOutOfReach } from '../operations/failures.ts';
import type { Action, StepContext } from '../operations/kinds.ts';
import { glusterFailure, withGlustersWords } from '../storage/gluster/failure.ts';
import type { Gluster } from '../storage/gluster/gluster.ts';
import { type GlusterPeer, parsePool } from '../storage/gluster/pool.ts';

export interface PeerParams {
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
export const probePeerAction = (gluster: Gluster): Action<PeerParams, null> => ({
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
    if (!params.wasPeer) await detach(context, params, gluster);
  },
});

/** Takes a host out of the gluster cluster; one that is no peer is fine. */
export const detachPeerAction = (gluster: Gluster): Action<PeerParams, null> => ({
  name: 'detach-peer',
  title: 'take the node out of the gluster cluster',
  lanes: ({ clusterId }) => [`gluster:${clusterId}`],
  async run(context, params) {
    await detach(context, params, gluster);
    return null;
  },
});

/** A node that is itself leaving knows no peers any more: "not part of cluster" counts when so many nodes say it. */
const denialsNeeded = 3;

async function detach(context: StepContext, params: PeerParams, gluster: Gluster): Promise<void> {
  let denials = 0;
  for (let nodeIds = params.nodeIds; nodeIds.length > 0 && denials < denialsNeeded; denials += 1) {
    const asked = await onFirstNode(context, nodeIds, (nodeId) =>
      detachFrom(context, nodeId, params.host, gluster),
    );
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
        thrown instanceof AppError && isOutOfReach(thrown) && thrown.code !== 'node.connection_lost';
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
