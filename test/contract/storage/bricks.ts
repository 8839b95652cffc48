import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Command } from '../../../src/executors/executor.ts';
import {
  findMounts,
  giveToGroup,
  readMounts,
  unmount,
} from '../../../src/storage/filesystem/brick-folder.ts';
import { makeFolders, removeEmptyFolder } from '../../../src/storage/filesystem/files.ts';
import { type Mount, parseMountinfo } from '../../../src/storage/filesystem/mountinfo.ts';
import { createMounts } from '../../../src/storage/filesystem/mounts.ts';
import {
  askMkfsVersion,
  askXfsState,
  growXfs,
  knowsUnsupported,
  makeXfs,
  parseXfsState,
  type XfsState,
} from '../../../src/storage/filesystem/xfs.ts';
import { toPoolTags } from '../../../src/storage/imprints.ts';
import { spareVolumeName } from '../../../src/storage/lvm/lvm.ts';
import { parseLogicalVolumes } from '../../../src/storage/lvm/reports.ts';
import { brickPath, deviceFolder, mapperPath, mountPoint } from '../../../src/storage/naming.ts';
import { Bench, brickVolume, deviceId, extentKib, gibKib, group, lvm, mountSettings } from './bench.ts';
import type { StorageEnvironment } from './environment.ts';

const brickId = 'b1';
const target = mountPoint(deviceId, brickId);
const device = mapperPath(group, `brick_${brickId}`);
const mounts = createMounts(mountSettings);
const brickMount = { device, mountPoint: target };

/** A brick in the order that volumes make it. */
const makeBrick = (isRepeat: boolean): Command[] => [
  makeFolders([target]),
  lvm.createBrickVolume(brickVolume(brickId), isRepeat),
  ...(isRepeat ? [] : [makeXfs({ device, kind: 'data' }, {}, false)]),
  mounts.mount(brickMount, isRepeat),
  ...mounts.persist([brickMount]),
  makeFolders([brickPath(deviceId, brickId)]),
  ...giveToGroup(brickPath(deviceId, brickId), 4242),
];

/** The tests tell one story, from the first command to the last: real nodes are slow. */
export function describeBricks(environment: StorageEnvironment): void {
  describe('a brick', () => {
    let bench: Bench;
    let freeAtFirst = 0;

    beforeAll(async () => {
      bench = new Bench(environment, await environment.open());
      await environment.reset(bench.executor);
      await bench.makeDevice();
      freeAtFirst = (await bench.group())?.freeKib ?? 0;
    }, environment.testTimeoutMs);
    afterAll(async () => {
      await environment.reset(bench.executor);
      await bench.executor.close();
    }, environment.testTimeoutMs);

    const mounted = async (): Promise<Mount | undefined> =>
      parseMountinfo(await bench.output(readMounts())).find((mount) => mount.mountPoint === target);
    const create = (id: string, change: Parameters<typeof brickVolume>[1]): Command =>
      lvm.createBrickVolume(brickVolume(id, change), false);

    it('cannot be mounted before it has a file system', async () => {
      await bench.run([makeFolders([target]), lvm.createBrickVolume(brickVolume(brickId), false)]);
      expect(await bench.refusal(mounts.mount(brickMount, false))).toMatchObject({
        exitCode: 32,
        stderr: expect.stringContaining('wrong fs type, bad option, bad superblock'),
      });
      await bench.run([lvm.removeLogicalVolumes([`${group}/brick_${brickId}`, `${group}/tp_${brickId}`])]);
      expect(await bench.volumes()).toEqual([]);
    });

    it('with a file system that was not finished is known as such, and made anew', async () => {
      const stateNow = async (): Promise<XfsState> => {
        const [answer] = await bench.run([askXfsState(device)]);
        return parseXfsState(answer?.stdout ?? '');
      };
      expect(await stateNow()).toBe('blank');
      await bench.run([makeFolders([target]), lvm.createBrickVolume(brickVolume(brickId), false)]);
      expect(await stateNow()).toBe('blank');
      await bench.run([makeXfs({ device, kind: 'data' }, {}, false)]);
      expect(await stateNow()).toBe('whole');
      await environment.unfinishXfs(bench.executor, environment.hosts[0], device);
      expect(await stateNow()).toBe('unfinished');
      expect(await bench.refusal(mounts.mount(brickMount, false))).toMatchObject({ exitCode: 32 });
      expect(await bench.refusal(makeXfs({ device, kind: 'data' }, {}, false))).toMatchObject({
        exitCode: 1,
      });
      await bench.run([makeXfs({ device, kind: 'data' }, {}, true)]);
      expect(await stateNow()).toBe('whole');
      await bench.run([mounts.mount(brickMount, false)]);
      await environment.unmount(bench.executor, environment.hosts[0], target);
      await bench.run([lvm.removeLogicalVolumes([`${group}/brick_${brickId}`, `${group}/tp_${brickId}`])]);
    });

    it('is made by its batch', async () => {
      const results = await bench.run(makeBrick(false));
      expect(results.every(({ status }) => status === 'ok')).toBe(true);
    });

    it('is listed as a thin volume in a pool of its own, and the tags are on the pool', async () => {
      const volumes = await bench.volumes();
      const [thin, pool] = ['brick_b1', 'tp_b1'].map((name) =>
        volumes.find((volume) => volume.name === name),
      );
      expect(thin).toMatchObject({
        sizeKib: gibKib,
        pool: 'tp_b1',
        thinCount: null,
        tags: [],
        isHidden: false,
      });
      expect(pool).toMatchObject({
        sizeKib: gibKib,
        pool: '',
        thinCount: 1,
        tags: toPoolTags(brickId, 'feed', gibKib).sort(),
      });
      const hidden = volumes.filter(({ isHidden }) => isHidden).map(({ name }) => name);
      expect(hidden.sort()).toEqual(['tp_b1_tdata', 'tp_b1_tmeta']);
    });

    it('is found among others by its names: volume, pool, and whatever lives in the pool', async () => {
      const place = { volumeGroup: group, poolName: `tp_${brickId}`, lvName: `brick_${brickId}` };
      const absent = { volumeGroup: group, poolName: 'tp_gone', lvName: 'brick_gone' };
      const find = async (...places: (typeof place)[]): Promise<string[]> =>
        parseLogicalVolumes(await bench.output(lvm.listBrickVolumes(places))).map(({ name }) => name);
      expect((await find(absent, place)).sort()).toEqual([`brick_${brickId}`, `tp_${brickId}`]);
      expect(await find(absent)).toEqual([]);
    });

    it('may be removed when it is there whole, marked as its brick, and alone in its pool', async () => {
      const brick = { brickId, volumeGroup: group, poolName: `tp_${brickId}`, lvName: `brick_${brickId}` };
      const absent = { ...brick, poolName: 'tp_gone', lvName: 'brick_gone' };
      const maybe = async (...bricks: (typeof brick)[]): Promise<string | undefined> =>
        (await bench.run([{ ...lvm.assureBrickVolumes(bricks), optional: true }]))[0]?.status;
      expect(await maybe(brick)).toBe('ok');
      expect(await maybe({ ...brick, brickId: `${brickId}0` })).toBe('failed');
      expect(await maybe(absent, brick)).toBe('failed');
      const copy = { source: brick.lvName, copy: 'a_copy', tags: [] };
      await bench.run([lvm.copyThinVolume(group, copy)]);
      expect(await maybe(brick)).toBe('failed');
      await bench.run([lvm.removeLogicalVolumes([`${group}/a_copy`])]);
      expect(await maybe(brick)).toBe('ok');
    });

    it('is found among the mounts by its mount point', async () => {
      const [result] = await bench.run([findMounts([`${target}0`, target])]);
      expect(parseMountinfo(result?.stdout ?? '').map(({ mountPoint }) => mountPoint)).toEqual([target]);
      const [nothing] = await bench.run([findMounts([`${target}0`])]);
      expect(nothing?.stdout).toBe('');
    });

    it('takes exactly the extents of data and metadata', async () => {
      expect((await bench.group())?.freeKib).toBe(freeAtFirst - gibKib - 8192);
    });

    it('is mounted, and its directory belongs to the group', async () => {
      expect(await mounted()).toMatchObject({ mountPoint: target, type: 'xfs', source: device });
      const [owner] = await bench.run([
        { label: 'owner', argv: ['stat', '-c', '%u:%g:%a', brickPath(deviceId, brickId)] },
      ]);
      expect(owner?.stdout).toBe('0:4242:2775\n');
    });

    it('made again by a repeat, is found as it is', async () => {
      const results = await bench.run(makeBrick(true));
      const skipped = results.filter(({ status }) => status === 'skipped').map(({ label }) => label);
      expect(skipped).toEqual([`make the thin volume brick_${brickId}`, `mount ${target}`]);
      expect((await bench.group())?.freeKib).toBe(freeAtFirst - gibKib - 8192);
    });

    it('made again without looking, is refused at each step', async () => {
      expect(await bench.refusal(create(brickId, {}))).toMatchObject({
        exitCode: 5,
        stderr: expect.stringContaining(
          `Logical volume tp_${brickId} already exists in Volume group ${group}.`,
        ),
      });
      expect(await bench.refusal(makeXfs({ device: device, kind: 'data' }, {}, false))).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('contains a mounted filesystem'),
      });
      expect(await bench.refusal(mounts.mount(brickMount, false))).toMatchObject({
        exitCode: 32,
        stderr: expect.stringContaining(`already mounted on ${target}`),
      });
    });

    it('is protected by its mount: LVM removes neither it nor its pool, and rmdir not the folder', async () => {
      for (const name of [`brick_${brickId}`, `tp_${brickId}`]) {
        expect(await bench.refusal(lvm.removeLogicalVolumes([`${group}/${name}`]))).toMatchObject({
          exitCode: 5,
          stderr: expect.stringContaining('contains a filesystem in use'),
        });
      }
      const removal: Command = { label: 'remove the folder', argv: ['rmdir', target] };
      expect(await bench.refusal(removal)).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('Device or resource busy'),
      });
      await bench.run([removeEmptyFolder(target), removeEmptyFolder(deviceFolder(deviceId))]);
      expect(await mounted()).toBeDefined();
      expect((await bench.volumes()).length).toBe(4);
    });

    it('grows where it is, mounted, and LVM makes a spare for pool metadata along with it', async () => {
      const [pool, thin] = [`${group}/tp_${brickId}`, `${group}/brick_${brickId}`];
      const results = await bench.run([
        lvm.growPoolMetadata(pool, 12_288),
        lvm.growLogicalVolume(pool, 2 * gibKib),
        lvm.growLogicalVolume(thin, 2 * gibKib),
        growXfs(target),
        growXfs(target),
      ]);
      const [first = '', second = ''] = results.slice(3).map(({ stdout }) => stdout);
      expect(first).toMatch(/^data blocks changed from \d+ to 524288$/m);
      expect(second).not.toContain('data blocks changed');
      const sizes = new Map((await bench.volumes()).map(({ name, sizeKib }) => [name, sizeKib]));
      expect(Object.fromEntries(sizes)).toEqual({
        brick_b1: 2 * gibKib,
        tp_b1: 2 * gibKib,
        tp_b1_tdata: 2 * gibKib,
        tp_b1_tmeta: 12_288,
        [spareVolumeName]: 12_288,
      });
      await bench.run([lvm.removeLogicalVolumes([`${group}/${spareVolumeName}`])]);
      expect((await bench.group())?.freeKib).toBe(freeAtFirst - 2 * gibKib - 12_288);
      expect(await mounted()).toBeDefined();
    });

    it('is not grown to a size that it has, that is smaller, or that there is no room for', async () => {
      const [pool, thin] = [`${group}/tp_${brickId}`, `${group}/brick_${brickId}`];
      const free = ((await bench.group())?.freeKib ?? 0) / extentKib;
      const refusals: [Command, string][] = [
        [
          lvm.growLogicalVolume(thin, 2 * gibKib),
          'New size (512 extents) matches existing size (512 extents).',
        ],
        [
          lvm.growLogicalVolume(pool, gibKib),
          'New size given (256 extents) not larger than existing size (512 extents)',
        ],
        [
          lvm.growPoolMetadata(pool, 8192),
          'New size given (2 extents) not larger than existing size (3 extents)',
        ],
        [
          lvm.growLogicalVolume(pool, (512 + free + 1) * extentKib),
          `Insufficient free space: ${free + 1} extents needed, but only ${free} available`,
        ],
        [lvm.growPoolMetadata(thin, 12_288), '--poolmetadatasize can be used only with thin pools.'],
        [
          lvm.growLogicalVolume(`${group}/nothing`, gibKib),
          `Logical volume nothing not found in volume group ${group}.`,
        ],
        [lvm.growLogicalVolume('vg_nowhere/brick', gibKib), 'Volume group "vg_nowhere" not found'],
      ];
      for (const [command, words] of refusals) {
        expect(await bench.refusal(command)).toMatchObject({
          exitCode: 5,
          stderr: expect.stringContaining(words),
        });
      }
      await bench.run([lvm.growPoolMetadata(pool, 12_288)]);
      expect((await bench.volumes()).length).toBe(4);
    });

    it('whose folder is not mounted, or not there, does not grow', async () => {
      const folder = deviceFolder(deviceId);
      expect(await bench.refusal(growXfs(folder))).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining(`${folder} is not a mounted XFS filesystem`),
      });
      expect(await bench.refusal(growXfs(`${folder}/nothing`))).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('No such file or directory'),
      });
    });

    it('whose thin volume has a name that is taken leaves its pool behind', async () => {
      const clash = create('b2', { lvName: `brick_${brickId}` });
      expect(await bench.refusal(clash)).toMatchObject({
        exitCode: 5,
        stderr: expect.stringContaining(`Logical Volume "brick_${brickId}" already exists`),
      });
      const left = (await bench.volumes()).find(({ name }) => name === 'tp_b2');
      expect(left).toMatchObject({ thinCount: 0 });
      await bench.run([lvm.removeLogicalVolumes([`${group}/tp_b2`])]);
    });

    it('that is larger than the free room is refused, in extents', async () => {
      const free = ((await bench.group())?.freeKib ?? 0) / extentKib;
      expect(await bench.refusal(create('b3', { poolKib: (free + 1) * extentKib }))).toMatchObject({
        exitCode: 5,
        stderr: expect.stringContaining(`insufficient free space (${free} extents): ${free + 1} required.`),
      });
      expect(await bench.refusal(create('b3', { poolKib: (free - 1) * extentKib }))).toMatchObject({
        exitCode: 5,
        stderr: expect.stringContaining(
          `Insufficient free space: ${free + 1} extents needed, but only ${free} available`,
        ),
      });
      expect((await bench.volumes()).length).toBe(4);
    });

    it('can take the last extent', async () => {
      const free = ((await bench.group())?.freeKib ?? 0) / extentKib;
      await bench.run([create('b4', { poolKib: (free - 2) * extentKib })]);
      expect((await bench.group())?.freeKib).toBe(0);
      await bench.run([lvm.removeLogicalVolumes([`${group}/tp_b4`])]);
      expect((await bench.group())?.freeKib).toBe(free * extentKib);
      expect((await bench.volumes()).length).toBe(4);
    });

    it('has sizes rounded up to extents', async () => {
      await bench.run([create('b5', { poolKib: gibKib + 1, sizeKib: gibKib + 1, metadataKib: 5000 })]);
      const volumes = await bench.volumes();
      const sizeOf = (name: string): number | undefined =>
        volumes.find((volume) => volume.name === name)?.sizeKib;
      expect(['brick_b5', 'tp_b5', 'tp_b5_tmeta'].map(sizeOf)).toEqual([
        gibKib + extentKib,
        gibKib + extentKib,
        8192,
      ]);
      await bench.run([lvm.removeLogicalVolumes([`${group}/tp_b5`])]);
    });

    it('of less than 300 MB gets an XFS only when that is meant, and of less than 16 MiB none', async () => {
      const small = (id: string, sizeKib: number): Command =>
        create(id, { poolKib: sizeKib, sizeKib, metadataKib: 4096 });
      const format = (id: string, isUnsupported: boolean): Command =>
        makeXfs({ device: mapperPath(group, `brick_${id}`), kind: 'arbiter', isUnsupported }, {}, false);
      await bench.run([small('b6', 16_384), small('b7', 12_288)]);
      expect(knowsUnsupported(await bench.output(askMkfsVersion()))).toBe(true);
      expect(await bench.refusal(format('b6', false))).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('Filesystem must be larger than 300MB.'),
      });
      expect(await bench.refusal(format('b7', true))).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('size 3072 of data subvolume is too small'),
      });
      await bench.run([format('b6', true)]);
      await bench.run([lvm.removeLogicalVolumes([`${group}/tp_b6`, `${group}/tp_b7`])]);
    });

    it('keeps its volume group from being removed', async () => {
      expect(await bench.refusal(lvm.removeVolumeGroup(group))).toMatchObject({
        exitCode: 5,
        stderr: expect.stringContaining(`Volume group "${group}" not removed`),
      });
    });

    it('is destroyed from the mount down, and its room comes back', async () => {
      await bench.run([
        unmount(target),
        ...mounts.forget([brickMount]),
        lvm.removeLogicalVolumes([`${group}/brick_${brickId}`, `${group}/tp_${brickId}`]),
        removeEmptyFolder(target),
      ]);
      expect(await mounted()).toBeUndefined();
      expect(await bench.volumes()).toEqual([]);
      expect((await bench.group())?.freeKib).toBe(freeAtFirst);
    });

    it('that is gone is told apart at each step', async () => {
      expect(await bench.refusal(unmount(target))).toMatchObject({
        exitCode: 32,
        stderr: expect.stringContaining('no mount point specified'),
      });
      await bench.run([makeFolders([target])]);
      expect(await bench.refusal(unmount(target))).toMatchObject({
        exitCode: 32,
        stderr: expect.stringContaining('not mounted'),
      });
      expect(await bench.refusal(lvm.removeLogicalVolumes([`${group}/brick_${brickId}`]))).toMatchObject({
        exitCode: 5,
        stderr: expect.stringContaining(`Failed to find logical volume "${group}/brick_${brickId}"`),
      });
      expect(await bench.refusal(lvm.removeLogicalVolumes(['vg_nowhere/brick']))).toMatchObject({
        exitCode: 5,
        stderr: expect.stringContaining('Volume group "vg_nowhere" not found'),
      });
      await bench.run([...mounts.forget([brickMount]), removeEmptyFolder(target), removeEmptyFolder(target)]);
    });

    it('in a volume group that is not there is refused', async () => {
      expect(await bench.refusal(create('b8', { volumeGroup: 'vg_nowhere' }))).toMatchObject({
        exitCode: 5,
        stderr: expect.stringContaining('Volume group "vg_nowhere" not found'),
      });
    });
  });
}
