import { describe, expect, it } from 'vitest';
import {
  fullName,
  optionGroups,
} from '../../../../src/executors/simulated/commands/gluster/known-options.ts';
import { Simulation } from '../../../../src/executors/simulated/simulated-executor.ts';
import { parseVolumeInfo } from '../../../../src/storage/gluster/volume-info.ts';
import { createLvm } from '../../../../src/storage/lvm/lvm.ts';
import { parseLogicalVolumes } from '../../../../src/storage/lvm/reports.ts';
import { command, deviceCommands, gluster, group, newBench } from './support.ts';

const host = 'n1';
const act = (simulation: Simulation, line: string) => simulation.act(host, line.split(' '));

/** What the contract suite does not ask for, since Mortar's commands do not, but foreign hands and later commands may. */
describe('LVM on a simulated node', () => {
  const withGroup = (): Simulation => {
    const simulation = new Simulation();
    for (const { argv } of deviceCommands()) simulation.act(host, argv);
    return simulation;
  };
  const freeExtents = (simulation: Simulation): number =>
    simulation.picture(host).volumeGroups[0]?.freeExtents ?? 0;
  const thin = `lvm lvcreate -qq --poolmetadatasize 8192K --size 1G --thin ${group}/tp --virtualsize 1G --name thin`;

  it('keeps a spare for pool metadata unless told not to, and counts it', () => {
    const simulation = withGroup();
    const before = freeExtents(simulation);
    expect(act(simulation, thin).exitCode).toBe(0);
    expect(freeExtents(simulation)).toBe(before - 256 - 2 - 2);
    expect(act(simulation, thin.replace('/tp', '/tp2').replace('name thin', 'name thin2')).exitCode).toBe(0);
    expect(freeExtents(simulation)).toBe(before - 2 * (256 + 2) - 2);
    const listing = act(simulation, `lvm lvs -a --reportformat json -o lv_name ${group}`).stdout;
    expect(listing).toContain('[lvol0_pmspare]');
    expect(act(simulation, `lvm lvremove -f ${group}`).exitCode).toBe(0);
    expect(act(simulation, `lvm vgremove ${group}`).exitCode).toBe(0);
  });

  it('warns when thin volumes are promised more than there is', () => {
    const simulation = withGroup();
    expect(act(simulation, thin.replace('--virtualsize 1G', '--virtualsize 2G')).stderr).toContain(
      'exceeds the size',
    );
  });

  it('makes linear volumes by extents, by size, and of all that is left', () => {
    const simulation = withGroup();
    expect(act(simulation, `lvcreate -n one -l 10 ${group}`).exitCode).toBe(0);
    expect(act(simulation, `lvcreate -n two -L 41M ${group}`).exitCode).toBe(0);
    expect(act(simulation, `lvcreate -n two -L 41M ${group}`).stderr).toContain(
      'already exists in volume group',
    );
    expect(act(simulation, `lvcreate -n three -l 100%FREE ${group}`).exitCode).toBe(0);
    expect(freeExtents(simulation)).toBe(0);
    expect(act(simulation, `lvcreate -n four -l 1 ${group}`).stderr).toContain(
      'insufficient free space (0 extents): 1 required',
    );
    const lsblk = act(simulation, 'lsblk -J -b -o NAME,TYPE /dev/sdb').stdout;
    expect(JSON.parse(lsblk)).toMatchObject({ blockdevices: [{ children: [{ type: 'lvm' }, {}, {}] }] });
  });

  it('removes what is there although another name is not', () => {
    const simulation = withGroup();
    act(simulation, `lvcreate -n one -l 10 ${group}`);
    const answer = act(simulation, `lvremove -f ${group}/none ${group}/one nowhere/one`);
    expect(answer.exitCode).toBe(5);
    expect(answer.stderr).toContain(`Failed to find logical volume "${group}/none"`);
    expect(answer.stderr).toContain('Volume group "nowhere" not found');
    expect(simulation.picture(host).logicalVolumes).toEqual([]);
  });

  it('selects rows by conditions, and reports bare columns', () => {
    const simulation = withGroup();
    for (const name of ['one', 'two']) act(simulation, `lvcreate -n ${name} -l 10 ${group}`);
    const select = (condition: string): string =>
      simulation.act(host, ['lvs', '--noheadings', '-o', 'lv_name,lv_size', '--units', 'm', '-S', condition])
        .stdout;
    expect(select('lv_name=two')).toBe('  two 40.00m\n');
    expect(select(`vg_name=${group} && lv_name!=two || vg_name=other`)).toBe('  one 40.00m\n');
    expect(select(`vg_name=other`)).toBe('');
    expect(act(simulation, 'pvs --reportformat json /dev/sdc').stderr).toContain(
      'Failed to find physical volume "/dev/sdc"',
    );
    expect(act(simulation, 'vgs --reportformat json -o vg_name nowhere')).toMatchObject({ exitCode: 5 });
    expect(select('lv_name=~on').trim()).toBe('');
    expect(act(simulation, 'lvs --reportformat json -o lv_colour')).toMatchObject({ exitCode: 127 });
  });

  it('takes blank disks into a group on its own, and several of them', () => {
    const simulation = new Simulation();
    expect(act(simulation, 'vgcreate big /dev/sdx /dev/sdy').exitCode).toBe(0);
    expect(simulation.picture(host).volumeGroups).toMatchObject([{ totalExtents: 2 * (500 * 256 - 1) }]);
    const names = act(simulation, 'vgs --noheadings -o vg_name').stdout;
    expect(names).toBe('  big\n');
    expect(act(simulation, 'wipefs --all /dev/sdx').exitCode).toBe(0);
    expect(simulation.picture(host).volumeGroups).toEqual([]);
  });

  it('is reached through a wrapper too', async () => {
    const wrapped = createLvm({
      wrapper: ['nsenter', '-t', '1', '-m', '--'],
      chunkSizeKib: 256,
      extentSizeKib: 4096,
      dataAlignmentKib: 256,
      metadataSizeMib: 128,
      backupMetadata: true,
    });
    const { run } = newBench();
    const uuid = 'Mortar-0001-0001-0001-0001-0001-000001';
    const [, made, listed] = await run(host, [
      wrapped.createPhysicalVolume('/dev/sdb', uuid),
      wrapped.createVolumeGroup('/dev/sdb', 'dev1'),
      wrapped.listLogicalVolumes([group]),
    ]);
    expect(made?.stderr).toBe('');
    expect(parseLogicalVolumes(listed?.stdout ?? '')).toEqual([]);
  });

  it('says how full a pool is, as it was told', () => {
    const simulation = withGroup();
    act(simulation, thin);
    simulation.setUsage(host, { group, volume: 'tp' }, 97.5);
    expect(act(simulation, `lvs --noheadings -o data_percent -S lv_name=tp`).stdout.trim()).toBe('97.50');
  });
});

describe('devices of a simulated node', () => {
  it('appear when they are asked about, by any of their names', async () => {
    const { run, simulation } = newBench();
    const link = '/dev/disk/by-id/wwn-0x5000c500a1b2c3d4';
    const [resolved, names] = await run(host, [
      command(['readlink', '-e', link]),
      command(['udevadm', 'info', '--query=symlink', `--name=${link}`]),
      command(['test', '-b', '/dev/sdb']),
    ]);
    expect(resolved?.stdout).toMatch(/^\/dev\/simulated\d+\n$/);
    expect(names?.stdout).toContain('disk/by-id/wwn-0x5000c500a1b2c3d4');
    for (const path of [
      '/dev/null',
      '/dev/mapper/a-b',
      '/dev/dm-3',
      '/dev/vg/lv',
      '/dev/disk/by-id/lvm-pv-uuid-x',
      '/data',
    ]) {
      expect([path, simulation.act(host, ['test', '-b', path]).exitCode]).toEqual([path, 1]);
    }
  });

  it('answer by the UUID of their label, and by the number of their mapping', () => {
    const simulation = new Simulation();
    for (const { argv } of deviceCommands()) simulation.act(host, argv);
    act(simulation, `lvcreate -n one -l 10 ${group}`);
    expect(
      act(simulation, 'readlink -e /dev/disk/by-id/lvm-pv-uuid-Mortar-0001-0001-0001-0001-0001-000001')
        .stdout,
    ).toBe('/dev/sdb\n');
    expect(act(simulation, `readlink -e /dev/${group}/one`).stdout).toBe('/dev/dm-0\n');
    expect(act(simulation, 'blkid -p -o export /dev/dm-0').exitCode).toBe(2);
    expect(act(simulation, `mkfs.xfs -f /dev/${group}/one`).stderr).toContain('larger than 300MB');
  });

  it('with a partition table lose their partitions when wiped, unless one is used', () => {
    const simulation = new Simulation();
    simulation.putContent(host, '/dev/nvme0n1', 'partitions');
    expect(act(simulation, 'mkfs.xfs -q /dev/nvme0n1').stderr).toContain('a partition table (dos)');
    expect(act(simulation, 'mkfs.xfs -q /dev/nvme0n1p1').exitCode).toBe(0);
    simulation.mount(host, '/dev/nvme0n1p1', '/data');
    expect(act(simulation, 'wipefs --all /dev/nvme0n1').exitCode).toBe(1);
    expect(act(simulation, 'umount /data').exitCode).toBe(0);
    expect(act(simulation, 'wipefs --all /dev/nvme0n1').stdout).toContain('re-read partition table: Success');
    expect(simulation.picture(host).signatures).toEqual([]);
  });
});

describe('files of a simulated node', () => {
  it('complain as the real ones do', () => {
    const simulation = new Simulation();
    act(simulation, 'mkdir /a');
    const complaints: Readonly<Record<string, string>> = {
      'mkdir /none/a': "mkdir: cannot create directory '/none/a': No such file or directory",
      'mkdir -p /etc/fstab/x': "mkdir: cannot create directory '/etc/fstab': Not a directory",
      'mkdir /etc/fstab/x': "mkdir: cannot create directory '/etc/fstab/x': Not a directory",
      'rmdir /etc': "rmdir: failed to remove '/etc': Directory not empty",
      'rmdir /etc/fstab': "rmdir: failed to remove '/etc/fstab': Not a directory",
      'rm -f /a': "rm: cannot remove '/a': Is a directory",
      'mv -f -T /none /a/b': "mv: cannot stat '/none': No such file or directory",
      'mv -f -T /etc/fstab /none/b': "mv: cannot move '/etc/fstab' to '/none/b': No such file or directory",
      'mv -f -T /etc/fstab /a': "mv: cannot overwrite directory '/a' with non-directory",
      'cat /a': 'cat: /a: Is a directory',
      'chown :7 /none': "chown: cannot access '/none': No such file or directory",
      'chmod 755 /none': "chmod: cannot access '/none': No such file or directory",
      'stat -c %u:%g:%a /none': "stat: cannot statx '/none': No such file or directory",
      'tee -a /a': 'tee: /a: Is a directory',
      'tee -a /none/x': 'tee: /none/x: No such file or directory',
      'install -D -m 0644 /dev/stdin /etc/fstab/x':
        "install: cannot create directory '/etc/fstab': Not a directory",
      'install -m 0644 /dev/stdin /none/x':
        "install: cannot create regular file '/none/x': No such file or directory",
      'ln -s -f -n -t /none ../x': "ln: failed to access '/none': No such file or directory",
      'grep -qF x /none': 'grep: /none: No such file or directory',
      'sed -i -e /x/d /none': "sed: can't read /none: No such file or directory",
      'flock /none/lock id -u': 'flock: cannot open lock file /none/lock: No such file or directory',
      'mountpoint /none': 'mountpoint: /none: No such file or directory',
      'mount /dev/sdb /none': 'mount: /none: mount point does not exist.',
      'modprobe -x': '',
    };
    for (const [line, words] of Object.entries(complaints)) {
      expect([line, act(simulation, line).stderr]).toEqual([line, expect.stringContaining(words)]);
    }
  });

  it('are deleted line by line, by patterns as sed reads them', () => {
    const simulation = new Simulation();
    const text = 'a /x.y b\na /x+y b\na /xzy b\na /xxy b\n';
    simulation.act(host, ['install', '-D', '-m', '0644', '/dev/stdin', '/t'], text);
    simulation.act(host, ['sed', '-i', '-e', '\\#[[:space:]]/x+y[[:space:]]#d', '-e', '/x\\.y/d', '/t']);
    expect(act(simulation, 'cat /t').stdout).toBe('a /xzy b\na /xxy b\n');
  });

  it('go with the folder they are in when it is removed with all', () => {
    const simulation = new Simulation();
    act(simulation, 'mkdir -p /a/b/c');
    expect(act(simulation, 'rm -rf /a').exitCode).toBe(0);
    expect(act(simulation, 'test -e /a').exitCode).toBe(1);
  });
});

describe('gluster on a simulated node', () => {
  it('knows every option of the groups that come with it', () => {
    for (const [, settings] of optionGroups) {
      for (const [key] of settings) expect([key, fullName(key)]).toEqual([key, key]);
    }
    expect(fullName('stat-prefetch')).toBe('performance.stat-prefetch');
    expect(fullName('user.anything.at-all')).toBe('user.anything.at-all');
  });

  it.each([
    ['volume create all n1:/srv/a --xml', '"all" cannot be the name of a volume.'],
    ['volume create a.b n1:/srv/a --xml', 'Volume name should not contain "." character.'],
    ['volume create v n1:srv --xml', 'Wrong brick type: n1:srv, use <HOSTNAME>:<export-dir-abs-path>'],
    ['volume create v n1:/srv/a n1:/srv/a --xml', 'Found duplicate exports n1:/srv/a'],
    [
      'volume create v disperse-data 2 redundancy 2 n1:/a n1:/b n1:/c n1:/d --xml',
      'redundancy must be greater than or equal to 1 and less than 2 for a disperse 4 volume',
    ],
    [
      'volume create v disperse-data 2 redundancy 1 n1:/a n1:/b --xml',
      'number of bricks is not a multiple of disperse count',
    ],
    ['volume create v --xml', 'Usage:'],
    ['volume info a b --xml', 'volume info [all|<VOLNAME>]'],
    ['peer probe --xml', 'peer probe { <HOSTNAME> | <IP-address> }'],
    ['volume rebalance v stop --xml', 'volume rebalance <VOLNAME>'],
  ])('refuses "%s" before it asks glusterd', (line, words) => {
    expect(act(new Simulation(), `gluster --mode=script --timeout=600 ${line}`)).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringContaining(words),
    });
  });

  it('does not take replicas that are no whole sets, and has marked the bricks by then', () => {
    const simulation = new Simulation();
    const create = 'gluster volume create v replica 2 n1:/srv/a force --xml';
    expect(act(simulation, create).stdout).toContain('Failed to create volume files');
    expect(act(simulation, 'gluster volume create v n1:/srv/a --xml').stdout).toContain('root partition');
  });

  it.each([
    ['replica 3 arbiter 1', 3, ['2', 'Replicate'], ['0', '0', '1']],
    ['replica 2', 4, ['7', 'Distributed-Replicate'], ['0', '0', '0', '0']],
    ['disperse-data 2 redundancy 1', 6, ['9', 'Distributed-Disperse'], ['0', '0', '0', '0', '0', '0']],
    ['disperse-data 2 redundancy 1', 3, ['4', 'Disperse'], ['0', '0', '0']],
    ['', 2, ['0', 'Distribute'], ['0', '0']],
  ])('describes a volume of "%s" and %d bricks', (layout, count, type, arbiters) => {
    const simulation = new Simulation();
    const bricks = Array.from({ length: count }, (_, index) => `n1:/srv/b${index}`).join(' ');
    const answer = act(
      simulation,
      `gluster volume create v ${layout} ${bricks} force --xml`.replaceAll('  ', ' '),
    );
    expect(answer.stdout).toContain('<opRet>0</opRet>');
    const info = act(simulation, 'gluster volume info v --xml').stdout;
    const valuesOf = (name: string): string[] =>
      [...info.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'g'))].map(([, value]) => value ?? '');
    expect([...valuesOf('type'), ...valuesOf('typeStr')]).toEqual(type);
    expect(valuesOf('isArbiter')).toEqual(arbiters);
    expect(parseVolumeInfo(info)?.bricks).toHaveLength(count);
  });

  it('keeps values as they are, however they look in XML', async () => {
    const { run } = newBench();
    await run(host, [command(['gluster', 'volume', 'create', 'v', 'n1:/srv/a', 'force', '--xml'])]);
    const value = `a < b & "c" > 'd'`;
    const [, info] = await run(host, [
      gluster.setOptions('v', [['user.note', value]]),
      gluster.volumeInfo('v'),
    ]);
    expect(parseVolumeInfo(info?.stdout ?? '')?.options).toMatchObject({ 'user.note': value });
  });

  it('does not delete a volume with snapshots', async () => {
    const { simulation, failure, run } = newBench();
    await run(host, [command(['gluster', 'volume', 'create', 'v', 'n1:/srv/a', 'force', '--xml'])]);
    simulation.setSnapshots(host, 'v', 2);
    const [list] = await run(host, [gluster.listSnapshots('v')]);
    expect(list?.stdout).toContain('<count>2</count>');
    expect((await failure(host, [gluster.deleteVolume('v')])).message).toContain('as it has 2 snapshots');
  });

  it('marks the mark of another volume as such, also above and below', () => {
    const simulation = new Simulation();
    act(simulation, 'gluster volume create v n1:/srv/a force --xml');
    act(simulation, 'gluster volume delete v --xml');
    for (const path of ['/srv/a', '/srv/a/b']) {
      expect(act(simulation, `gluster volume create w n1:${path} --xml`).stdout).toContain('root partition');
    }
    simulation.putContent(host, '/dev/sdb', 'xfs');
    simulation.mount(host, '/dev/sdb', '/data');
    act(simulation, 'gluster volume create v n1:/data/a --xml');
    act(simulation, 'gluster volume delete v --xml');
    expect(act(simulation, 'gluster volume create w n1:/data/a --xml').stdout).toContain(
      '/data/a is already part',
    );
    expect(act(simulation, 'gluster volume create w n1:/data/a/b --xml').stdout).toContain(
      'parent directory /data/a is',
    );
    expect(act(simulation, 'gluster volume create w n1:/data --xml').stdout).toContain('is a mount point');
    expect(act(simulation, 'gluster volume create w n1:/data/a force --xml').stdout).toContain(
      '<opRet>0</opRet>',
    );
  });
});
