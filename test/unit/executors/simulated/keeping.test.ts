import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Simulation } from '../../../../src/executors/simulated/simulated-executor.ts';
import type { SimulationOptions } from '../../../../src/executors/simulated/simulation.ts';
import type { Clock } from '../../../../src/lib/clock.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { benchOf, brickCommands, command, deviceCommands, gluster, lvm, pathOf } from './support.ts';

function setUp() {
  const stateFile = join(temporaryFolder(), 'world.jsonl');
  const open = (options: SimulationOptions = {}) => new Simulation({ stateFile, ...options });
  const lines = (): string[] =>
    readFileSync(stateFile, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  return { stateFile, open, lines };
}

/** Whenever it is looked at, a second has passed: whatever may go on for a moment is over at once. */
class HastyClock implements Clock {
  #nowMs = 0;

  now(): number {
    this.#nowMs += 1000;
    return this.#nowMs;
  }

  async sleep(): Promise<void> {}
}

/** Something of everything. */
async function work(simulation: Simulation): Promise<void> {
  const { run, failure } = benchOf(simulation);
  await run('n1', [...deviceCommands(), ...brickCommands('b1')]);
  await run('n1', [
    gluster.createVolume({ name: 'v1', durability: { type: 'none' }, bricks: [`n1:${pathOf('b1')}`] }),
    gluster.startVolume('v1'),
  ]);
  await failure('n1', [
    gluster.createVolume({ name: 'v2', durability: { type: 'none' }, bricks: ['n1:/srv/x/y'] }),
  ]);
  await run('n2', [lvm.listPhysicalVolumes()]);
  simulation.putContent('n2', '/dev/sdc', 'ext4');
  simulation.nameNode('n2', '192.0.2.2');
  simulation.powerOff('n2');
}

const pictures = (simulation: Simulation) => simulation.hosts().map((host) => simulation.picture(host));

describe('a kept world', () => {
  it('is the same for the next process, UUIDs included, without being closed', async () => {
    const { open } = setUp();
    const first = open();
    await work(first);
    const second = open();
    expect(pictures(second)).toEqual(pictures(first));
    expect(second.picture('n1').runningBricks).toEqual([pathOf('b1')]);
    expect(second.picture('n2').isUp).toBe(false);
  });

  it('grows by changes alone: looking is not written', async () => {
    const { open, lines } = setUp();
    const { run } = benchOf(open());
    await run('n1', deviceCommands());
    const before = lines().length;
    await run('n2', [lvm.listPhysicalVolumes()]);
    expect(lines().slice(before)).toEqual(['{"at":"n2","happening":{"kind":"appear"}}']);
    await run('n1', [lvm.listPhysicalVolumes(), gluster.listPool(), lvm.listVolumeGroups(['vg_dev1'])]);
    expect(lines()).toHaveLength(before + 1);
  });

  it('goes on after a last line that was not written to its end', async () => {
    const { open, stateFile } = setUp();
    const first = open();
    await work(first);
    appendFileSync(stateFile, '{"at":"n1","argv":["mk');
    const second = open();
    expect(pictures(second)).toEqual(pictures(first));
    second.act('n1', ['mkdir', '/later']);
    expect(open().act('n1', ['test', '-d', '/later']).exitCode).toBe(0);
  });

  it('is written anew when it has become long, and stays the same', async () => {
    const { open, lines } = setUp();
    const first = open();
    await work(first);
    expect(lines().length).toBeGreaterThan(10);
    const second = open({ compactAfter: 5 });
    expect(pictures(second)).toEqual(pictures(first));
    expect(lines()).toHaveLength(1);
    second.act('n1', ['mkdir', '/later']);
    expect(pictures(open())).toEqual(pictures(second));
  });

  it('is the same when there is much of a kind on a node, which is written piece by piece', () => {
    const { open, lines } = setUp();
    const first = open();
    for (let index = 0; index < 150; index += 1) first.act('n1', ['mkdir', '-p', `/ö${index}/ü`]);
    expect(open({ compactAfter: 5 }).hosts()).toEqual(['n1']);
    expect(lines().length).toBeGreaterThan(150);
    const third = open({ compactAfter: 5 });
    third.act('n1', ['mkdir', '/later']);
    const fourth = open();
    for (const path of ['/ö0/ü', '/ö149/ü', '/later'])
      expect(fourth.act('n1', ['test', '-d', path]).exitCode).toBe(0);
    expect(pictures(fourth)).toEqual(pictures(third));
  });

  it('remembers what its nodes are, whatever a later description says; delays and faults are always the latest', async () => {
    const { open } = setUp();
    open({ description: { nodes: [{ host: 'n1', disks: [{ path: '/dev/vdb', sizeGiB: 7 }] }] } });
    const later = open({ description: { nodes: [{ host: 'n9' }], faults: [{ effect: { kind: 'fail' } }] } });
    expect(later.hosts()).toEqual(['n1']);
    expect((await benchOf(later).failure('n1', [lvm.listPhysicalVolumes()])).code).toBe(
      'node.command_failed',
    );
  });

  it('is read when a node is first talked to, and others have their turn meanwhile', async () => {
    const { open, stateFile } = setUp();
    const first = open();
    await work(first);
    const later = open({ clock: new HastyClock() });
    first.act('n1', ['mkdir', '/later']);
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 0);
    await benchOf(later).run('n1', [command(['test', '-d', '/later'])]);
    clearInterval(counting);
    expect(turns).toBeGreaterThan(0);
    expect(pictures(later)).toEqual(pictures(new Simulation({ stateFile })));
  });

  it('is not waited for any more when the manager ends', async () => {
    const { open } = setUp();
    await work(open());
    const { executor, failure } = benchOf(open({ clock: new HastyClock() }));
    const late = failure('n1', [lvm.listPhysicalVolumes()]);
    await executor.close();
    expect((await late).code).toBe('node.aborted');
  });

  it('that is another file is refused at once', () => {
    const { open, stateFile } = setUp();
    for (const other of ['{"volumes":[]}\n', '{"format":1,"world":{"nodes":[]}}\n', 'x']) {
      writeFileSync(stateFile, other);
      expect(() => open()).toThrow(/line 1: it is no state of a simulation/);
    }
  });

  it('that is damaged is told of by each node, with the line, and the file stays as it is', async () => {
    const { open, stateFile } = setUp();
    open().act('n1', ['mkdir', '/a']);
    const whole = readFileSync(stateFile, 'utf8');
    const damages = {
      1: whole.slice(0, 40),
      4: `${whole}garbage\n{}\n`,
    };
    for (const [line, damaged] of Object.entries(damages)) {
      writeFileSync(stateFile, damaged);
      const simulation = open();
      const { failure } = benchOf(simulation);
      for (const node of ['n1', 'n2']) {
        const error = await failure(node, [command(['mkdir', '/b'])]);
        expect(error.code).toBe('node.unreachable');
        expect(error.message).toMatch(
          new RegExp(`^${node}: .*line ${line}: .*; remove the file to begin anew`),
        );
      }
      expect(() => simulation.act('n1', ['mkdir', '/b'])).toThrow(`line ${line}`);
      simulation.close();
      expect(readFileSync(stateFile, 'utf8')).toBe(damaged);
    }
  });

  it('can be let go of', () => {
    const { open } = setUp();
    const simulation = open();
    simulation.act('n1', ['mkdir', '/a']);
    simulation.close();
    simulation.close();
    expect(open().act('n1', ['test', '-d', '/a']).exitCode).toBe(0);
  });
});
