import { describe, expect, it } from 'vitest';
import { glusterFailure } from '../../../../src/storage/gluster/failure.ts';
import { parseVolumeInfo } from '../../../../src/storage/gluster/volume-info.ts';
import { parsePhysicalVolumes } from '../../../../src/storage/lvm/reports.ts';
import { brickVolume, command, deviceCommands, gluster, group, lvm, newBench, settled } from './support.ts';

const host = 'n1';
const mkdir = (path: string, unstoppable = false) => command(['mkdir', path], { unstoppable });

describe('a fault to order', () => {
  it('fails the nth matching command once, with the words that were ordered', async () => {
    const { simulation, run, failure } = newBench();
    const fault = simulation.addFault({
      label: /^mkdir/,
      nth: 2,
      effect: { kind: 'fail', exitCode: 5, stderr: 'disk on fire\n' },
    });
    expect(
      (
        await failure(
          host,
          ['/a', '/b', '/c'].map((path) => mkdir(path)),
        )
      ).details,
    ).toMatchObject({
      label: 'mkdir /b',
      exitCode: 5,
      stderr: 'disk on fire\n',
    });
    expect(fault.hits).toBe(1);
    await run(
      host,
      ['/b', '/c'].map((path) => mkdir(path)),
    );
  });

  it('can fail always, on one host, and for commands that begin with some words', async () => {
    const { simulation, run, failure } = newBench();
    simulation.addFault({ host, argv: ['lvm', 'pvcreate'], times: 'always', effect: { kind: 'fail' } });
    expect((await failure(host, deviceCommands())).details).toMatchObject({ exitCode: 1 });
    expect((await failure(host, deviceCommands())).details).toMatchObject({ exitCode: 1 });
    await run('n2', deviceCommands());
    await run(host, [lvm.listPhysicalVolumes()]);
    simulation.clearFaults();
    await run(host, deviceCommands());
  });

  it('can fail a command that has done its work all the same', async () => {
    const { simulation, failure } = newBench();
    simulation.addFault({ effect: { kind: 'fail', afterEffect: true } });
    await failure(host, [mkdir('/a')]);
    expect(simulation.act(host, ['test', '-d', '/a']).exitCode).toBe(0);
  });

  it.each([
    ['before', 1],
    ['after', 0],
  ] as const)(
    'cuts the connection %s the nth command of a batch has done its work',
    async (when, exitCode) => {
      const { simulation, failure } = newBench();
      simulation.addFault({ placeInBatch: 2, effect: { kind: 'cut', when } });
      expect(
        await failure(
          host,
          ['/a', '/b', '/c'].map((path) => mkdir(path)),
        ),
      ).toMatchObject({
        code: 'node.connection_lost',
        details: { host, label: 'mkdir /b', results: [{ label: 'mkdir /a' }] },
      });
      expect(simulation.act(host, ['test', '-d', '/b']).exitCode).toBe(exitCode);
      expect(simulation.act(host, ['test', '-d', '/c']).exitCode).toBe(1);
    },
  );

  it('hangs until the deadline', async () => {
    const { simulation, clock, failure } = newBench();
    simulation.addFault({ effect: { kind: 'hang' } });
    const hanging = failure(host, [mkdir('/a')]);
    await clock.pass(60_000);
    expect((await hanging).code).toBe('node.command_timeout');
    expect(simulation.act(host, ['test', '-d', '/a']).exitCode).toBe(1);
  });

  it('lets a command that hangs go on when it is removed, also one whose batch is long gone', async () => {
    const { simulation, clock, failure, run } = newBench();
    const fault = simulation.addFault({ effect: { kind: 'hang' } });
    const hanging = failure(host, [mkdir('/a', true)], { lock: 'op' });
    await clock.pass(60_000);
    expect((await hanging).code).toBe('node.command_timeout');
    const next = run(host, [command(['test', '-d', '/a'])], { lock: 'op' });
    await settled();
    fault.remove();
    expect(await next).toMatchObject([{ status: 'ok' }]);
  });

  it('cuts an answer in half', async () => {
    const { simulation, run } = newBench();
    simulation.addFault({ effect: { kind: 'corrupt' }, times: 2 });
    const [pvs] = await run(host, [lvm.listPhysicalVolumes()]);
    expect(() => parsePhysicalVolumes(pvs?.stdout ?? '')).toThrow('cannot be read');
    const [info] = await run(host, [{ ...gluster.volumeInfo('v'), optional: true }]);
    expect(() => parseVolumeInfo(info?.stdout ?? '')).toThrow('cannot be read');
  });

  it('takes the power away in the middle of a batch', async () => {
    const { simulation, failure, run } = newBench();
    simulation.addFault({ placeInBatch: 1, effect: { kind: 'powerOff', when: 'after' } });
    expect((await failure(host, [mkdir('/a'), mkdir('/b')])).code).toBe('node.connection_lost');
    expect((await failure(host, [mkdir('/b')])).code).toBe('node.unreachable');
    simulation.powerOn(host);
    expect(simulation.act(host, ['test', '-d', '/a']).exitCode).toBe(0);
    await run(host, [mkdir('/b')]);
  });
});

describe('a host', () => {
  it('that is cut off is unreachable, and running batches lose their connection', async () => {
    const { simulation, failure, run } = newBench();
    simulation.addFault({ effect: { kind: 'hang' } });
    const running = failure(host, [mkdir('/a')]);
    await settled();
    simulation.setReachable(host, false);
    expect((await running).code).toBe('node.connection_lost');
    expect(await failure(host, [mkdir('/a')])).toMatchObject({
      code: 'node.unreachable',
      details: { host, nodeId: 'id-of-n1' },
    });
    simulation.setReachable(host, true);
    await run(host, [mkdir('/a')]);
  });

  it('that is not listed does not resolve when only listed ones exist', async () => {
    const { failure, run } = newBench({ description: { unlistedNodes: false, nodes: [{ host }] } });
    await run(host, [mkdir('/a')]);
    expect((await failure('n2', [mkdir('/a')])).code).toBe('node.name_unresolved');
  });

  it('can lose room to somebody else behind our back', async () => {
    const { simulation, run, failure } = newBench();
    await run(host, deviceCommands());
    const free = (): number | undefined => simulation.picture(host).volumeGroups[0]?.freeExtents;
    const before = free() ?? 0;
    simulation.takeExtents(host, group, 100);
    simulation.takeExtents(host, group, before - 101);
    expect(free()).toBe(1);
    expect(() => simulation.takeExtents(host, group, 2)).toThrow('insufficient free space');
    expect((await failure(host, [lvm.removeVolumeGroup(group)])).message).toContain(
      'containing 2 logical volumes',
    );
    simulation.takeExtents(host, group, 1, 'brick_b1');
    expect((await failure(host, [brickVolume('b1', 1)])).message).toContain('insufficient free space');
    expect(simulation.picture(host).logicalVolumes.map(({ name }) => name)).toContain('brick_b1');
  });

  it('can have a gluster volume of somebody else', async () => {
    const { simulation, failure } = newBench();
    simulation.makeForeignVolume(host, 'vol_wanted');
    expect(() => simulation.makeForeignVolume(host, 'vol_wanted')).toThrow('already exists');
    const bricks = ['n1:/srv/b'];
    const create = gluster.createVolume({ name: 'vol_wanted', durability: { type: 'none' }, bricks });
    expect((await failure(host, [create])).message).toContain('Volume vol_wanted already exists');
    simulation.powerOff(host);
    expect(() => simulation.act(host, ['id', '-u'])).toThrow('is off');
  });
});

describe('time on simulated nodes', () => {
  it('passes for each batch and each command; the latest rule that fits decides', async () => {
    const { simulation, clock, run } = newBench({
      description: { latency: [{ perBatchMs: 100, perCommandMs: 10 }] },
    });
    simulation.setLatency({ host, argv: ['mkdir'], perCommandMs: 1000 });
    const ends: string[] = [];
    const note = (name: string) => (result: { label: string }) =>
      ends.push(`${clock.now()} ${name} ${result.label}`);
    const batches = [
      run(host, [mkdir('/a'), command(['id', '-u'])], { onResult: note('one') }),
      run('n2', [mkdir('/a')], { onResult: note('two') }),
    ];
    await clock.pass(5000);
    await Promise.all(batches);
    expect(ends).toEqual(['110 two mkdir /a', '1100 one mkdir /a', '1110 one id -u']);
    simulation.clearLatency();
    await run(host, [mkdir('/b')]);
  });

  it('lets two changes of a gluster volume collide, and changes of two volumes pass', async () => {
    const { simulation, clock, run, failure } = newBench();
    for (const name of ['v1', 'v2']) {
      simulation.act(host, ['gluster', 'volume', 'create', name, `${host}:/srv/${name}`, 'force', '--xml']);
    }
    simulation.setLatency({ argv: ['gluster', 'volume', 'set'], perCommandMs: 1000 });
    const set = (name: string) => gluster.setOptions(name, [['user.key', '1']]);
    const passing = [run(host, [set('v1')]), run(host, [set('v2')])];
    await settled();
    const refused = await failure(host, [set('v1')]);
    expect(glusterFailure(refused)).toEqual({
      errno: 30_802,
      words: 'Another transaction is in progress for v1. Please try again after some time.',
      isBusy: true,
    });
    expect((await run(host, [gluster.volumeInfo('v1')]))[0]?.stdout).toContain('<opRet>0</opRet>');
    await clock.pass(1000);
    await Promise.all(passing);
    const again = run(host, [set('v1')]);
    await clock.pass(1000);
    await again;
  });

  it("leaves gluster's lock held by somebody else for a while", async () => {
    const { simulation, run, failure } = newBench();
    simulation.act(host, ['gluster', 'volume', 'create', 'v1', `${host}:/srv/v1`, 'force', '--xml']);
    const releases = [simulation.holdGlusterLock(host, 'v1'), simulation.holdGlusterLock(host)];
    expect(glusterFailure(await failure(host, [gluster.startVolume('v1')]))?.words).toBe(
      'Another transaction is in progress. Please try again after some time.',
    );
    releases[0]?.();
    expect(glusterFailure(await failure(host, [gluster.stopVolume('v1')]))?.isBusy).toBe(true);
    releases[1]?.();
    releases[1]?.();
    await run(host, [gluster.startVolume('v1')]);
  });
});
