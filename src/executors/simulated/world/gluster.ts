/** glusterd's pools, volumes and brick processes. Words and refusals are the commands' affair. */

import type { Folder } from './file-tree.ts';
import { lookUp } from './files.ts';
import { bricksByFolder } from './indexes.ts';
import type { GlusterBrick, GlusterVolume, NodeState, PoolState, VolumeShape } from './state.ts';
import type { World } from './world.ts';

export const isGlusterdUp = (node: NodeState): boolean => node.isUp && node.gluster.isRunning;

/** Members of the node's pool with their nodes, the node itself last, as gluster lists them. */
export function membersOf(
  world: World,
  node: NodeState,
): { readonly name: string; readonly node: NodeState }[] {
  const pool = world.poolOf(node);
  const names = [...pool.members.keys()].filter((name) => name !== node.name);
  return [...names, node.name].map((name) => ({ name, node: world.memberNode(name) }));
}

export const hasAbsentPeer = (world: World, node: NodeState): boolean =>
  membersOf(world, node).some((member) => !isGlusterdUp(member.node));

/** The name gluster shows for a member. */
export function hostnamesOf(pool: PoolState, name: string): string[] {
  const names = [...(pool.members.get(name)?.names ?? [])];
  return names.length === 0 ? [name] : names;
}

export function setSize({ replica, disperse }: VolumeShape): number {
  return disperse > 0 ? disperse : replica;
}

/** The directory of a brick, when it is there. */
export function brickFolder(node: NodeState, path: string): Folder | undefined {
  const { entry } = lookUp(node, path);
  return entry?.kind === 'folder' ? entry : undefined;
}

/** Starts the brick process where the directory bears the volume's mark. */
function startBrick(world: World, volume: GlusterVolume, brick: GlusterBrick): void {
  const node = world.memberNode(brick.node);
  if (node.gluster.running.has(brick.path)) return;
  if (brickFolder(node, brick.path)?.volumeId !== volume.uuid) return;
  world.touch();
  bricksByFolder.put(node.gluster.running, brick.path, volume.name);
}

function stopBrick(world: World, brick: GlusterBrick): void {
  const node = world.memberNode(brick.node);
  if (bricksByFolder.drop(node.gluster.running, brick.path)) world.touch();
}

/** Starts what should run and ends what should not, on one node: what glusterd does when it comes up. */
export function reconcileBricks(world: World, node: NodeState): void {
  const { volumes } = world.poolOf(node);
  const { running, bricks } = node.gluster;
  for (const [path, name] of running) {
    if (bricks.get(path) === name && volumes.get(name)?.status === 'started') continue;
    world.touch();
    bricksByFolder.drop(running, path);
  }
  for (const [path, name] of bricks) {
    const volume = volumes.get(name);
    if (volume?.status === 'started') startBrick(world, volume, { name: path, node: node.name, path });
  }
}

/** Enters bricks into the books of their nodes. */
export function enterBricks(world: World, volume: GlusterVolume, bricks: readonly GlusterBrick[]): void {
  world.touch();
  for (const { node, path } of bricks)
    bricksByFolder.put(world.memberNode(node).gluster.bricks, path, volume.name);
}

/** Brick processes of a volume run where glusterd does. */
export function startBricks(world: World, volume: GlusterVolume, bricks: readonly GlusterBrick[]): void {
  for (const brick of bricks)
    if (isGlusterdUp(world.memberNode(brick.node))) startBrick(world, volume, brick);
}

export function stopBricks(world: World, volume: GlusterVolume): void {
  for (const brick of volume.bricks) if (isGlusterdUp(world.memberNode(brick.node))) stopBrick(world, brick);
}

/** The processes of a volume's bricks on one node have ended, whatever glusterd thinks of it. */
export function endBricksOn(world: World, node: NodeState, volume: string): void {
  for (const brick of world.poolOf(node).volumes.get(volume)?.bricks ?? [])
    if (brick.node === node.name) stopBrick(world, brick);
}

/** Whether the brick's process runs and answers. */
export const isServed = (world: World, { node, path }: GlusterBrick): boolean => {
  const owner = world.memberNode(node);
  return isGlusterdUp(owner) && owner.gluster.running.has(path);
};

/** Takes a brick out of the books of its node and ends its process. Its directory keeps the mark. */
export function strikeBrick(world: World, brick: GlusterBrick): void {
  world.touch();
  const { gluster } = world.memberNode(brick.node);
  bricksByFolder.drop(gluster.bricks, brick.path);
  bricksByFolder.drop(gluster.running, brick.path);
}

/** Strikes a volume out. Its directories keep the mark that they belonged to one. */
export function removeVolume(world: World, pool: PoolState, volume: GlusterVolume): void {
  world.touch();
  pool.volumes.delete(volume.name);
  for (const { node, path } of volume.bricks)
    bricksByFolder.drop(world.memberNode(node).gluster.bricks, path);
}

/** Moves a node from its own pool into another. */
export function joinPool(world: World, node: NodeState, pool: PoolState, name: string): void {
  world.touch();
  const own = world.poolOf(node);
  const names = own.members.get(node.name)?.names ?? new Set();
  world.state.pools.delete(own.id);
  pool.members.set(node.name, { uuid: node.gluster.uuid, names: new Set([name, ...names]) });
  node.gluster.pool = pool.id;
  node.gluster.remembered.clear();
}

/** Two nodes change places in their pools. Only for nodes without bricks. */
export function swapMembers(world: World, one: NodeState, other: NodeState): void {
  world.touch();
  const [poolOfOne, poolOfOther] = [world.poolOf(one), world.poolOf(other)];
  const [namesOfOne, namesOfOther] = [namesIn(poolOfOne, one), namesIn(poolOfOther, other)];
  poolOfOne.members.delete(one.name);
  poolOfOther.members.delete(other.name);
  poolOfOne.members.set(other.name, { uuid: other.gluster.uuid, names: namesOfOne });
  poolOfOther.members.set(one.name, { uuid: one.gluster.uuid, names: namesOfOther });
  one.gluster.pool = poolOfOther.id;
  other.gluster.pool = poolOfOne.id;
}

const namesIn = (pool: PoolState, node: NodeState): Set<string> =>
  pool.members.get(node.name)?.names ?? new Set();

/** Takes a node out of its pool. When its glusterd is away, it does not learn of it and goes on believing in its peers. */
export function leavePool(world: World, node: NodeState): void {
  world.touch();
  const pool = world.poolOf(node);
  pool.members.delete(node.name);
  world.joinOwnPool(node);
  if (isGlusterdUp(node)) return;
  for (const name of pool.members.keys()) node.gluster.remembered.add(name);
}
