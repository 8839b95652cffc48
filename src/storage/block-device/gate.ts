/**
 * Whether a device may be taken (local-storage reference 4.3): only when nothing at all speaks against it. Reasons are
 * for programs (code) and people (words); they name what was found.
 */
import type { PhysicalVolume } from '../lvm/reports.ts';
import { type BlockDevice, type DeviceProbe, pvOf } from './probe.ts';

type RefusalCode =
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
  | 'LEFT_VG'
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
  /** The device of ours that once was on it and is on no record any more. */
  leftOn?(pv: PhysicalVolume): LeftDevice | undefined;
}

/** A device that was ours, is on no record any more, and still has its bricks. */
export interface LeftDevice {
  /** Its bricks are mounted below it. */
  readonly folder: string;
  readonly words: string;
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

/** The device with what lies above it (its disk), found by the path that its links lead to. */
function findLineage(devices: readonly BlockDevice[], kernelPath: string): BlockDevice[] {
  for (const device of devices) {
    if (device.kernelPath === kernelPath) return [device];
    const below = findLineage(device.children, kernelPath);
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
  const pv = pvOf(probe);
  const left = pv === undefined ? undefined : ownership.leftOn?.(pv);
  const use = left === undefined ? judgeUse(device, lineage, probe) : judgeLeftUse(lineage, probe, left);
  return [...judgeKind(device), ...use, ...judgeLvm(probe, ownership), ...judgeContents(device, probe)];
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
  const swap = own.find(({ kernelPath }) => probe.swaps.includes(kernelPath));
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

/** The bricks of a device that was ours go with it; whatever else uses the disk speaks against it as ever. */
function judgeLeftUse(
  lineage: readonly BlockDevice[],
  probe: DeviceProbe,
  { folder, words }: LeftDevice,
): RefusalReason[] {
  const [device] = lineage.slice(-1);
  if (device === undefined) return [];
  const others = probe.mounts.filter(({ mountPoint }) => !mountPoint.startsWith(`${folder}/`));
  const numbers = new Set(withDescendants(device).map(({ deviceNumber }) => deviceNumber));
  const isUsedElsewhere = others.some(({ deviceNumber }) => numbers.has(deviceNumber));
  const children = isUsedElsewhere ? device.children : device.children.filter(({ type }) => type !== 'lvm');
  const rest = { ...device, children };
  const use = judgeUse(rest, [...lineage.slice(0, -1), rest], { ...probe, mounts: others });
  return [...use, refusal('LEFT_VG', words, true)];
}

function judgeLvm(probe: DeviceProbe, ownership: Ownership): RefusalReason[] {
  const pv = pvOf(probe);
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
  if (ownership.leftOn?.(pv) !== undefined) return [];
  if (pv.volumeGroup === '')
    return [refusal('ORPHAN_PV', `it is the LVM physical volume ${pv.uuid} without a volume group`, true)];
  return [
    refusal('FOREIGN_VG', `it belongs to the volume group ${pv.volumeGroup} (physical volume ${pv.uuid})`),
  ];
}

function judgeContents(device: BlockDevice, probe: DeviceProbe): RefusalReason[] {
  if (probe.probeFailure !== null)
    return [refusal('PROBE_FAILED', `its contents could not be read: ${probe.probeFailure}`)];
  // Of a partition, lsblk names the table that it stands in; a table within it is a signature like others.
  if (device.partitionTable !== null && device.type !== 'part') {
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
