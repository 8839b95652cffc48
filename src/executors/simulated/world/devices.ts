/** Block devices of a node: disks, partitions and logical volumes, found by any of their names. */
import { mapperPath } from '../../../storage/naming.ts';
import { newFolder } from './file-tree.ts';
import { isMounted } from './indexes.ts';
import type { Content, Disk, LogicalVolume, NodeState, VolumeGroup } from './state.ts';
import type { World } from './world.ts';

export interface BlockDevice {
  /** The name that stays: a disk's kernel path, a logical volume's device-mapper path. */
  readonly path: string;
  /** What the kernel calls it: `/dev/sdb`, `/dev/dm-4`. */
  readonly kernelPath: string;
  /** As in lsblk: without `/dev/` or `/dev/mapper/`. */
  readonly name: string;
  readonly number: string;
  readonly sizeKib: number;
  readonly isReadOnly: boolean;
  /** Where its content is kept, to be changed there. */
  readonly holder: { content: Content | null };
}

export const mapperMajor = 253;
const diskMajor = 8;
const mapperFolder = '/dev/mapper/';
const minorsPerDisk = 16;

/** Names directly under /dev that are no disks. */
const otherNames =
  /^(?:dm-\d+|mapper|disk|block|null|zero|full|random|urandom|tty\w*|std(?:in|out|err)|fd|shm|pts|log|kmsg|loop-control|fuse|root)$/;

const deviceNumber = (disk: Disk): string => `${disk.major}:${disk.minor}`;

export const diskDevice = (disk: Disk): BlockDevice => ({
  path: disk.path,
  kernelPath: disk.path,
  name: disk.path.slice('/dev/'.length),
  number: deviceNumber(disk),
  sizeKib: disk.sizeKib,
  isReadOnly: disk.isReadOnly,
  holder: disk,
});

function volumeDevice(node: NodeState, path: string): BlockDevice | undefined {
  const mapped = mappedVolume(node, path);
  if (mapped === undefined) return undefined;
  const { group, volume } = mapped;
  const minor = volume.minors[''] ?? 0;
  return {
    path,
    kernelPath: `/dev/dm-${minor}`,
    name: path.slice(mapperFolder.length),
    number: `${mapperMajor}:${minor}`,
    sizeKib: volume.extents * group.extentKib,
    isReadOnly: false,
    holder: volume,
  };
}

/** The active logical volume of a device-mapper path, in which each `-` of a name stands twice. */
export function mappedVolume(
  node: NodeState,
  path: string,
): { readonly group: VolumeGroup; readonly volume: LogicalVolume } | undefined {
  if (!path.startsWith(mapperFolder)) return undefined;
  let end = path.indexOf('-', mapperFolder.length);
  while (end >= 0 && path[end + 1] === '-') end = path.indexOf('-', end + 2);
  if (end < 0) return undefined;
  const single = (name: string): string => name.replaceAll('--', '-');
  const group = node.groups.get(single(path.slice(mapperFolder.length, end)));
  const volume = group?.volumes.get(single(path.slice(end + 1)));
  if (group === undefined || volume?.minors[''] === undefined) return undefined;
  // A single `-` further on is no part of a name.
  return path === pathOfVolume(group.name, volume) ? { group, volume } : undefined;
}

/**
 * The device behind any of its names. A name that could be a disk's and stands for nothing yet becomes a blank disk,
 * where the node allows that.
 */
export function findDevice(world: World, node: NodeState, path: string): BlockDevice | undefined {
  return knownDevice(node, path) ?? blankDisk(world, node, path);
}

export function knownDevice(node: NodeState, path: string): BlockDevice | undefined {
  const disk = node.disks.get(node.links.get(path) ?? path);
  if (disk !== undefined) return diskDevice(disk);
  const words = path.split('/');
  if (words[1] !== 'dev') return undefined;
  if (words[2] === 'mapper') return volumeDevice(node, path);
  if (path.startsWith(pvLinkPrefix)) return diskOfPv(node, path.slice(pvLinkPrefix.length));
  if (words.length === 4) return volumeDevice(node, mapperPath(words[2] ?? '', words[3] ?? ''));
  const minor = /^dm-(\d+)$/.exec(words[2] ?? '')?.[1];
  return minor === undefined ? undefined : mappedDevice(node, Number(minor));
}

const pvLinkPrefix = '/dev/disk/by-id/lvm-pv-uuid-';

function diskOfPv(node: NodeState, uuid: string): BlockDevice | undefined {
  for (const disk of node.disks.values()) {
    if (disk.content?.kind === 'pv' && disk.content.uuid === uuid) return diskDevice(disk);
  }
  return undefined;
}

function mappedDevice(node: NodeState, minor: number): BlockDevice | undefined {
  for (const group of node.groups.values()) {
    for (const volume of group.volumes.values())
      if (volume.minors[''] === minor) return volumeDevice(node, pathOfVolume(group.name, volume));
  }
  return undefined;
}

function blankDisk(world: World, node: NodeState, path: string): BlockDevice | undefined {
  if (!node.unlistedDisks || node.pulled.has(path)) return undefined;
  const name = /^\/dev\/([A-Za-z][\w-]*)$/.exec(path)?.[1];
  if (name !== undefined && !otherNames.test(name)) return diskDevice(addDisk(world, node, { path }));
  // Names that LVM gives stand only for what it has made.
  if (!/^\/dev\/disk\/by-[a-z]+\/(?!lvm-|dm-)[\w.:+-]+$/.test(path)) return undefined;
  const disk = addDisk(world, node, { path: nextKernelPath(node), links: [path] });
  return diskDevice(disk);
}

/** A kernel name for a disk that is only known by a link. */
function nextKernelPath(node: NodeState): string {
  for (let number = node.disks.size; ; number += 1) {
    const path = `/dev/simulated${number}`;
    if (!node.disks.has(path)) return path;
  }
}

export interface NewDisk {
  readonly path: string;
  readonly sizeKib?: number | undefined;
  readonly links?: readonly string[] | undefined;
  readonly isReadOnly?: boolean | undefined;
  readonly isRemovable?: boolean | undefined;
  readonly serial?: string | undefined;
  readonly wwn?: string | undefined;
  readonly content?: Content | undefined;
}

export function addDisk(world: World, node: NodeState, wanted: NewDisk): Disk {
  world.touch();
  const disk: Disk = {
    path: wanted.path,
    type: 'disk',
    major: diskMajor,
    minor: nextDiskMinor(node),
    sizeKib: wanted.sizeKib ?? node.diskKib,
    isReadOnly: wanted.isReadOnly ?? false,
    isRemovable: wanted.isRemovable ?? false,
    serial: wanted.serial ?? null,
    wwn: wanted.wwn ?? null,
    content: wanted.content ?? null,
  };
  node.disks.set(disk.path, disk);
  for (const link of wanted.links ?? []) node.links.set(link, disk.path);
  return disk;
}

export function addPartition(world: World, node: NodeState, disk: Disk, sizeKib: number): Disk {
  world.touch();
  const number = partitionsOf(node, disk).length + 1;
  const separator = /\d$/.test(disk.path) ? 'p' : '';
  const partition: Disk = {
    ...disk,
    path: `${disk.path}${separator}${number}`,
    type: 'part',
    parent: disk.path,
    minor: disk.minor + number,
    sizeKib,
    serial: null,
    wwn: null,
    content: null,
  };
  node.disks.set(partition.path, partition);
  return partition;
}

export const partitionsOf = (node: NodeState, disk: Disk): Disk[] =>
  [...node.disks.values()].filter(({ parent }) => parent === disk.path);

function nextDiskMinor(node: NodeState): number {
  const minors = [...node.disks.values(), ...[...node.pulled.values()].map(({ disk }) => disk)].map(
    ({ minor }) => minor,
  );
  return Math.floor(Math.max(0, ...minors) / minorsPerDisk) * minorsPerDisk + minorsPerDisk;
}

/** What mkfs makes of a device. */
export const newFileSystem = (type: string, uuid: string): Content & { kind: 'file-system' } => ({
  kind: 'file-system',
  type,
  uuid,
  root: newFolder(),
});

/** Why a program that wants the device for itself does not get it; undefined when it does. */
export function holderOf(
  node: NodeState,
  device: BlockDevice,
): 'mounted' | 'swap' | 'volumes' | 'partitions' | undefined {
  if (isMounted(node, device.path)) return 'mounted';
  if (node.swaps.has(device.path)) return 'swap';
  const { content } = device.holder;
  if (content?.kind === 'pv') {
    const group = node.groups.get(content.group);
    if (group !== undefined && group.volumes.size > 0) return 'volumes';
  }
  const disk = node.disks.get(device.path);
  return disk !== undefined && partitionsOf(node, disk).some((part) => isBusy(node, part))
    ? 'partitions'
    : undefined;
}

const isBusy = (node: NodeState, part: Disk): boolean => holderOf(node, diskDevice(part)) !== undefined;

export const pathOfVolume = (group: string, volume: LogicalVolume): string => mapperPath(group, volume.name);
