/** Mounting and unmounting, and what it fails with. */
import { type BlockDevice, findDevice, knownDevice } from './devices.ts';
import { lookUp } from './files.ts';
import { bricksByFolder, mountIndex } from './indexes.ts';
import type { Mount, NodeState } from './state.ts';
import type { World } from './world.ts';

export type MountFault = 'no mount point' | 'no device' | 'mounted already' | 'wrong';

export interface MountRequest {
  readonly device: string;
  readonly mountPoint: string;
  /** Absent: whatever is on the device. */
  readonly type?: string | undefined;
  readonly options: string;
}

const firstMountId = 30;

/** Options that the kernel knows: those of every file system and those of XFS. */
const knownOptions = new Set(
  [
    'rw ro defaults auto noauto user nouser users nofail _netdev suid nosuid dev nodev exec noexec sync async dirsync',
    'atime noatime diratime nodiratime relatime norelatime strictatime nostrictatime lazytime nolazytime mand nomand',
    'attr2 noattr2 dax discard nodiscard filestreams grpid bsdgroups nogrpid sysvgroups ikeep noikeep inode32 inode64',
    'largeio nolargeio noalign norecovery nouuid swalloc wsync quota noquota uquota usrquota uqnoenforce qnoenforce',
    'gquota grpquota gqnoenforce pquota prjquota pqnoenforce',
  ].flatMap((words) => words.split(' ')),
);
const knownSettings =
  /^(?:allocsize|logbufs|logbsize|logdev|rtdev|sunit|swidth|context|fscontext|x-[\w.-]+)(?:=|$)/;

const isKnownOption = (option: string): boolean => knownOptions.has(option) || knownSettings.test(option);

/** Mounts a device. @returns what is wrong, or undefined when it is mounted. */
export function mountDevice(world: World, node: NodeState, request: MountRequest): MountFault | undefined {
  const place = lookUp(node, request.mountPoint);
  if (place.entry?.kind !== 'folder') return 'no mount point';
  const device = findDevice(world, node, request.device);
  if (device === undefined) return 'no device';
  if (node.mounts.get(place.path)?.device === device.path) return 'mounted already';
  if (!canMount(device, request)) return 'wrong';
  addMount(world, node, device, { ...request, mountPoint: place.path });
  return undefined;
}

function canMount(device: BlockDevice, { type, options }: MountRequest): boolean {
  const { content } = device.holder;
  if (content?.kind !== 'file-system' || content.isUnfinished === true) return false;
  if (type !== undefined && type !== 'auto' && type !== content.type) return false;
  return (
    content.type !== 'xfs' || options.split(',').every((option) => option === '' || isKnownOption(option))
  );
}

export function addMount(world: World, node: NodeState, device: BlockDevice, request: MountRequest): Mount {
  world.touch();
  let lastId = firstMountId;
  for (const { id } of node.mounts.values()) lastId = Math.max(lastId, id);
  const { content } = device.holder;
  const mount: Mount = {
    id: lastId + 1,
    device: device.path,
    mountPoint: request.mountPoint,
    type: content?.kind === 'file-system' ? content.type : 'auto',
    options: request.options,
  };
  mountIndex.put(node.mounts, mount.mountPoint, mount);
  return mount;
}

/** Whether something works below the mount point: a brick process, or another mount. */
export function isMountBusy(node: NodeState, mount: Mount): boolean {
  const { mountPoint } = mount;
  const { running } = node.gluster;
  return (
    running.has(mountPoint) ||
    bricksByFolder.has(running, mountPoint) ||
    mountIndex.has(node.mounts, mountPoint)
  );
}

export function removeMount(world: World, node: NodeState, mount: Mount): void {
  world.touch();
  mountIndex.drop(node.mounts, mount.mountPoint);
}

const escapeSpaces = (text: string): string =>
  text.replace(/[\s\\]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);

export const isMountTable = (path: string): boolean => /^\/proc\/(?:1|self)\/mountinfo$/.test(path);

const systemLines = [
  '16 1 259:0 / / rw,relatime shared:1 - ext4 /dev/root rw',
  '17 16 0:5 / /dev rw,relatime shared:2 - devtmpfs devtmpfs rw,mode=755',
  '18 16 0:15 / /proc rw,nosuid,nodev,noexec,relatime shared:5 - proc proc rw',
  '19 16 0:16 / /sys rw,nosuid,nodev,noexec,relatime shared:6 - sysfs sysfs rw',
  '24 16 0:19 / /run rw,nosuid,nodev shared:11 - tmpfs tmpfs rw,mode=755',
];

/** `/proc/1/mountinfo` (proc(5)). */
export const mountinfo = (node: NodeState): string =>
  [...systemMounts(node), ...[...node.mounts.values()].map((mount) => mountLine(node, mount))]
    .map((line) => `${line}\n`)
    .join('');

const systemMounts = (node: NodeState): string[] =>
  node.mounts.has('/') ? systemLines.slice(1) : systemLines;

/** Lines of that table that hold one of the words. A word that is a whole mount point between spaces is looked up. */
export function mountsWith(node: NodeState, words: readonly string[]): string[] {
  const points = words.map((word) => /^ (\/\S+) $/.exec(word)?.[1]);
  if (points.some((point) => point === undefined || isDevice(point))) {
    const lines = mountinfo(node).split('\n');
    return lines.filter((line) => words.some((word) => line.includes(word)));
  }
  const mounts = [...new Set(points)].flatMap((point) => node.mounts.get(point ?? '') ?? []);
  const listed = systemMounts(node).filter((line) => words.some((word) => line.includes(word)));
  return [...listed, ...mounts.map((mount) => mountLine(node, mount))];
}

/** Devices stand between spaces as well. */
const isDevice = (path: string): boolean => path.startsWith('/dev/');

function mountLine(node: NodeState, mount: Mount): string {
  const number = knownDevice(node, mount.device)?.number ?? '0:0';
  const flags = mount.options.split(',').includes('noatime') ? 'noatime' : 'relatime';
  const access = mount.options.split(',').includes('ro') ? 'ro' : 'rw';
  return [
    mount.id,
    16,
    number,
    '/',
    escapeSpaces(mount.mountPoint),
    `${access},${flags}`,
    `shared:${mount.id}`,
    '-',
    mount.type,
    escapeSpaces(mount.device),
    `${access},attr2,inode64,noquota`,
  ].join(' ');
}
