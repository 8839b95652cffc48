/** Putting things on disks from outside, as an administrator or another program would have done. */
import { addPartition, type BlockDevice, findDevice, mappedVolume, newFileSystem } from './devices.ts';
import { ensureFolders } from './files.ts';
import { bricksByFolder } from './indexes.ts';
import { activateGroup, addVolume, deactivateGroup } from './lvm.ts';
import { addMount, removeMount } from './mounts.ts';
import type { Content, Disk, NodeState, VolumeGroup } from './state.ts';
import type { World } from './world.ts';

/** What can stand on a disk. */
export const contentKinds = [
  'blank',
  'xfs',
  'unfinished-xfs',
  'ext4',
  'swap',
  'partitions',
  'partition-table',
  'lvm',
  'lvm-orphan',
  'raid',
  'luks',
  'zfs',
] as const;
export type ContentKind = (typeof contentKinds)[number];

const foreignGroup = 'foreign';
const foreignExtentKib = 4096;
const foreignStartKib = 1024;

const signatureTypes: Partial<Record<ContentKind, string>> = {
  swap: 'swap',
  raid: 'linux_raid_member',
  luks: 'crypto_LUKS',
  zfs: 'zfs_member',
};

/** Replaces what is on a disk. @throws Error when there is no such disk. */
export function putContent(world: World, node: NodeState, path: string, kind: ContentKind): void {
  const device = findDevice(world, node, path);
  if (device === undefined) throw new Error(`the simulated node ${node.name} has no device ${path}`);
  world.touch();
  clear(world, node, device);
  if (kind === 'blank') return;
  if (kind === 'lvm') putForeignGroup(world, node, device);
  else device.holder.content = contentOf(world, kind);
  const disk = node.disks.get(device.path);
  if (kind === 'partitions' && disk !== undefined)
    addPartition(world, node, disk, Math.floor(disk.sizeKib / 2));
}

function contentOf(world: World, kind: ContentKind): Content {
  if (kind === 'xfs' || kind === 'ext4') return newFileSystem(kind, world.uuid());
  if (kind === 'unfinished-xfs') return { ...newFileSystem('xfs', world.uuid()), isUnfinished: true };
  if (kind === 'partitions' || kind === 'partition-table') return { kind: 'partition-table', type: 'dos' };
  if (kind === 'lvm-orphan')
    return { kind: 'pv', uuid: world.lvmUuid(), startKib: foreignStartKib, group: '' };
  return { kind: 'signature', type: signatureTypes[kind] ?? kind, uuid: world.uuid() };
}

function clear(world: World, node: NodeState, device: BlockDevice): void {
  const { content } = device.holder;
  const group = content?.kind === 'pv' ? node.groups.get(content.group) : undefined;
  if (group !== undefined) deactivateGroup(world, node, group);
  for (const disk of node.disks.values()) if (disk.parent === device.path) node.disks.delete(disk.path);
  device.holder.content = null;
}

/** A volume group of somebody else's, with a volume in it. */
function putForeignGroup(world: World, node: NodeState, device: BlockDevice): void {
  const uuid = world.lvmUuid();
  const name = `${foreignGroup}_${device.name}`;
  const extents = Math.floor((device.sizeKib - foreignStartKib) / foreignExtentKib);
  const group: VolumeGroup = {
    name,
    uuid: world.lvmUuid(),
    extentKib: foreignExtentKib,
    tags: [],
    members: [{ device: device.path, uuid, extents }],
    volumes: new Map(),
    usedExtents: 0,
  };
  device.holder.content = { kind: 'pv', uuid, startKib: foreignStartKib, group: name };
  node.groups.set(name, group);
  addVolume(world, node, group, {
    name: 'data',
    kind: 'linear',
    extents: Math.max(1, Math.floor(extents / 2)),
  });
}

/** Mounts what is on a disk; `/` is the system's own. */
export function mountFromOutside(world: World, node: NodeState, path: string, mountPoint: string): void {
  const device = findDevice(world, node, path);
  if (device === undefined) throw new Error(`the simulated node ${node.name} has no device ${path}`);
  ensureFolders(node, mountPoint);
  addMount(world, node, device, { device: path, mountPoint, options: 'defaults' });
}

/** The disk is gone: its volume group too, with the mounts and bricks on it. */
export function pullDisk(world: World, node: NodeState, path: string): void {
  const disk = node.disks.get(node.links.get(path) ?? path);
  if (disk === undefined) return;
  world.touch();
  const group = disk.content?.kind === 'pv' ? node.groups.get(disk.content.group) : undefined;
  dropMounts(world, node, disk, group);
  if (group !== undefined) deactivateGroup(world, node, group);
  node.disks.delete(disk.path);
  node.pulled.set(disk.path, group === undefined ? { disk } : { disk, group });
}

function dropMounts(world: World, node: NodeState, disk: Disk, group: VolumeGroup | undefined): void {
  for (const mount of node.mounts.values()) {
    const isOn =
      mount.device === disk.path ||
      (group !== undefined && mappedVolume(node, mount.device)?.group === group);
    if (!isOn) continue;
    for (const brick of node.gluster.running.keys()) {
      if (brick.startsWith(`${mount.mountPoint}/`)) bricksByFolder.drop(node.gluster.running, brick);
    }
    removeMount(world, node, mount);
  }
}

/** The disk is back, under the same name or another. Its mounts are not. */
export function plugDisk(world: World, node: NodeState, path: string, newPath = path): void {
  const pulled = node.pulled.get(path);
  if (pulled === undefined) return;
  world.touch();
  node.pulled.delete(path);
  node.disks.set(newPath, { ...pulled.disk, path: newPath });
  const { group } = pulled;
  if (group === undefined) return;
  const members = group.members.map((member) =>
    member.device === path ? { ...member, device: newPath } : member,
  );
  activateGroup(world, node, { ...group, members });
}
