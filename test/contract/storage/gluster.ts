import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Command, Host } from '../../../src/executors/executor.ts';
import type { Durability } from '../../../src/lib/durability.ts';
import { findMounts, unmount } from '../../../src/storage/filesystem/brick-folder.ts';
import { makeFolders } from '../../../src/storage/filesystem/files.ts';
import { parseMountinfo } from '../../../src/storage/filesystem/mountinfo.ts';
import { createMounts } from '../../../src/storage/filesystem/mounts.ts';
import { makeXfs } from '../../../src/storage/filesystem/xfs.ts';
import { endBrickProcesses } from '../../../src/storage/gluster/end-bricks.ts';
import { glusterFailure } from '../../../src/storage/gluster/failure.ts';
import {
  countPending,
  listBrickProcesses,
  parsePending,
  readBrickPids,
  servedBricks,
} from '../../../src/storage/gluster/local-bricks.ts';
import { type GlusterPeer, parsePool } from '../../../src/storage/gluster/pool.ts';
import { parseRootVersion, readRootVersion } from '../../../src/storage/gluster/root-version.ts';
import { parseSnapshotCount, parseSnapshots } from '../../../src/storage/gluster/snapshots.ts';
import {
  type GlusterVolume,
  parseAllVolumes,
  parseCreatedUuid,
  parseVolumeInfo,
} from '../../../src/storage/gluster/volume-info.ts';
import { parseLogicalVolumes } from '../../../src/storage/lvm/reports.ts';
import {
  glusterBrick,
  guestFolder,
  guestMountPoint,
  mapperPath,
  mountPoint,
} from '../../../src/storage/naming.ts';
import { Bench, brickVolume, deviceId, gluster, group, lvm, mountSettings } from './bench.ts';
import type { StorageEnvironment } from './environment.ts';
import { runOnCopies } from './gluster-copies.ts';

const replica2: Durability = { type: 'replicate', replica: 2, arbiter: false };
const top = mountPoint(deviceId, 'g1');
const mount = createMounts(mountSettings).mount(
  { device: mapperPath(group, 'brick_g1'), mountPoint: top },
  false,
);

/** The tests tell one story: of two nodes that become peers, of a volume, and of its end. */
export function describeGluster(environment: StorageEnvironment): void {
  describe('gluster', () => {
    let bench: Bench;
    const [here, there] = environment.storageHosts;
    const brick = (host: string, name: string): string => glusterBrick(host, `${top}/${name}`);
    const pair = (name: string): string[] => [brick(here, name), brick(there, name)];
    const create = (name: string, bricks: readonly string[], durability = replica2): Command =>
      gluster.createVolume({ name, durability, bricks });

    beforeAll(async () => {
      bench = new Bench(environment, await environment.open());
      await environment.reset(bench.executor);
      await Promise.all(bench.hosts.map((host) => prepareMount(bench, host)));
    }, environment.testTimeoutMs);
    afterAll(async () => {
      await environment.reset(bench.executor);
      await bench.executor.close();
    }, environment.testTimeoutMs);

    const refused = async (command: Command, host?: Host): Promise<{ errno: number; words: string }> => {
      const failure = glusterFailure(await bench.failure([command], host));
      if (failure === undefined) throw new Error('gluster gave no answer');
      return failure;
    };
    const look = async (name: string, host?: Host): Promise<GlusterVolume | undefined> =>
      parseVolumeInfo(await bench.output(gluster.volumeInfo(name), host));
    const peers = async (host?: Host): Promise<GlusterPeer[]> =>
      parsePool(await bench.output(gluster.listPool(), host));
    /** Peers tell each other what changed; that takes a moment. */
    const peersWhen = async (isConnected: boolean): Promise<void> => {
      await expect
        .poll(async () => (await peers()).find(({ names }) => names.includes(there))?.isConnected, {
          timeout: environment.testTimeoutMs,
          interval: 500,
        })
        .toBe(isConnected);
    };

    it('begins alone, and has no volumes', async () => {
      expect(await peers()).toMatchObject([{ names: ['localhost'], isConnected: true, isMember: true }]);
      expect(parseAllVolumes(await bench.output(gluster.allVolumes()))).toEqual([]);
      expect(await look('nothing')).toBeUndefined();
    });

    it('needs no probe of itself, and none of a peer answers when nobody is there', async () => {
      await bench.run([gluster.probePeer(here)]);
      expect(await refused(gluster.probePeer(environment.deadHost))).toMatchObject({
        words: expect.stringContaining('Transport endpoint is not connected'),
      });
      expect(await refused(gluster.detachPeer(there))).toMatchObject({
        words: expect.stringContaining('is not part of cluster'),
      });
    });

    it('refuses a volume with a brick of a stranger, and has marked its own brick by then', async () => {
      expect(await refused(create('early', pair('early')))).toMatchObject({
        errno: 30_800,
        words: expect.stringContaining("is not in 'Peer in Cluster' state"),
      });
      expect(await refused(create('early', [brick(here, 'early')], { type: 'none' }))).toMatchObject({
        words: expect.stringContaining('is already part of a volume'),
      });
    });

    it('refuses a peer that has volumes of its own', async () => {
      const own = create('own', [brick(there, 'own')], { type: 'none' });
      await bench.run([own], bench.hosts[1]);
      expect(await refused(gluster.probePeer(there))).toMatchObject({
        words: expect.stringContaining('either already part of another cluster or having volumes configured'),
      });
      await bench.run([gluster.deleteVolume('own')], bench.hosts[1]);
    });

    it('takes a peer, and says so again when it is one', async () => {
      await bench.run([gluster.probePeer(there), gluster.probePeer(there)]);
      await peersWhen(true);
      expect(await peers()).toHaveLength(2);
      expect(await peers(bench.hosts[1])).toHaveLength(2);
    });

    it('makes a volume and describes it', async () => {
      const uuid = parseCreatedUuid(await bench.output(create('v1', pair('a'))));
      const volume = await look('v1');
      expect(volume).toMatchObject({ name: 'v1', uuid, status: 'created', bricks: pair('a') });
      expect(await look('v1', bench.hosts[1])).toEqual(volume);
      expect(parseAllVolumes(await bench.output(gluster.allVolumes()))).toEqual([volume]);
    });

    it('refuses a volume whose name or brick is taken', async () => {
      expect((await refused(create('v1', pair('b')))).words).toBe('Volume v1 already exists');
      expect((await refused(create('v2', pair('a')))).words).toContain(
        'Brick may be containing or be contained by an existing brick.',
      );
      expect((await refused(create('v2', [brick(here, 'c'), brick(there, 'a/b')]))).words).toContain(
        'Brick may be containing or be contained by an existing brick.',
      );
    });

    it('refuses a brick on the root partition, on a mount point, below nothing, and twice on one node', async () => {
      const words = async (...bricks: string[]): Promise<string> =>
        (await refused(create('v2', bricks))).words;
      const path = (host: string, folder: string): string => glusterBrick(host, folder);
      expect(await words(path(here, '/srv/brick'), path(there, '/srv/brick'))).toContain(
        'in the root partition',
      );
      expect(await words(path(here, '/srv/none/brick'), path(there, '/srv/none/brick'))).toContain(
        'Failed to create brick directory',
      );
      expect(await words(brick(here, 'd'), brick(here, 'e'))).toContain('on the same server');
      expect((await refused(create('v2', pair('none/deep')))).words).toContain('No such file or directory');
    });

    it('says which peer has refused a brick', async () => {
      await bench.run([makeFolders([`${top}/f`])]);
      const failure = await refused(create('v2', [brick(here, 'f'), glusterBrick(there, '/srv/f')]));
      expect(failure.words).toMatch(new RegExp(`Staging failed on ${there}. Error: .*root partition`));
    });

    it('sets options, all or none', async () => {
      await bench.run([
        gluster.setOptions('v1', [
          ['user.heketi.id', 'one'],
          ['performance.stat-prefetch', 'off'],
        ]),
      ]);
      await bench.run([gluster.setOptions('v1', [['user.heketi.id', 'two words']])]);
      expect((await look('v1'))?.options).toMatchObject({
        'user.heketi.id': 'two words',
        'performance.stat-prefetch': 'off',
      });
      const wrong = gluster.setOptions('v1', [
        ['user.more', '1'],
        ['no.such-option', 'on'],
      ]);
      expect((await refused(wrong)).words).toContain('option : no.such-option does not exist');
      expect(
        (await refused(gluster.setOptions('v1', [['performance.stat-prefetch', 'maybe']]))).words,
      ).not.toBe('');
      expect((await look('v1'))?.options['user.more']).toBeUndefined();
      expect((await refused(gluster.setOptions('none', [['user.a', '1']]))).words).toBe(
        'Volume none does not exist',
      );
    });

    it('takes a group of options alone, and neither among others nor empty values', async () => {
      await bench.run([gluster.setOptions('v1', [['group', 'metadata-cache']])]);
      expect((await look('v1'))?.options).toMatchObject({ 'performance.md-cache-timeout': '600' });
      for (const options of [
        [['group', 'virt'] as const, ['user.a', '1'] as const],
        [['user.a', ''] as const],
        [['group', 'no-such-group'] as const],
      ]) {
        expect(await bench.refusal(gluster.setOptions('v1', options))).toMatchObject({
          exitCode: 1,
          stdout: '',
        });
      }
    });

    it('answers one of several changes at once, and the others that they may be repeated', async () => {
      const changes = ['a', 'b', 'c'].map((key) =>
        bench.run([gluster.setOptions('v1', [[`user.${key}`, '1']])]),
      );
      const failures = (await Promise.allSettled(changes)).filter((change) => change.status === 'rejected');
      expect(failures.length).toBeLessThan(3);
      expect(failures.every(({ reason }) => glusterFailure(reason)?.isBusy === true)).toBe(true);
    });

    it('starts a volume once, and then keeps its mount and its peer', async () => {
      await bench.run([gluster.startVolume('v1')]);
      expect((await refused(gluster.startVolume('v1'))).words).toBe('Volume v1 already started');
      expect((await look('v1'))?.status).toBe('started');
      expect(await bench.refusal(unmount(top))).toMatchObject({
        exitCode: 32,
        stderr: expect.stringContaining('target is busy'),
      });
      expect((await refused(gluster.deleteVolume('v1'))).words).toContain('Volume needs to be stopped');
      expect((await refused(gluster.detachPeer(there))).words).toContain('hosts one or more bricks');
      expect((await refused(gluster.detachPeer(there, 'force'))).words).toContain('hosts one or more bricks');
    });

    it('need not be asked which bricks of a node run, and how much they know to be healed', async () => {
      const look = async () => {
        const pids = await bench.output(readBrickPids());
        const isServed = servedBricks(pids, await bench.output(listBrickProcesses()));
        const counts = await bench.output(countPending([`${top}/a`, `${top}/nowhere`]));
        return [isServed(`${top}/a`), isServed(`${top}/nowhere`), [...parsePending(counts)]];
      };
      const expected = [true, false, [[`${top}/a`, 0]]];
      await expect.poll(look, { timeout: environment.testTimeoutMs, interval: 500 }).toEqual(expected);
    });

    it('ends the bricks of a volume, and of no other, and starts them again by force', async () => {
      const served = async (path: string): Promise<boolean> => {
        const pids = await bench.output(readBrickPids());
        return servedBricks(pids, await bench.output(listBrickProcesses()))(`${top}/${path}`);
      };
      const poll = { timeout: environment.testTimeoutMs, interval: 500 };
      await bench.run([create('other', pair('o')), gluster.startVolume('other')]);
      await expect.poll(async () => [await served('a'), await served('o')], poll).toEqual([true, true]);
      await bench.run([endBrickProcesses('v1'), endBrickProcesses('v1'), endBrickProcesses('none')]);
      expect([await served('a'), await served('o')]).toEqual([false, true]);
      await bench.run([gluster.startVolume('v1', 'force')]);
      await expect.poll(() => served('a'), poll).toBe(true);
      for (const host of bench.hosts) await bench.run([endBrickProcesses('other')], host);
      await bench.run([gluster.stopVolume('other'), gluster.deleteVolume('other')]);
      expect(await look('other')).toBeUndefined();
    });

    it('tells of a brick that nothing was ever counted there, and fails where there is none', async () => {
      const told = await bench.output(readRootVersion(`${top}/a`));
      expect(parseRootVersion(told)).toEqual({ entries: 0n, metadata: 0n });
      const nowhere = await bench.refusal(readRootVersion(`${top}/nowhere`));
      expect(nowhere).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining(`${top}/nowhere: No such file or directory`),
      });
      expect(() => parseRootVersion(nowhere.stdout)).toThrow('cannot be read');
      expect(await bench.output(readRootVersion('/srv'))).toBe('');
    });

    it('grows a volume by whole brick sets', async () => {
      expect((await refused(gluster.addBricks('v1', [brick(here, 'g')]))).words).toContain(
        'Incorrect number of bricks',
      );
      expect((await refused(gluster.addBricks('none', pair('g')))).words).toContain('none');
      expect((await refused(gluster.startRebalance('v1'))).words).toContain('not a distribute volume');
      await bench.run([gluster.addBricks('v1', pair('g'))]);
      expect((await look('v1'))?.bricks).toEqual([...pair('a'), ...pair('g')]);
      expect((await refused(gluster.addBricks('v1', pair('g')))).words).toContain('Brick may be containing');
    });

    it('counts snapshots and limits them', async () => {
      expect(parseSnapshotCount(await bench.output(gluster.listSnapshots('v1')))).toBe(0);
      expect(await refused(gluster.listSnapshots('none'))).toMatchObject({ errno: 30_806 });
      await bench.run([gluster.setSnapshotLimit(100)]);
      expect((await refused(gluster.setSnapshotLimit(100_000))).words).toContain(
        'Invalid snap-max-hard-limit',
      );
    });

    it('takes a snapshot of a volume that runs, tells of it, and deletes it once', async () => {
      const told = async () => parseSnapshots(await bench.output(gluster.snapshotInfo('v1')));
      expect(await told()).toEqual([]);
      expect((await refused(gluster.createSnapshot('s1', 'none', 'mark'))).errno).toBe(30_806);
      await bench.run([gluster.createSnapshot('s1', 'v1', 'mark=1')]);
      expect(await told()).toMatchObject([{ name: 's1', description: 'mark=1', isActivated: false }]);
      expect((await refused(gluster.createSnapshot('s1', 'v1', 'mark=2'))).words).toContain('already exists');
      expect(parseSnapshotCount(await bench.output(gluster.listSnapshots('v1')))).toBe(1);
      await bench.run([gluster.deleteSnapshot('s1')]);
      expect(await told()).toEqual([]);
      expect((await refused(gluster.deleteSnapshot('s1'))).words).toContain('does not exist');
      expect(parseSnapshots(await bench.output(gluster.snapshotInfo('none')))).toBeUndefined();
    });

    it('makes a volume of an active snapshot, whose bricks gluster mounts itself and leaves when it is deleted', async () => {
      await bench.run([gluster.createSnapshot('s1', 'v1', 'mark')]);
      expect((await refused(gluster.cloneSnapshot('twin', 's1'))).words).not.toBe('');
      await bench.run([gluster.activateSnapshot('s1')]);
      expect((await refused(gluster.activateSnapshot('s1'))).words).toBe('Snapshot s1 is already activated.');
      expect((await refused(gluster.cloneSnapshot('v1', 's1'))).words).toContain('already exists');
      expect((await refused(gluster.cloneSnapshot('twin', 'none'))).words).toContain('Failed to find');
      await bench.run([gluster.cloneSnapshot('twin', 's1')]);
      const mark = gluster.setOptions('twin', [['user.mark', '1']]);
      expect((await refused(mark)).words).toContain('Commit failed on localhost');
      await bench.run([gluster.startVolume('twin'), mark]);
      expect((await look('twin'))?.options).toMatchObject({ 'user.mark': '1' });
      expect((await look('v1'))?.options).toMatchObject({ 'features.barrier': 'disable' });
      await bench.run([gluster.deleteSnapshot('s1')]);
      const twin = await look('twin');
      expect(twin).toMatchObject({ status: 'started' });
      const folder = `${guestFolder(twin?.uuid ?? '')}/`;
      expect((twin?.bricks ?? []).filter((name) => !name.includes(`:${folder}`))).toEqual([]);
      const points = (twin?.bricks ?? []).map((name) => guestMountPoint(name.slice(name.indexOf(':/') + 1)));
      expect(new Set(points).size).toBe(4);
      await bench.run([gluster.stopVolume('twin'), gluster.deleteVolume('twin')]);
      const prefix = `${twin?.uuid.replaceAll('-', '')}_`;
      for (const host of bench.hosts) {
        const own = parseLogicalVolumes(await bench.output(lvm.listLogicalVolumes([group]), host))
          .map(({ name }) => name)
          .filter((name) => name.startsWith(prefix));
        expect(own).toHaveLength(2);
        const table = await bench.output(findMounts(points), host);
        const mounted = parseMountinfo(table).map(({ mountPoint: point }) => point);
        expect(mounted.filter((point) => points.includes(point))).toHaveLength(2);
        await bench.run(
          [
            ...mounted.filter((point) => points.includes(point)).map(unmount),
            lvm.removeLogicalVolumes(own.map((name) => `${group}/${name}`)),
          ],
          host,
        );
      }
    });

    it("runs a volume on copies of a snapshot's thin volumes, once their bricks have its mark", async () => {
      await runOnCopies({ bench, refused, look, mount, top });
      expect((await look('v1'))?.status).toBe('started');
    });

    it('whose glusterd is stopped does not answer, and holds up what needs it', async () => {
      await environment.setGlusterd(bench.executor, bench.hosts[1], 'stop');
      try {
        await peersWhen(false);
        expect(await bench.refusal(gluster.allVolumes(), bench.hosts[1])).toMatchObject({
          exitCode: 1,
          stdout: expect.stringContaining(
            'Connection failed. Please check if gluster daemon is operational.',
          ),
        });
        expect((await refused(create('v3', pair('h')))).words).toBe(`Host ${there} not connected`);
        expect((await refused(gluster.addBricks('v1', pair('i')))).words).toBe(`Host ${there} not connected`);
        await bench.run([gluster.setOptions('v1', [['user.meanwhile', '1']])]);
        await bench.run([gluster.stopVolume('v1')]);
        expect((await refused(gluster.deleteVolume('v1'))).words).toBe('Some of the peers are down');
      } finally {
        await environment.setGlusterd(bench.executor, bench.hosts[1], 'start');
        await peersWhen(true);
      }
    });

    it('spreads files over the bricks of a volume that runs', async () => {
      expect((await refused(gluster.startRebalance('v1'))).words).toContain('needs to be started');
      await bench.run([gluster.startVolume('v1'), gluster.startRebalance('v1')]);
    });

    it('stops twice by force, and deletes once', async () => {
      await bench.run([gluster.stopVolume('v1'), gluster.stopVolume('v1')]);
      expect((await look('v1'))?.status).toBe('stopped');
      await bench.run([gluster.deleteVolume('v1')]);
      expect(await look('v1')).toBeUndefined();
      for (const command of [
        gluster.deleteVolume('v1'),
        gluster.stopVolume('v1'),
        gluster.startVolume('v1'),
        gluster.startRebalance('v1'),
      ]) {
        expect(await refused(command)).toMatchObject({ errno: 30_800, words: 'Volume v1 does not exist' });
      }
    });

    it('does not take a directory of a deleted volume for another', async () => {
      expect((await refused(create('v4', pair('a')))).words).toContain('is already part of a volume');
    });

    it('lets go of a mount, and finds the directory missing at the start', async () => {
      await bench.run([create('v5', pair('k'))]);
      await bench.run([unmount(top)]);
      expect((await refused(gluster.startVolume('v5'))).words).toContain('Failed to find brick directory');
      await bench.run([
        mount,
        gluster.startVolume('v5'),
        gluster.stopVolume('v5'),
        gluster.deleteVolume('v5'),
      ]);
    });

    it('lets a peer without bricks go', async () => {
      await bench.run([gluster.detachPeer(there)]);
      expect((await refused(gluster.detachPeer(there))).words).toContain('is not part of cluster');
      await expect.poll(async () => (await peers(bench.hosts[1])).length).toBe(1);
      expect(await peers()).toHaveLength(1);
    });
  });
}

/** A file system of its own for the bricks of a node. */
async function prepareMount(bench: Bench, host: Host): Promise<void> {
  await bench.makeDevice(bench.environment.disks[0], host);
  await bench.run(
    [
      makeFolders([top]),
      lvm.createBrickVolume(brickVolume('g1'), false),
      makeXfs({ device: mapperPath(group, 'brick_g1'), kind: 'data' }, {}, false),
      mount,
    ],
    host,
  );
}
