import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parsePhysicalVolumes, parseVolumeGroups } from '../../../src/storage/lvm/reports.ts';
import { idTag, ownerTag } from '../../../src/storage/naming.ts';
import { Bench, deviceId, extentKib, group, lvm, pvUuids } from './bench.ts';
import type { StorageEnvironment } from './environment.ts';

export function describeGroups(environment: StorageEnvironment): void {
  describe('a volume group', () => {
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

    const makePv = lvm.createPhysicalVolume(disk, pvUuids[0]);
    const makeVg = lvm.createVolumeGroup(disk, deviceId);
    const physicalVolumes = async () => parsePhysicalVolumes(await bench.output(lvm.listPhysicalVolumes()));

    it('is made on a physical volume with the UUID that was chosen, and is listed with its tags and its room', async () => {
      await bench.run([makePv]);
      expect(await physicalVolumes()).toMatchObject([{ device: disk, uuid: pvUuids[0], volumeGroup: '' }]);
      await bench.run([makeVg]);
      expect(await physicalVolumes()).toEqual([
        {
          device: disk,
          uuid: pvUuids[0],
          volumeGroup: group,
          volumeGroupTags: [ownerTag, idTag('device', deviceId)],
        },
      ]);
      const made = await bench.group();
      expect(made).toMatchObject({
        name: group,
        tags: [ownerTag, idTag('device', deviceId)],
        extentKib,
        pvDevice: disk,
        pvUuid: pvUuids[0],
      });
      expect(made?.freeKib).toBe(made?.totalKib);
    });

    it('has the room that is left of the disk after 128 MiB of metadata, in whole extents', async () => {
      const listing = JSON.parse(
        await bench.output({ label: 'size', argv: ['lsblk', '-J', '-b', '-o', 'SIZE', disk] }),
      ) as { blockdevices: [{ size: number }] };
      const diskKib = listing.blockdevices[0].size / 1024;
      await bench.makeDevice();
      const metadataKib = 128 * 1024 + 256;
      const extents = Math.floor((diskKib - metadataKib) / extentKib);
      expect((await bench.group())?.totalKib).toBe(extents * extentKib);
    });

    it('is refused when its name is taken', async () => {
      await bench.makeDevice();
      expect(await bench.refusal(makeVg)).toMatchObject({
        exitCode: 5,
        stderr: expect.stringContaining(`A volume group called ${group} already exists.`),
      });
    });

    it('is refused on a disk of another', async () => {
      await bench.makeDevice();
      expect(await bench.refusal(lvm.createVolumeGroup(disk, 'other'))).toMatchObject({
        exitCode: 5,
        stderr: expect.stringContaining(`is already in volume group '${group}'`),
      });
    });

    it('keeps its physical volume from being made anew or removed', async () => {
      await bench.makeDevice();
      expect(await bench.refusal(makePv)).toMatchObject({
        exitCode: 5,
        stderr: expect.stringContaining("Can't initialize physical volume"),
      });
      expect(await bench.refusal(lvm.removePhysicalVolume(disk))).toMatchObject({
        exitCode: 5,
        stderr: expect.stringContaining(`is used by VG ${group}`),
      });
    });

    it('lets a physical volume without a group be made anew, but no UUID be used twice', async () => {
      await bench.run([makePv, makePv]);
      expect(await bench.refusal(lvm.createPhysicalVolume(otherDisk, pvUuids[0]))).toMatchObject({
        exitCode: 5,
        stderr: expect.stringContaining('already in use on'),
      });
      await bench.run([lvm.createPhysicalVolume(disk, pvUuids[1])]);
      expect(await physicalVolumes()).toMatchObject([{ uuid: pvUuids[1] }]);
    });

    it('is removed with its label, and what is gone is told apart by LVM', async () => {
      await bench.makeDevice();
      await bench.run([lvm.removeVolumeGroup(group), lvm.removePhysicalVolume(disk)]);
      expect(await physicalVolumes()).toEqual([]);
      expect(await bench.group()).toBeUndefined();
      expect(await bench.refusal(lvm.removeVolumeGroup(group))).toMatchObject({
        exitCode: 5,
        stderr: expect.stringContaining(`Volume group "${group}" not found`),
      });
      expect(await bench.refusal(lvm.removePhysicalVolume(disk))).toMatchObject({
        exitCode: 5,
        stderr: expect.stringContaining(`No PV found on device ${disk}.`),
      });
      expect(await bench.refusal(lvm.removePhysicalVolume(environment.noDisk))).toMatchObject({
        exitCode: 5,
        stderr: expect.stringContaining(`No device found for ${environment.noDisk}.`),
      });
    });

    it('is chosen by name among others; names that are not there are left out', async () => {
      await bench.makeDevice();
      await bench.run([
        lvm.createPhysicalVolume(otherDisk, pvUuids[1]),
        lvm.createVolumeGroup(otherDisk, 'second'),
      ]);
      const listed = async (...names: string[]): Promise<string[]> =>
        parseVolumeGroups(await bench.output(lvm.listVolumeGroups(names))).map(({ name }) => name);
      expect(await listed(group, 'vg_nowhere')).toEqual([group]);
      expect((await listed(group, 'vg_second')).sort()).toEqual([group, 'vg_second']);
      expect(await listed('vg_nowhere')).toEqual([]);
    });
  });
}
