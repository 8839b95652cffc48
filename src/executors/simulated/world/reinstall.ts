import { emptyFolder, entriesOf, freshRoot, putEntry } from './file-tree.ts';
import { bricksByFolder } from './indexes.ts';
import { startGlusterd } from './power.ts';
import type { NodeState } from './state.ts';
import type { World } from './world.ts';

/** A new system on the same machine. @throws Error while the old one is a peer of others. */
export function reinstall(world: World, node: NodeState): void {
  const { gluster } = node;
  const pool = world.poolOf(node);
  if (pool.members.size > 1) throw new Error(`the simulated node ${node.name} is a peer of others still`);
  world.touch();
  emptyFolder(node.root);
  for (const [name, entry] of entriesOf(freshRoot())) putEntry(node.root, name, entry);
  world.state.pools.delete(pool.id);
  gluster.uuid = world.uuid();
  gluster.remembered.clear();
  bricksByFolder.clear(gluster.bricks);
  world.joinOwnPool(node);
  node.isUp = true;
  startGlusterd(world, node);
}
