/**
 * Whether a device may be taken (local-storage reference 4.3): only when nothing at all speaks against it. Reasons are
 * for programs (code) and people (words); they name what was found.
 */
import type { BlockDevice, DeviceProbe } from './probe.ts';

export type RefusalCode =
  | 'NOT_FOUND'
  | 'READ_ONLY'
  | 'WRONG_TYPE'
  | 'TOO_SMALL'
  | 'SYSTEM_DISK'
  | 'SWAP'
  | 'MOUNTED'
  | 'HAS_CHILDREN'
  | 'HAS_PARTITION_TABLE'
  | 'HAS_SIGNATURE'
  | 'FOREIGN_VG'
  | 'OWN_VG'
  | 'ORPHAN_PV'
  | 'PROBE_FAILED';

export interface RefusalReason {
  readonly code: RefusalCode;
  readonly words: string;
  /** Whether `destroydata` may overcome it: contents may be destroyed, what is in use or not ours may not. */
  readonly isDestroyable: boolean;
}

export interface Ownership {
  /** The device id whose physical volume has this UUID, if it is one of ours. */
  deviceOfPv(pvUuid: string): string | undefined;
}

const usableTypes = new Set([
  'disk',
  'part',
  'mpath',
  'crypt',
  'loop',
  'raid0',
  'raid1',
  'raid5',
  'raid6',
  'raid10',
  'linear',
]);
const systemMounts = new Set([
  '/',
  '/boot',
  '/boot/efi',
  '/usr',
  '/var',
  '/var/lib/kubelet',
  '/var/lib/docker',
  '/var/lib/containerd',
]);
/** Less than this cannot hold even the smallest brick beside LVM's own metadata. */
const smallestBytes = 2 * 1024 ** 3;
/** Signatures of things that another program keeps beside LVM: never destroyed from here. */
const claimedBy = /^(linux_raid_member|zfs_member|mpath_member|drbd|ceph_bluestore|bcache|crypto_LUKS|swap)$/;

const refusal = (code: RefusalCode, words: string, isDestroyable = false): RefusalReason => ({
  code,
  words,
  isDestroyable,
});

function withDescendants(device: BlockDevice): BlockDevice[] {
  return [device, ...device.children.flatMap(withDescendants)];
}

/** The device with what lies above it (its disk), found by path. */
function findLineage(devices: readonly BlockDevice[], path: string): BlockDevice[] {
  for (const device of devices) {
    if (device.path === path) return [device];
    const below = findLineage(device.children, path);
    if (below.length > 0) return [device, ...below];
  }
  return [];
}

/** Everything that speaks against taking the device; an empty list means it may be taken. */
export function judgeDevice(probe: DeviceProbe, ownership: Ownership): RefusalReason[] {
  if (probe.resolved === undefined) return [refusal('NOT_FOUND', `there is no device ${probe.path}`)];
  const lineage = findLineage(probe.devices, probe.resolved);
  const device = lineage.at(-1);
  if (device === undefined)
    return [refusal('NOT_FOUND', `${probe.path} (${probe.resolved}) is not a block device`)];
  return [
    ...judgeKind(device),
    ...judgeUse(device, lineage, probe),
    ...judgeLvm(device, probe, ownership),
    ...judgeContents(device, probe),
  ];
}

function judgeKind(device: BlockDevice): RefusalReason[] {
  const reasons: RefusalReason[] = [];
  if (!usableTypes.has(device.type))
    reasons.push(refusal('WRONG_TYPE', `it is a ${device.type}, not a disk`));
  if (device.isReadOnly) reasons.push(refusal('READ_ONLY', 'it is read-only'));
  if (device.sizeBytes < smallestBytes) {
    reasons.push(
      refusal('TOO_SMALL', `it has ${device.sizeBytes} bytes, at least ${smallestBytes} are needed`),
    );
  }
  return reasons;
}

function judgeUse(device: BlockDevice, lineage: readonly BlockDevice[], probe: DeviceProbe): RefusalReason[] {
  const related = [...lineage, ...device.children.flatMap(withDescendants)];
  const numbers = new Set(related.map(({ deviceNumber }) => deviceNumber));
  const mounts = probe.mounts
    .filter(({ deviceNumber }) => numbers.has(deviceNumber))
    .map(({ mountPoint }) => mountPoint);
  const system = mounts.filter((mountPoint) => systemMounts.has(mountPoint));
  if (system.length > 0) return [refusal('SYSTEM_DISK', `the system lives on it (${system.join(', ')})`)];
  const own = withDescendants(device);
  const ownNumbers = new Set(own.map(({ deviceNumber }) => deviceNumber));
  const reasons: RefusalReason[] = [];
  const ownMounts = probe.mounts.filter(({ deviceNumber }) => ownNumbers.has(deviceNumber));
  if (ownMounts.length > 0) {
    reasons.push(
      refusal('MOUNTED', `it is mounted at ${ownMounts.map(({ mountPoint }) => mountPoint).join(', ')}`),
    );
  }
  const swap = own.find(({ path }) => probe.swaps.includes(path));
  if (swap !== undefined) reasons.push(refusal('SWAP', `${swap.path} is used as swap`));
  if (device.children.length > 0 && ownMounts.length === 0) {
    reasons.push(
      refusal(
        'HAS_CHILDREN',
        `it carries ${device.children.map(({ path, type }) => `${path} (${type})`).join(', ')}`,
      ),
    );
  }
  return reasons;
}

function judgeLvm(device: BlockDevice, probe: DeviceProbe, ownership: Ownership): RefusalReason[] {
  const names = new Set([device.path, probe.path, ...probe.links]);
  const pv = probe.physicalVolumes.find((candidate) => names.has(candidate.device));
  if (pv === undefined) {
    const label = probe.signatures.find((signature) => signature.startsWith('LVM2_member'));
    return label === undefined
      ? []
      : [
          refusal(
            'FOREIGN_VG',
            `it carries an LVM label that LVM on the node does not show (${label}); look at its filters`,
          ),
        ];
  }
  const ownDevice = ownership.deviceOfPv(pv.uuid);
  if (ownDevice !== undefined)
    return [refusal('OWN_VG', `it already is the device ${ownDevice} (physical volume ${pv.uuid})`)];
  if (pv.volumeGroup === '')
    return [refusal('ORPHAN_PV', `it is the LVM physical volume ${pv.uuid} without a volume group`, true)];
  return [
    refusal('FOREIGN_VG', `it belongs to the volume group ${pv.volumeGroup} (physical volume ${pv.uuid})`),
  ];
}

function judgeContents(device: BlockDevice, probe: DeviceProbe): RefusalReason[] {
  if (probe.probeFailure !== null)
    return [refusal('PROBE_FAILED', `its contents could not be read: ${probe.probeFailure}`)];
  if (device.partitionTable !== null) {
    return [
      refusal(
        'HAS_PARTITION_TABLE',
        `it has a partition table (${device.partitionTable})`,
        device.children.length === 0,
      ),
    ];
  }
  const found = probe.signatures.length > 0 ? probe.signatures : probe.blkid === null ? [] : [probe.blkid];
  const foreign = found.filter((signature) => !signature.startsWith('LVM2_member'));
  if (foreign.length === 0) return [];
  const isClaimed = foreign.some((signature) => claimedBy.test(signature.split(' ')[0] ?? ''));
  return [refusal('HAS_SIGNATURE', `it holds data: ${foreign.join(', ')}`, !isClaimed)];
}
