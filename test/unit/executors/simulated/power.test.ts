import { describe, expect, it } from 'vitest';
import { removeFiles } from '../../../../src/storage/filesystem/files.ts';
import { createMounts, unitName } from '../../../../src/storage/filesystem/mounts.ts';
import { glusterBrick, mapperPath } from '../../../../src/storage/naming.ts';
import {
  type Bench,
  brickCommands,
  deviceCommands,
  gluster,
  group,
  lvm,
  newBench,
  pathOf,
  topOf,
} from './support.ts';

const hosts = ['n1', 'n2'] as const;

async function withVolume(): Promise<Bench> {
  const bench = newBench();
  for (const host of hosts) await bench.run(host, [...deviceCommands(), ...brickCommands('b1')]);
  await bench.run('n1', [
    gluster.probePeer('n2'),
    gluster.createVolume({
      name: 'v1',
      durability: { type: 'replicate', replica: 2, arbiter: false },
      bricks: hosts.map((host) => glusterBrick(host, pathOf('b1'))),
    }),
    gluster.startVolume('v1'),
  ]);
  return bench;
}

describe('a power cut', () => {
  it('takes mounts and bricks, and leaves what is on the disks', async () => {
    const { simulation } = await withVolume();
    simulation.powerOff('n2');
    expect(simulation.picture('n2')).toMatchObject({
      isUp: false,
      mounts: [],
      runningBricks: [],
      volumeGroups: [{ name: group }],
    });
    expect(simulation.picture('n1').peers).toContainEqual(
      expect.objectContaining({ names: ['n2'], isConnected: false }),
    );
  });

  it('is over with the boot: mount units bring mounts back, and glusterd its bricks', async () => {
    const { simulation } = await withVolume();
    const before = simulation.picture('n2');
    simulation.powerOff('n2');
    simulation.powerOn('n2');
    const after = simulation.picture('n2');
    expect(after.mounts.map(({ mountPoint }) => mountPoint)).toEqual([topOf('b1')]);
    expect(after.runningBricks).toEqual([pathOf('b1')]);
    expect(after.folders).toEqual(before.folders);
  });

  it('loses a mount whose unit nobody wants, so its brick does not run', async () => {
    const { simulation, run } = await withVolume();
    await run('n2', [removeFiles([`/etc/systemd/system/multi-user.target.wants/${unitName(topOf('b1'))}`])]);
    simulation.powerOff('n2');
    simulation.powerOn('n2');
    expect(simulation.picture('n2')).toMatchObject({ mounts: [], runningBricks: [] });
  });

  it('loses a mount whose unit is named after another mount point', async () => {
    const { simulation } = await withVolume();
    const units = '/etc/systemd/system';
    const unit = simulation.act('n2', ['cat', `${units}/${unitName(topOf('b1'))}`]).stdout;
    simulation.act(
      'n2',
      ['install', '-D', '-m', '0644', '/dev/stdin', `${units}/${unitName(topOf('b1'))}`],
      unit.replaceAll('brick_b1', 'brick_b2'),
    );
    simulation.powerOff('n2');
    simulation.powerOn('n2');
    expect(simulation.picture('n2').mounts).toEqual([]);
  });

  it('loses the mount of a volume that is gone, and keeps the others', async () => {
    const { simulation, run } = await withVolume();
    await run('n1', [gluster.stopVolume('v1')]);
    await run('n2', brickCommands('b2'));
    simulation.act('n2', ['umount', topOf('b1')]);
    await run('n2', [lvm.removeLogicalVolumes([`${group}/tp_b1`])]);
    simulation.powerOff('n2');
    simulation.powerOn('n2');
    expect(simulation.picture('n2').mounts.map(({ mountPoint }) => mountPoint)).toEqual([topOf('b2')]);
  });

  it('brings back what stands in a mount table', async () => {
    const { simulation, run } = newBench();
    const mounts = createMounts({
      method: 'fstab',
      fstabFile: '/var/lib/heketi/fstab',
      options: 'rw,noatime',
    });
    const commands = brickCommands('b1').filter(({ argv }) => argv[0] !== 'ln');
    const mount = { device: mapperPath(group, 'brick_b1'), mountPoint: topOf('b1') };
    await run('n1', [...deviceCommands(), ...commands, ...mounts.persist([mount])]);
    simulation.powerOff('n1');
    simulation.powerOn('n1');
    expect(simulation.picture('n1').mounts).toMatchObject([{ ...mount, type: 'xfs' }]);
  });

  it('of a peer keeps volumes from being deleted; stopping one meanwhile ends its brick at the boot', async () => {
    const { simulation, run, failure } = await withVolume();
    simulation.powerOff('n2');
    await run('n1', [gluster.stopVolume('v1')]);
    expect((await failure('n1', [gluster.deleteVolume('v1')])).message).toContain(
      'Some of the peers are down',
    );
    simulation.powerOn('n2');
    expect(simulation.picture('n2').runningBricks).toEqual([]);
    await run('n1', [gluster.deleteVolume('v1')]);
  });
});

describe('a disk', () => {
  it('that is pulled out takes group, mount and brick with it, and is found again under another name', async () => {
    const { simulation, run } = await withVolume();
    simulation.pullDisk('n2', '/dev/sdb');
    expect(simulation.picture('n2')).toMatchObject({
      physicalVolumes: [],
      volumeGroups: [],
      mounts: [],
      runningBricks: [],
    });
    expect((await run('n2', [lvm.listLogicalVolumes([group])]))[0]?.stdout).not.toContain('brick_b1');
    simulation.plugDisk('n2', '/dev/sdb', '/dev/sdq');
    expect(simulation.picture('n2')).toMatchObject({
      physicalVolumes: [{ device: '/dev/sdq', volumeGroup: group }],
      logicalVolumes: [{ name: 'tp_b1' }, { name: 'brick_b1' }],
    });
  });
});

describe('a glusterd that was away', () => {
  it('does not know that it was dropped, and can be taken back only by those it remembers', async () => {
    const { simulation, run, failure } = newBench();
    for (const host of ['n3', 'n2', 'n1']) await run(host, [gluster.listPool()]);
    await run('n1', [gluster.probePeer('n2')]);
    simulation.act('n2', ['systemctl', 'stop', 'glusterd']);
    await run('n1', [gluster.detachPeer('n2')]);
    simulation.act('n2', ['systemctl', 'start', 'glusterd']);
    expect((await run('n2', [gluster.listPool()]))[0]?.stdout).toContain('<hostname>n1</hostname>');
    expect((await failure('n3', [gluster.probePeer('n2')])).details).toMatchObject({
      stdout: expect.stringContaining('already part of another cluster'),
    });
    await run('n1', [gluster.probePeer('n2')]);
    expect(simulation.picture('n2').peers).toHaveLength(2);
  });
});
