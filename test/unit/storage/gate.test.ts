import { describe, expect, it } from 'vitest';
import { judgeDevice } from '../../../src/storage/block-device/gate.ts';
import { type BlockDevice, type DeviceProbe, parseLsblk } from '../../../src/storage/block-device/probe.ts';

const gib = 1024 ** 3;
const disk = (name: string, change: Partial<BlockDevice> = {}): BlockDevice => ({
  name,
  path: `/dev/${name}`,
  kernelPath: `/dev/${name}`,
  deviceNumber: `8:${name.charCodeAt(name.length - 1)}`,
  type: 'disk',
  sizeBytes: 500 * gib,
  isReadOnly: false,
  isRemovable: false,
  serial: 's1',
  wwn: null,
  partitionTable: null,
  mountPoints: [],
  children: [],
  ...change,
});
const probe = (device: BlockDevice, change: Partial<DeviceProbe> = {}): DeviceProbe => ({
  path: device.path,
  resolved: device.path,
  devices: [device],
  mounts: [],
  swaps: [],
  physicalVolumes: [],
  signatures: [],
  blkid: null,
  probeFailure: null,
  links: [device.path],
  ...change,
});
const nobody = { deviceOfPv: () => undefined };
const codes = (
  it: DeviceProbe,
  ownership = nobody as { deviceOfPv(uuid: string): string | undefined },
): string[] => judgeDevice(it, ownership).map(({ code }) => code);
const mountOf = (device: BlockDevice, mountPoint: string) => ({
  deviceNumber: device.deviceNumber,
  mountPoint,
  type: 'ext4',
  source: device.path,
});

describe('the gate before a device is taken', () => {
  it('lets a blank disk pass', () => {
    expect(judgeDevice(probe(disk('sdb')), nobody)).toEqual([]);
  });

  it('knows a multipath device, which the kernel calls by another name than people', () => {
    const multipath = disk('mpatha', {
      path: '/dev/mapper/mpatha',
      kernelPath: '/dev/dm-0',
      deviceNumber: '253:0',
      type: 'mpath',
    });
    const ways = ['sdb', 'sdc'].map((name) => disk(name, { children: [multipath] }));
    const found = { resolved: '/dev/dm-0', devices: ways };
    expect(codes(probe(multipath, found))).toEqual([]);
    expect(codes(probe(multipath, { ...found, swaps: ['/dev/dm-0'] }))).toEqual(['SWAP']);
    expect(codes(probe(ways[0] ?? multipath, { devices: ways }))).toEqual(['HAS_CHILDREN']);
  });

  it('refuses what is not there', () => {
    expect(codes(probe(disk('sdb'), { resolved: undefined }))).toEqual(['NOT_FOUND']);
    expect(codes(probe(disk('sdb'), { resolved: '/dev/tty1' }))).toEqual(['NOT_FOUND']);
  });

  it.each([
    ['rom', 'WRONG_TYPE'],
    ['lvm', 'WRONG_TYPE'],
  ])('refuses a %s', (type, code) => expect(codes(probe(disk('sr0', { type })))).toContain(code));

  it('refuses what is read-only or too small', () => {
    expect(codes(probe(disk('sdb', { isReadOnly: true, sizeBytes: gib })))).toEqual([
      'READ_ONLY',
      'TOO_SMALL',
    ]);
  });

  it("names the file system it found, and lets it be destroyed only on the user's word", () => {
    const [reason] = judgeDevice(
      probe(disk('sdb'), { signatures: ['ext4 at 0x438'], blkid: 'ext4' }),
      nobody,
    );
    expect(reason).toMatchObject({ code: 'HAS_SIGNATURE', isDestroyable: true });
    expect(reason?.words).toContain('ext4 at 0x438');
  });

  it('believes blkid when wipefs saw nothing', () => {
    expect(codes(probe(disk('sdb'), { blkid: 'xfs' }))).toEqual(['HAS_SIGNATURE']);
  });

  it.each([
    'linux_raid_member',
    'zfs_member',
    'crypto_LUKS',
    'ceph_bluestore',
    'drbd',
    'bcache',
    'mpath_member',
  ])('never destroys a %s', (type) => {
    expect(judgeDevice(probe(disk('sdb'), { signatures: [`${type} at 0x0`] }), nobody)).toMatchObject([
      { isDestroyable: false },
    ]);
  });

  it('never touches a mounted disk, bind mounts included', () => {
    const device = disk('sdb');
    const reasons = judgeDevice(
      probe(device, {
        mounts: [mountOf(device, '/srv/data'), mountOf(device, '/bound')],
        signatures: ['xfs at 0x0'],
      }),
      nobody,
    );
    expect(reasons[0]).toMatchObject({ code: 'MOUNTED', isDestroyable: false });
    expect(reasons[0]?.words).toContain('/srv/data, /bound');
  });

  it.each(['/', '/boot/efi', '/var'])(
    'never touches the disk that the system lives on (%s)',
    (mountPoint) => {
      const root = disk('sda1', { type: 'part' });
      const system = disk('sda', { partitionTable: 'gpt', children: [root] });
      for (const target of [system, root]) {
        const reasons = judgeDevice(
          probe(target, { devices: [system], mounts: [mountOf(root, mountPoint)] }),
          nobody,
        );
        expect(reasons).toContainEqual(
          expect.objectContaining({ code: 'SYSTEM_DISK', isDestroyable: false }),
        );
      }
    },
  );

  it('takes a blank partition beside those of the system, since it was named', () => {
    const root = disk('sda1', { type: 'part' });
    const spare = disk('sda2', { type: 'part', partitionTable: 'gpt' });
    const system = disk('sda', { partitionTable: 'gpt', children: [root, spare] });
    expect(codes(probe(spare, { devices: [system], mounts: [mountOf(root, '/')] }))).toEqual([]);
  });

  it('never touches swap', () => {
    expect(codes(probe(disk('sdb'), { swaps: ['/dev/sdb'] }))).toContain('SWAP');
  });

  it('refuses a disk with partitions, and one with an empty partition table', () => {
    const parts = disk('sdb', { partitionTable: 'gpt', children: [disk('sdb1', { type: 'part' })] });
    expect(codes(probe(parts))).toEqual(['HAS_CHILDREN', 'HAS_PARTITION_TABLE']);
    expect(judgeDevice(probe(parts), nobody).every(({ isDestroyable }) => !isDestroyable)).toBe(true);
    expect(judgeDevice(probe(disk('sdb', { partitionTable: 'gpt' })), nobody)).toMatchObject([
      { code: 'HAS_PARTITION_TABLE', isDestroyable: true },
    ]);
  });

  const pv = (volumeGroup: string) => ({ device: '/dev/sdb', uuid: 'u-1', volumeGroup, volumeGroupTags: [] });

  it("never touches a disk of somebody's volume group", () => {
    const reasons = judgeDevice(
      probe(disk('sdb'), {
        physicalVolumes: [pv('vg_home')],
        signatures: ['LVM2_member at 0x218'],
        blkid: 'LVM2_member',
      }),
      nobody,
    );
    expect(reasons).toMatchObject([{ code: 'FOREIGN_VG', isDestroyable: false }]);
    expect(reasons[0]?.words).toContain('vg_home');
  });

  it('says which of our own devices a disk already is', () => {
    const reasons = judgeDevice(probe(disk('sdb'), { physicalVolumes: [pv('vg_x')] }), {
      deviceOfPv: () => 'dev7',
    });
    expect(reasons).toMatchObject([{ code: 'OWN_VG', isDestroyable: false }]);
  });

  it('refuses an LVM label that LVM itself hides', () => {
    expect(codes(probe(disk('sdb'), { signatures: ['LVM2_member at 0x218'] }))).toEqual(['FOREIGN_VG']);
  });

  it('counts a device it could not look at as used', () => {
    expect(codes(probe(disk('sdb'), { probeFailure: 'wipefs: Input/output error' }))).toEqual([
      'PROBE_FAILED',
    ]);
  });
});

describe('lsblk', () => {
  it('is read in its old form (texts) and its new one (numbers and booleans)', () => {
    const row = (ro: unknown, size: unknown) =>
      JSON.stringify({
        blockdevices: [
          {
            name: 'sdb',
            path: '/dev/sdb',
            kname: 'sdb',
            'maj:min': '8:16',
            type: 'disk',
            size,
            ro,
            rm: ro,
            serial: null,
            wwn: null,
            pttype: null,
            mountpoint: null,
          },
        ],
      });
    expect(parseLsblk(row('0', '1000'))).toEqual(parseLsblk(row(false, 1000)));
  });
});
