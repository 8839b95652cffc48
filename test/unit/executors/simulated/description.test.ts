import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSimulation, Simulation } from '../../../../src/executors/simulated/simulated-executor.ts';
import { judgeDevice } from '../../../../src/storage/block-device/gate.ts';
import { probeCommands, readProbe } from '../../../../src/storage/block-device/probe.ts';
import { judgePreflight, preflightCommands } from '../../../../src/storage/node/preflight.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { benchOf, command, failureOf, gluster, lvm } from './support.ts';

function fileWith(text: string, name = 'simulation.yaml'): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return path;
}

const whole = `
seed: 7
diskGiB: 100
nodes:
  - host: gl1.example
    storageHosts: [192.0.2.1]
    disks:
      - { path: /dev/sda, sizeGiB: 40, contents: ext4, mountedAt: / }
      - { path: /dev/sdb, sizeGiB: 20.5, serial: S1, wwn: "0x5000", links: [/dev/disk/by-id/wwn-0x5000] }
      - { path: /dev/sdc, contents: partitions }
      - { path: /dev/sdd, contents: lvm }
      - { path: /dev/sde, contents: swap, swap: true }
      - { path: /dev/sdf, readOnly: true, removable: true }
      - { path: /dev/sdg, contents: luks }
      - { path: /dev/sdh, contents: xfs, mountedAt: /data/h }
      - { path: /dev/sdi, contents: lvm-orphan }
  - host: gl2.example
    missingTools: [thin_check]
  - host: gl3.example
    missingModules: [dm_thin_pool]
  - host: gl4.example
    glusterd: stopped
  - host: gl5.example
    power: off
  - host: gl6.example
    reachable: false
  - host: gl7.example
    userId: 1000
latency:
  - { argv: [lvm], perCommandMs: 20 }
faults:
  - { label: "^cat", nth: 2, effect: { kind: fail, exitCode: 7 } }
`;

describe('a simulation file', () => {
  const looked = async (simulation: Simulation, path: string): Promise<string[]> => {
    const results = await benchOf(simulation).run('gl1.example', probeCommands(path, lvm));
    return judgeDevice(readProbe(path, results), { deviceOfPv: () => undefined }).map(({ code }) => code);
  };

  it.each([
    ['/dev/sda', ['SYSTEM_DISK', 'HAS_SIGNATURE']],
    ['/dev/sdb', []],
    ['/dev/disk/by-id/wwn-0x5000', []],
    ['/dev/sdc', ['HAS_CHILDREN', 'HAS_PARTITION_TABLE']],
    ['/dev/sdd', ['HAS_CHILDREN', 'FOREIGN_VG']],
    ['/dev/sde', ['SWAP', 'HAS_SIGNATURE']],
    ['/dev/sdf', ['READ_ONLY']],
    ['/dev/sdg', ['HAS_SIGNATURE']],
    ['/dev/sdh', ['MOUNTED', 'HAS_SIGNATURE']],
    ['/dev/sdi', ['ORPHAN_PV']],
    ['/dev/sdz', ['NOT_FOUND']],
  ])('says what is on %s', async (path, codes) => {
    expect(await looked(Simulation.fromFile(fileWith(whole)), path)).toEqual(codes);
  });

  it.each([
    ['gl2.example', 'node.tool_missing'],
    ['gl3.example', 'node.module_missing'],
    ['gl4.example', 'node.glusterd_down'],
    ['gl5.example', 'node.unreachable'],
    ['gl6.example', 'node.unreachable'],
    ['gl7.example', 'node.sudo_refused'],
  ])('says what is wrong with %s', async (host, code) => {
    const { run } = benchOf(Simulation.fromFile(fileWith(whole)));
    const preflight = run(host, preflightCommands()).then((results) => judgePreflight(host, results));
    expect((await failureOf(preflight)).code).toBe(code);
  });

  it('orders sizes, names and faults', async () => {
    const simulation = Simulation.fromFile(fileWith(whole));
    const { run, failure } = benchOf(simulation);
    const [lsblk] = await run('gl1.example', [
      command(['lsblk', '-J', '-b', '-o', 'PATH,SIZE,SERIAL,WWN', '/dev/sdb']),
    ]);
    expect(JSON.parse(lsblk?.stdout ?? '')).toEqual({
      blockdevices: [{ path: '/dev/sdb', size: 20.5 * 1024 ** 3, serial: 'S1', wwn: '0x5000' }],
    });
    const cat = command(['cat', '/etc/fstab']);
    expect((await failure('gl2.example', [cat, cat])).details).toMatchObject({ exitCode: 7 });
    await run('gl2.example', [gluster.probePeer('192.0.2.1')]);
    expect(simulation.picture('gl1.example').peers).toHaveLength(2);
  });

  it('may be JSON', () => {
    const path = fileWith('{ "unlistedNodes": false, "nodes": [{ "host": "n1" }] }', 'simulation.json');
    expect(Simulation.fromFile(path).hosts()).toEqual(['n1']);
  });

  it('may be empty', () => {
    expect(Simulation.fromFile(fileWith('')).hosts()).toEqual([]);
  });

  it('with faults is refused, and each is named with key and line', () => {
    const path = fileWith(
      [
        'seed: 1',
        'nodez: []',
        'nodes:',
        '  - host: n1',
        '    disks:',
        '      - path: sdb',
        '        sizeGib: 3',
        '      - path: /dev/sdc',
        '        contents: rust',
        'faults:',
        '  - label: "("',
        '    effect: { kind: explode }',
      ].join('\n'),
    );
    const open = (): Simulation => Simulation.fromFile(path);
    expect(open).toThrow(expect.objectContaining({ code: 'config.invalid' }));
    for (const words of [
      `${path}:2: nodez: there is no such key`,
      `${path}:6: nodes[0].disks[0].path: must be a path under /dev`,
      `${path}:7: nodes[0].disks[0].sizeGib: there is no such key`,
      `${path}:9: nodes[0].disks[1].contents: `,
      `${path}:11: faults[0].label: is no regular expression`,
      `${path}:12: faults[0].effect`,
    ]) {
      expect(open).toThrow(words);
    }
  });

  it('that cannot be read, or parsed, is refused', () => {
    expect(() => Simulation.fromFile('/no/such/file')).toThrow(
      /the simulation file \/no\/such\/file cannot be read/,
    );
    const path = fileWith('nodes: [\n');
    expect(() => Simulation.fromFile(path)).toThrow(new RegExp(`${path}:\\d: cannot be read`));
  });

  it('goes before the settings of the configuration, which hold for what it leaves out', async () => {
    const settings = { deviceSizeGib: 10, latencyMs: 0 };
    const sizeOf = async (simulation: Simulation): Promise<number> => {
      const [lsblk] = await benchOf(simulation).run('n1', [
        command(['lsblk', '-J', '-b', '-o', 'SIZE', '/dev/sdb']),
      ]);
      return (
        (JSON.parse(lsblk?.stdout ?? '') as { blockdevices: [{ size: number }] }).blockdevices[0].size /
        1024 ** 3
      );
    };
    expect(await sizeOf(openSimulation(settings))).toBe(10);
    expect(await sizeOf(openSimulation({ ...settings, file: fileWith('diskGiB: 20') }))).toBe(20);
    expect(await sizeOf(openSimulation({ ...settings, file: fileWith('seed: 2') }))).toBe(10);
    expect(await sizeOf(openSimulation({}))).toBe(500);
  });
});

describe('a description in code', () => {
  it('is checked like a file', () => {
    const wrong = { nodes: [{ host: 'n1', disks: [{ path: 'sdb' }] }] };
    expect(() => new Simulation({ description: wrong })).toThrow(/nodes.0.disks.0.path/);
  });
});
