/**
 * What glusterd does to the bricks of snapshots: thin volumes beside those they were taken of, in the same pools, which it
 * mounts below its own folder by itself. Words and refusals are the commands' affair.
 */

import { compactUuid } from '../../../storage/naming.ts';
import { knownDevice, mappedVolume, pathOfVolume } from './devices.ts';
import { dropEntry } from './file-tree.ts';
import { ensureFolders, lookUp } from './files.ts';
import { brickFolder, isGlusterdUp, strikeBrick } from './gluster.ts';
import { mountIndex } from './indexes.ts';
import { addVolume, removeVolume as removeLogicalVolume } from './lvm.ts';
import { addMount, removeMount } from './mounts.ts';
import type {
  GlusterBrick,
  GlusterSnapshot,
  GlusterVolume,
  LogicalVolume,
  Mount,
  NodeState,
  PoolState,
  SnapshotDevice,
  VolumeGroup,
} from './state.ts';
import type { World } from './world.ts';

const snapshotsFolder = '/run/gluster/snaps';

/** Whether a brick is one of a snapshot or of its clone. */
export const isOfSnapshot = (path: string): boolean => path.startsWith(`${snapshotsFolder}/`);

export const snapshotsOf = (pool: PoolState, volume: GlusterVolume): GlusterSnapshot[] =>
  [...(pool.snapshots?.values() ?? [])].filter(({ origin }) => origin === volume.uuid);

export const countSnapshots = (pool: PoolState, volume: GlusterVolume): number =>
  volume.snapshots + snapshotsOf(pool, volume).length;

/** The thin volume that a brick lies on; undefined when it lies on anything else. */
export function thinVolumeOf(
  node: NodeState,
  path: string,
): { readonly group: VolumeGroup; readonly volume: LogicalVolume; readonly mount: Mount } | undefined {
  const { mount } = lookUp(node, path);
  const mapped = mount === undefined ? undefined : mappedVolume(node, mount.device);
  return mount === undefined || mapped?.volume.kind !== 'thin' ? undefined : { ...mapped, mount };
}

/**
 * Copies the thin volumes of bricks, each in its own pool. They are not mounted yet.
 *
 * @param volumeUuid of the volume that they are the bricks of: thin volumes and mount points are called by it.
 */
export function copyBricks(
  world: World,
  bricks: readonly GlusterBrick[],
  volumeUuid: string,
): GlusterBrick[] {
  const name = compactUuid(volumeUuid);
  const counts = new Map<string, number>();
  return bricks.map((brick, order) => {
    const node = world.memberNode(brick.node);
    const number = counts.get(brick.node) ?? 0;
    counts.set(brick.node, number + 1);
    const { device, within } = copyBrick(world, node, brick, `${name}_${number}`);
    const path = `${snapshotsFolder}/${name}/brick${order + 1}${within}`;
    return {
      name: `${brick.name.slice(0, brick.name.indexOf(':/'))}:${path}`,
      node: brick.node,
      path,
      device,
    };
  });
}

function copyBrick(
  world: World,
  node: NodeState,
  brick: GlusterBrick,
  name: string,
): { readonly device: SnapshotDevice; readonly within: string } {
  const source = brick.device === undefined ? fromMount(node, brick) : fromDevice(node, brick, brick.device);
  if (source === undefined) throw new Error(`the brick ${brick.name} is not on a thin volume`);
  const { group, volume, type, options, within } = source;
  const copy = addVolume(world, node, group, {
    name,
    kind: 'thin',
    extents: volume.extents,
    pool: volume.pool,
  });
  copy.content = structuredClone(volume.content);
  return { device: { group: group.name, volume: name, type, options }, within };
}

function fromMount(node: NodeState, brick: GlusterBrick) {
  const found = thinVolumeOf(node, brick.path);
  if (found === undefined) return undefined;
  const { mountPoint, type, options } = found.mount;
  return { ...found, type, options, within: brick.path.slice(mountPoint.length) };
}

function fromDevice(node: NodeState, brick: GlusterBrick, device: SnapshotDevice) {
  const group = node.groups.get(device.group);
  const volume = group?.volumes.get(device.volume);
  if (group === undefined || volume === undefined) return undefined;
  const { type, options } = device;
  return { group, volume, type, options, within: brick.path.slice(ownMountPoint(brick.path).length) };
}

const ownMountPoint = (path: string): string =>
  /^\/run\/gluster\/snaps\/[^/]+\/brick\d+/.exec(path)?.[0] ?? path;

/** Mounts bricks that glusterd has to mount itself, where it runs. */
export function mountCopies(world: World, bricks: readonly GlusterBrick[]): void {
  for (const { node: name, path, device } of bricks) {
    const node = world.memberNode(name);
    const volume = node.groups.get(device?.group ?? '')?.volumes.get(device?.volume ?? '');
    if (device === undefined || volume === undefined || !isGlusterdUp(node)) continue;
    const mountPoint = ownMountPoint(path);
    const block = knownDevice(node, pathOfVolume(device.group, volume));
    if (block === undefined || node.mounts.has(mountPoint)) continue;
    ensureFolders(node, mountPoint);
    addMount(world, node, block, { device: block.path, mountPoint, options: device.options });
  }
}

/** Marks the directories of bricks as those of a volume. */
export function markCopies(world: World, bricks: readonly GlusterBrick[], volumeUuid: string): void {
  world.touch();
  for (const brick of bricks) {
    const folder = brickFolder(world.memberNode(brick.node), brick.path);
    if (folder !== undefined) folder.volumeId = volumeUuid;
  }
}

/** Ends the processes of bricks and takes their mounts away; the thin volumes stay. */
function unmountCopies(world: World, bricks: readonly GlusterBrick[]): void {
  for (const brick of bricks) {
    const node = world.memberNode(brick.node);
    strikeBrick(world, brick);
    const mount = node.mounts.get(ownMountPoint(brick.path));
    if (mount !== undefined) removeMount(world, node, mount);
  }
}

/** Removes what `copyBricks` made, with its mounts and folders. */
export function removeCopies(world: World, bricks: readonly GlusterBrick[]): void {
  unmountCopies(world, bricks);
  for (const { node: name, path, device } of bricks) {
    const node = world.memberNode(name);
    const group = node.groups.get(device?.group ?? '');
    const volume = group?.volumes.get(device?.volume ?? '');
    if (group !== undefined && volume !== undefined) removeLogicalVolume(world, node, group, volume);
    const folder = ownMountPoint(path).replace(/\/brick\d+$/, '');
    const { folder: above, name: entry } = lookUp(node, folder);
    if (!node.mounts.has(folder) && !mountIndex.has(node.mounts, folder))
      if (above !== undefined) dropEntry(above, entry);
  }
}

/** What a glusterd that comes up mounts on its node: active snapshots, clones, restored volumes. */
export function mountOwnBricks(world: World, node: NodeState): void {
  const pool = world.poolOf(node);
  const active = [...(pool.snapshots?.values() ?? [])].filter(({ isActivated }) => isActivated);
  for (const { bricks } of [...active, ...pool.volumes.values()])
    mountCopies(
      world,
      bricks.filter((brick) => brick.node === node.name),
    );
}
