import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { judgeDevice, type RefusalReason } from '../../../src/storage/block-device/gate.ts';
import { type DeviceProbe, probeCommands, readProbe } from '../../../src/storage/block-device/probe.ts';
import { wipe } from '../../../src/storage/block-device/wipe.ts';
import { makeXfs } from '../../../src/storage/filesystem/xfs.ts';
import { Bench, deviceId, lvm, pvUuids } from './bench.ts';
import type { StorageEnvironment } from './environment.ts';

export function describeDisks(environment: StorageEnvironment): void {
  describe('a disk', () => {
    let bench: Bench;
    const [disk, otherDisk] = environment.disks;

    beforeAll(async () => {
      bench = new Bench(environment, await environment.open());
    }, environment.testTimeoutMs);
    beforeEach(() => environment.reset(bench.executor), environment.testTimeoutMs);
    afterAll(async () => {
      await environment.reset(bench.executor);
      await bench.executor.close();
    }, environment.testTimeoutMs);

    const probe = async (path: string = disk): Promise<DeviceProbe> =>
      readProbe(path, await bench.run(probeCommands(path, lvm)));
    const judge = async (path: string = disk, owned?: string): Promise<RefusalReason[]> =>
      judgeDevice(await probe(path), { deviceOfPv: (uuid) => (uuid === owned ? deviceId : undefined) });
    const codes = (reasons: readonly RefusalReason[]): string[] => reasons.map(({ code }) => code);
    const makePhysicalVolume = lvm.createPhysicalVolume(disk, pvUuids[0]);

    it('that is blank may be taken', async () => {
      const seen = await probe();
      expect(seen).toMatchObject({ resolved: disk, signatures: [], blkid: null, probeFailure: null });
      expect(seen.links).toContain(disk);
      expect(judgeDevice(seen, { deviceOfPv: () => undefined })).toEqual([]);
    });

    it('that is not there is not found, and LVM says so too', async () => {
      expect(codes(await judge(environment.noDisk))).toEqual(['NOT_FOUND']);
      const refusal = await bench.refusal(lvm.createPhysicalVolume(environment.noDisk, pvUuids[0]));
      expect(refusal).toMatchObject({ exitCode: 5, stderr: expect.stringContaining('No device found for') });
    });

    it('with a file system is refused by the gate, by LVM and by mkfs, until it is wiped', async () => {
      await environment.prepare(bench.executor, bench.hosts[0], 'ext4');
      const reasons = await judge();
      expect(reasons).toEqual([
        { code: 'HAS_SIGNATURE', words: expect.stringContaining('ext4'), isDestroyable: true },
      ]);
      expect(await bench.refusal(makePhysicalVolume)).toMatchObject({
        exitCode: 5,
        stderr: expect.stringMatching(/ext4 signature detected[\s\S]*Aborted wiping of ext4/),
      });
      expect(await bench.refusal(makeXfs({ device: disk, kind: 'data' }, {}, false))).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('appears to contain an existing filesystem (ext4)'),
      });
      await bench.run([wipe(disk), wipe(disk)]);
      expect(await judge()).toEqual([]);
    });

    it('with a partition is refused by the gate and by LVM', async () => {
      await environment.prepare(bench.executor, bench.hosts[0], 'partition');
      expect(codes(await judge())).toEqual(['HAS_CHILDREN', 'HAS_PARTITION_TABLE']);
      expect(await bench.refusal(makePhysicalVolume)).toMatchObject({
        exitCode: 5,
        stderr: expect.stringContaining('device is partitioned'),
      });
      await bench.run([wipe(disk)]);
      expect(await judge()).toEqual([]);
    });

    it('may stay as it is while a blank partition of it is taken', async () => {
      await environment.prepare(bench.executor, bench.hosts[0], 'partition');
      const partition = `${disk}1`;
      expect(await probe(partition)).toMatchObject({ resolved: partition, signatures: [], blkid: null });
      expect(codes(await judge(partition))).toEqual([]);
      await bench.run([lvm.createPhysicalVolume(partition, pvUuids[0])]);
      expect(codes(await judge(partition))).toEqual(['ORPHAN_PV']);
      await bench.run([lvm.removePhysicalVolume(partition)]);
    });

    it('that was a swap area is never destroyed from here', async () => {
      await environment.prepare(bench.executor, bench.hosts[0], 'swap');
      expect(await judge()).toEqual([
        { code: 'HAS_SIGNATURE', words: expect.stringContaining('swap'), isDestroyable: false },
      ]);
    });

    it('that is mounted is refused by the gate, by LVM, by mkfs and by wipefs', async () => {
      await environment.prepare(bench.executor, bench.hosts[0], 'ext4');
      await environment.mount(bench.executor, bench.hosts[0], '/mnt');
      expect(codes(await judge())).toContain('MOUNTED');
      expect(await bench.refusal(makePhysicalVolume)).toMatchObject({
        exitCode: 5,
        stderr: expect.stringContaining('Mounted filesystem?'),
      });
      expect(await bench.refusal(wipe(disk))).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('Device or resource busy'),
      });
      await environment.unmount(bench.executor, bench.hosts[0], '/mnt');
      expect(codes(await judge())).toEqual(['HAS_SIGNATURE']);
    });

    it('of a foreign volume group is refused', async () => {
      await environment.prepare(bench.executor, bench.hosts[0], 'foreign-group');
      const reasons = await judge();
      expect(codes(reasons)).toContain('FOREIGN_VG');
      expect(reasons.every(({ isDestroyable }) => !isDestroyable)).toBe(true);
    });

    it('that is ours already is named as such', async () => {
      await bench.makeDevice();
      expect(codes(await judge(disk, pvUuids[0]))).toEqual(['OWN_VG']);
      expect(await judge(otherDisk, pvUuids[0])).toEqual([]);
    });

    it('with a label and no volume group can be taken when its contents may be destroyed', async () => {
      await bench.run([makePhysicalVolume]);
      expect(await judge()).toEqual([
        { code: 'ORPHAN_PV', words: expect.stringContaining(pvUuids[0]), isDestroyable: true },
      ]);
    });
  });
}
