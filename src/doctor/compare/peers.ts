import type { NodeRecord } from '../../db/nodes.ts';
import type { GlusterPeer } from '../../storage/gluster/pool.ts';
import type { Finding } from '../finding.ts';
import { type ClusterView, hostOf, inCluster } from './cluster-view.ts';

/** What one node says of the pool. */
interface PoolOpinion {
  readonly node: NodeRecord;
  readonly peers: readonly GlusterPeer[];
}

/** Nodes on record against gluster's trusted pool, as each node sees it. */
export function comparePeers(view: ClusterView): Finding[] {
  const opinions = view.nodes.flatMap((node): PoolOpinion[] => {
    const gluster = view.facts.get(node.id)?.gluster;
    return gluster === undefined ? [] : [{ node, peers: gluster.peers }];
  });
  const uuids = new Map(opinions.map(({ node, peers }) => [node.id, ownUuid(peers)]));
  return [
    ...view.nodes.flatMap((node) => compareMember(view, node, opinions, uuids.get(node.id))),
    ...unknownPeers(view, opinions, new Set(uuids.values())),
  ];
}

/** The node itself stands in its own list as `localhost`. */
const ownUuid = (peers: readonly GlusterPeer[]): string | undefined =>
  peers.find(({ names }) => names.includes('localhost'))?.uuid;

/** A node that probed others is known to them by the address it came from: its UUID counts before its names. */
const isPeer = (peer: GlusterPeer, node: NodeRecord, uuid: string | undefined): boolean =>
  uuid === undefined
    ? [...node.storageNames, ...node.manageNames].some((name) => peer.names.includes(name))
    : peer.uuid === uuid;

function compareMember(
  view: ClusterView,
  node: NodeRecord,
  opinions: readonly PoolOpinion[],
  uuid: string | undefined,
): Finding[] {
  const others = opinions.filter((opinion) => opinion.node.id !== node.id);
  const lacking = others.filter(({ peers }) => !peers.some((peer) => isPeer(peer, node, uuid)));
  const object = `node ${node.id} (${hostOf(node)})`;
  const hosts = (list: readonly PoolOpinion[]): string =>
    list.map((opinion) => hostOf(opinion.node)).join(', ');
  // Two parts of a pool lack each other: what most of the others lack is what is missing.
  if (lacking.length * 2 > others.length) {
    return [
      inCluster(view, 'peer-missing', {
        nodeId: node.id,
        object,
        evidence: `the pool of ${hosts(lacking)} does not have it`,
        advice: 'Makes it a peer again.',
        mend: { action: 'probe-peer', nodeId: node.id },
      }),
    ];
  }
  const isUp = view.facts.get(node.id)?.gluster !== undefined;
  const cut = others.filter(({ peers }) =>
    peers.some((peer) => isPeer(peer, node, uuid) && !peer.isConnected),
  );
  if (!isUp || cut.length === 0) return [];
  return [
    inCluster(view, 'peer-disconnected', {
      nodeId: node.id,
      object,
      evidence: `its glusterd runs, but ${hosts(cut)} ${cut.length === 1 ? 'has' : 'have'} no connection to it`,
      advice: 'Look at the network and the firewall between the nodes (port 24007).',
    }),
  ];
}

function unknownPeers(
  view: ClusterView,
  opinions: readonly PoolOpinion[],
  uuids: ReadonlySet<string | undefined>,
): Finding[] {
  const members = view.intent.known.nodes.filter(({ clusterId }) => clusterId === view.clusterId);
  const isKnown = (peer: GlusterPeer): boolean =>
    uuids.has(peer.uuid) || members.some((node) => isPeer(peer, node, undefined));
  const strangers = new Map(
    opinions.flatMap(({ node, peers }) =>
      peers.filter((peer) => !isKnown(peer)).map((peer) => [peer.uuid, { peer, node }] as const),
    ),
  );
  // A node that was not looked at may be known to gluster by another name.
  if (view.facts.size < members.length) return [];
  return [...strangers.values()].map(({ peer, node }) =>
    inCluster(view, 'peer-unknown', {
      object: `peer ${peer.names[0] ?? peer.uuid}`,
      evidence: `${hostOf(node)} lists the peer ${peer.uuid} (${peer.names.join(', ')}); no node on record is this one`,
      advice: 'Add the node, or take it out of the pool with `gluster peer detach`.',
    }),
  );
}
