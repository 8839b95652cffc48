import { KIB_PER_GIB } from '../../../lib/sizes.ts';
import { mountFromOutside, putContent } from '../world/contents.ts';
import { addDisk } from '../world/devices.ts';
import { powerOff } from '../world/power.ts';
import type { NodeState } from '../world/state.ts';
import { newWorldState, World } from '../world/world.ts';
import type { DiskEntry, NodeEntry, SimulationDescription } from './schema.ts';

/** The world that a description describes. */
export function buildWorld(description: SimulationDescription): World {
  const world = new World(
    newWorldState(description.seed, {
      diskKib: description.diskGiB * KIB_PER_GIB,
      unlistedNodes: description.unlistedNodes,
      unlistedDisks: true,
    }),
  );
  for (const entry of description.nodes) buildNode(world, entry);
  return world;
}

function buildNode(world: World, entry: NodeEntry): void {
  const node = world.addNode({
    host: entry.host,
    storageHosts: entry.storageHosts,
    unlistedDisks: entry.unlistedDisks ?? entry.disks === undefined,
    diskKib: entry.diskGiB === undefined ? undefined : entry.diskGiB * KIB_PER_GIB,
    missingTools: entry.missingTools,
    missingModules: entry.missingModules,
    userId: entry.userId,
  });
  for (const disk of entry.disks ?? []) buildDisk(world, node, disk);
  node.gluster.isRunning = entry.glusterd === 'running';
  node.isReachable = entry.reachable;
  if (entry.power === 'off') powerOff(world, node);
}

export function buildDisk(world: World, node: NodeState, entry: DiskEntry): void {
  const { path, contents, mountedAt } = entry;
  addDisk(world, node, {
    path,
    sizeKib: entry.sizeGiB === undefined ? undefined : Math.floor(entry.sizeGiB * KIB_PER_GIB),
    links: entry.links,
    isReadOnly: entry.readOnly,
    isRemovable: entry.removable,
    serial: entry.serial,
    wwn: entry.wwn,
  });
  if (contents !== 'blank') putContent(world, node, path, contents);
  if (mountedAt !== undefined) mountFromOutside(world, node, path, mountedAt);
  if (entry.swap) node.swaps.add(path);
}
