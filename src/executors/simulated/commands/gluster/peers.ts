/** Peers: probing, detaching, listing. */
import type { Answer } from '../../world/answer.ts';
import {
  hasAbsentPeer,
  hostnamesOf,
  isGlusterdUp,
  joinPool,
  leavePool,
  membersOf,
} from '../../world/gluster.ts';
import { nodeOfPeer } from '../../world/names.ts';
import type { NodeState } from '../../world/state.ts';
import { element, nest, refusal, usage, xml } from './answers.ts';
import type { Request } from './request.ts';

const outputOf = (text: string): string[] => [element('output', text)];

/** glusterd's own numbers in answers to `peer probe`. */
const probe = { isSelf: 1, isPeer: 2, otherPool: 3, notConnected: 107 };
/** … and to `peer detach`. */
const detach = { isSelf: 1, noPeer: 2, hasBricks: 3, othersDown: 4 };

const notConnected = (): Answer =>
  refusal('Probe returned with Transport endpoint is not connected', probe.notConnected);

/** `gluster peer probe HOST`: takes a node that is in no other pool and has no volumes into this one. */
export function probePeer({ call, node, pool, words }: Request): Answer {
  const [host] = words;
  if (host === undefined || words.length > 1) return usage('peer probe { <HOSTNAME> | <IP-address> }');
  const { world } = call;
  const peer = nodeOfPeer(world, node, host);
  if (peer === node) return xml({ errno: probe.isSelf, body: outputOf('Probe on localhost not needed') });
  if (peer !== undefined && pool.members.has(peer.name)) {
    world.touch();
    pool.members.get(peer.name)?.names.add(host);
    return xml({ errno: probe.isPeer, body: outputOf(`Host ${host} port 24007 already in peer list`) });
  }
  if (peer === undefined || !isGlusterdUp(peer)) return notConnected();
  if (belongsElsewhere({ call, pool }, peer)) {
    return refusal(
      `${host} is either already part of another cluster or having volumes configured`,
      probe.otherPool,
    );
  }
  joinPool(world, peer, pool, host);
  return xml({ body: outputOf('success') });
}

function belongsElsewhere({ call, pool }: Pick<Request, 'call' | 'pool'>, peer: NodeState): boolean {
  const theirs = call.world.poolOf(peer);
  const { remembered } = peer.gluster;
  const isRemembered = [...pool.members.keys()].some((name) => remembered.has(name));
  return theirs.members.size > 1 || theirs.volumes.size > 0 || (remembered.size > 0 && !isRemembered);
}

/** `gluster peer detach HOST [force]`: a node without bricks leaves the pool. */
export function detachPeer({ call, node, pool, words, isForced }: Request): Answer {
  const [host = ''] = words;
  const { world } = call;
  const peer = nodeOfPeer(world, node, host);
  if (peer === node) return refusal(`${host} is localhost`, detach.isSelf);
  if (peer === undefined || !pool.members.has(peer.name)) {
    return refusal(`${host} is not part of cluster`, detach.noPeer);
  }
  if (peer.gluster.bricks.size > 0) {
    return xml({
      ret: 1,
      errno: detach.hasBricks,
      words: `Peer ${host} hosts one or more bricks. If the peer is in not recoverable state then use either replace-brick or remove-brick command with force to remove all bricks from the peer and attempt the peer detach again.`,
    });
  }
  const others = membersOf(world, node).filter((member) => member.node !== peer);
  if (!isForced && hasAbsentPeer(world, node) && others.some((member) => !isGlusterdUp(member.node))) {
    return refusal("One of the peers is probably down. Check with 'peer status'", detach.othersDown);
  }
  leavePool(world, peer);
  return xml({ body: outputOf('success') });
}

/** `gluster pool list`: the peers, the node itself last. */
export function listPool({ call, node, pool }: Request): Answer {
  const { world } = call;
  const members = membersOf(world, node).map((member) =>
    member.node === node ? ownLines(node) : peerLines(member.node, hostnamesOf(pool, member.name)),
  );
  // Peers that dropped this node while it was away are peers still, as far as it knows.
  const remembered = [...node.gluster.remembered].map((name) => peerLines(world.memberNode(name), [name]));
  return xml({ body: nest('peerStatus', [...remembered, ...members].flat()) });
}

const ownLines = (node: NodeState): string[] =>
  nest('peer', [
    element('uuid', node.gluster.uuid),
    element('hostname', 'localhost'),
    element('connected', 1),
  ]);

const peerLines = (node: NodeState, names: readonly string[]): string[] =>
  nest('peer', [
    element('uuid', node.gluster.uuid),
    element('hostname', names[0] ?? ''),
    ...nest(
      'hostnames',
      names.map((name) => element('hostname', name)),
    ),
    element('connected', isGlusterdUp(node) ? 1 : 0),
    element('state', 3),
    element('stateStr', 'Peer in Cluster'),
  ]);
