/**
 * Storage host names, by which gluster knows the nodes. Where they differ from the manage addresses, somebody may tell
 * (the simulation file, `nameNode`, `resolveStorageHost`); what nobody told is learned from what is seen: a name that is
 * probed means the node that was addressed last and has no name yet, and a brick's path shows on which node it lies. The
 * first is a guess, and the second corrects it.
 */
import { lookUp } from './files.ts';
import { swapMembers } from './gluster.ts';
import type { NodeState } from './state.ts';
import type { World } from './world.ts';

/** The node that `peer probe` or `peer detach` means; undefined when the name does not resolve. */
export function nodeOfPeer(world: World, asker: NodeState, name: string): NodeState | undefined {
  const known = knownNode(world, name);
  if (known !== undefined) return known;
  if (!world.state.defaults.unlistedNodes) return undefined;
  const guess = [...world.state.nodes.values()]
    .reverse()
    .find((node) => node !== asker && isNewcomer(world, node));
  if (guess === undefined) return world.node(name);
  bind(world, name, guess, false);
  return guess;
}

/** The node on which a brick lies; undefined when the name does not resolve. */
export function nodeOfBrick(
  world: World,
  asker: NodeState,
  { host, path }: { readonly host: string; readonly path: string },
): NodeState | undefined {
  const known = knownNode(world, host);
  const isSure = known !== undefined && world.state.storageNames.get(host)?.isCertain !== false;
  if (isSure) return known;
  const shown = known !== undefined && holds(known, path) ? known : nodeThatHolds(world, asker, path);
  if (shown === undefined) return known ?? world.node(host);
  if (known !== undefined && known !== shown) swap(world, known, shown);
  bind(world, host, shown, true);
  return shown;
}

function knownNode(world: World, name: string): NodeState | undefined {
  return world.state.nodes.get(world.state.storageNames.get(name)?.node ?? name);
}

function bind(world: World, name: string, node: NodeState, isCertain: boolean): void {
  const before = world.state.storageNames.get(name);
  if (before?.node !== node.name || !before.isCertain) world.nameNode(name, node.name, isCertain);
}

const isNameless = (world: World, node: NodeState): boolean =>
  world.poolOf(node).members.get(node.name)?.names.size === 0;

/** A node that was addressed, is in no pool with others, and by no name. */
const isNewcomer = (world: World, node: NodeState): boolean =>
  isNameless(world, node) && world.poolOf(node).members.size === 1 && node.gluster.bricks.size === 0;

const holds = (node: NodeState, path: string): boolean => {
  const place = lookUp(node, path);
  return place.mount !== undefined && place.folder !== undefined;
};

/** The one whose name is not sure and on which a mounted file system has the folder; in the asker's pool if possible. */
function nodeThatHolds(world: World, asker: NodeState, path: string): NodeState | undefined {
  const sure = new Set<string>();
  for (const { node, isCertain } of world.state.storageNames.values()) if (isCertain) sure.add(node);
  const isOpen = (node: NodeState | undefined): node is NodeState =>
    node !== undefined && !sure.has(node.name) && holds(node, path);
  const inPool = [...world.poolOf(asker).members.keys()].map((name) => world.state.nodes.get(name));
  return inPool.find(isOpen) ?? [...world.state.nodes.values()].find(isOpen);
}

/** Two nodes were taken for each other: each gets the other's names, and its place in the pools. */
function swap(world: World, one: NodeState, other: NodeState): void {
  world.touch();
  swapMembers(world, one, other);
  for (const [name, binding] of world.state.storageNames) {
    if (binding.isCertain) continue;
    if (binding.node === one.name) world.state.storageNames.set(name, { ...binding, node: other.name });
    else if (binding.node === other.name) world.state.storageNames.set(name, { ...binding, node: one.name });
  }
}
