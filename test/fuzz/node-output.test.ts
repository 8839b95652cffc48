import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { parseLsblk, readProbe } from '../../src/storage/block-device/probe.ts';
import { parseFileSystemSizes } from '../../src/storage/filesystem/files.ts';
import { parseMountinfo } from '../../src/storage/filesystem/mountinfo.ts';
import { parseBootUnits, parseFolders, parseMountTable } from '../../src/storage/filesystem/survey.ts';
import { parseHealInfo } from '../../src/storage/gluster/heal-info.ts';
import { parsePending, servedBricks } from '../../src/storage/gluster/local-bricks.ts';
import { parsePool } from '../../src/storage/gluster/pool.ts';
import { parseRemoval } from '../../src/storage/gluster/removal.ts';
import { parseRootVersion } from '../../src/storage/gluster/root-version.ts';
import { parseSnapshotCount, parseSnapshots } from '../../src/storage/gluster/snapshots.ts';
import { parseAllVolumes, parseCreatedUuid, parseVolumeInfo } from '../../src/storage/gluster/volume-info.ts';
import { parseVolumeNames, parseVolumeStatus } from '../../src/storage/gluster/volume-status.ts';
import {
  fromGroupTags,
  fromPoolTags,
  fromVolumeOptions,
  quarantinedSince,
} from '../../src/storage/imprints.ts';
import {
  parseLogicalVolumes,
  parsePhysicalVolumes,
  parseVolumeGroups,
} from '../../src/storage/lvm/reports.ts';
import { judgePreflight } from '../../src/storage/node/preflight.ts';
import { cutShort, mutated } from './mutations.ts';
import { samples } from './samples.ts';

type Case = readonly [name: string, sample: string, parse: (output: string) => unknown];

const strict: readonly Case[] = [
  ['pvs', samples.pvs, parsePhysicalVolumes],
  ['vgs', samples.vgs, parseVolumeGroups],
  ['lvs', samples.lvs, parseLogicalVolumes],
  ['lsblk', samples.lsblk, parseLsblk],
  ['gluster volume info', samples.volumeInfo, parseVolumeInfo],
  ['gluster volume info of all', samples.volumeInfo, parseAllVolumes],
  ['gluster volume create', samples.volumeCreate, parseCreatedUuid],
  ['gluster volume status', samples.volumeStatus, parseVolumeStatus],
  ['gluster volume list', samples.volumeList, parseVolumeNames],
  ['gluster volume heal info', samples.healInfo, parseHealInfo],
  ['gluster volume remove-brick status', samples.removal, parseRemoval],
  ['gluster pool list', samples.pool, parsePool],
  ['gluster snapshot list', samples.snapshots, parseSnapshotCount],
  ['gluster snapshot info', samples.snapshotInfo, parseSnapshots],
  ['the count of a brick', samples.rootVersion, parseRootVersion],
];

const lines: readonly Case[] = [
  ['mountinfo', samples.mountinfo, parseMountinfo],
  ['units', samples.units, (output) => parseBootUnits(output, output)],
  ['fstab', samples.fstab, (output) => parseMountTable('/etc/fstab', output)],
  ['folders', samples.folders, parseFolders],
  ['sizes of file systems', samples.fileSystemSizes, parseFileSystemSizes],
  ['what is to be healed', samples.pending, parsePending],
  [
    'pid files of bricks',
    samples.brickPids,
    (output) => servedBricks(output, samples.brickProcesses)('/data/brick'),
  ],
  [
    'brick processes',
    samples.brickProcesses,
    (output) => servedBricks(samples.brickPids, output)('/data/brick'),
  ],
];

/** What a caller would take for "there is nothing", or "it is gone". */
const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);

/** @returns what was read, or the error of the catalogue; anything else that is thrown fails the test. */
function read(parse: (output: string) => unknown, output: string): { value?: unknown; error?: AppError } {
  try {
    return { value: parse(output) };
  } catch (thrown) {
    if (thrown instanceof AppError) return { error: thrown };
    throw new Error(`not an AppError for ${JSON.stringify(output)}`, { cause: thrown });
  }
}

/** More with `MORTAR_RANDOM_RUNS=50000`. */
const numRuns = Number(process.env.MORTAR_RANDOM_RUNS ?? 400);

describe("a node's answer", () => {
  it.each([...strict, ...lines])('%s: the sample itself is read', (_, sample, parse) => {
    expect(isNothing(read(parse, sample).value)).toBe(false);
  });

  it.each(strict)(
    '%s: spoilt in whatever way is read or refused, and never taken for "nothing there"',
    (_, sample, parse) => {
      fc.assert(
        fc.property(mutated(sample), (output) => {
          const { value, error } = read(parse, output);
          expect(error === undefined && isNothing(value)).toBe(false);
        }),
        { numRuns },
      );
    },
  );

  it.each(strict)('%s: cut short is refused', (_, sample, parse) => {
    fc.assert(
      fc.property(cutShort(sample), (output) => {
        expect(read(parse, output).error).toBeInstanceOf(AppError);
      }),
      { numRuns: 100 },
    );
  });

  it.each(lines)('%s: spoilt in whatever way is read or refused', (_, sample, parse) => {
    fc.assert(
      fc.property(mutated(sample), (output) => {
        expect(read(parse, output)).toBeDefined();
      }),
      { numRuns },
    );
  });

  it.each([...strict, ...lines])(
    '%s: that is something quite different is read or refused',
    (_name, _sample, parse) => {
      const anything = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.json(),
        fc.constantFrom(...Object.values(samples)),
      );
      fc.assert(
        fc.property(anything, (output) => {
          expect(read(parse, output)).toBeDefined();
        }),
        { numRuns: 200 },
      );
    },
  );
});

describe('the processes of a volume', () => {
  it('are bricks or known services: a brick whose path lost its root is no service', () => {
    const wounded = samples.volumeStatus.replace('<path>/data/brick', '<path>brick');
    expect(() => parseVolumeStatus(wounded)).toThrow(AppError);
    const healer = samples.volumeStatus
      .replace('<hostname>10.0.0.1', '<hostname>Self-heal Daemon')
      .replace('<path>/data/brick', '<path>node1');
    expect(parseVolumeStatus(healer)).toEqual([]);
  });
});

describe('numbers and times of a node', () => {
  it('that no disk has are refused', () => {
    const huge = '9'.repeat(400);
    expect(() => parseLogicalVolumes(samples.lvs.replaceAll('1048576.00', huge))).toThrow(AppError);
    expect(() => parseVolumeGroups(samples.vgs.replace('4096.00', huge))).toThrow(AppError);
  });

  it('that no calendar has are passed over', () => {
    const [volume] = parseLogicalVolumes(samples.lvs.replace('2026-11-21 08:21:30', '2026-99-99 99:99:99'));
    expect(volume).not.toHaveProperty('createdAtMs');
  });

  it('with entities and document types are refused: nothing of gluster needs them', () => {
    const laughs = samples.pool.replace('<cliOutput>', '<!DOCTYPE x [<!ENTITY a "ha">]><cliOutput>');
    expect(read(parsePool, laughs).error).toBeInstanceOf(AppError);
  });

  it('with tags called like the bones of JavaScript are read or refused', () => {
    for (const name of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']) {
      expect(read(parsePool, samples.pool.replaceAll('uuid>', `${name}>`)).error).toBeDefined();
      expect(read(parseVolumeInfo, samples.volumeInfo.replaceAll('options>', `${name}>`))).toBeDefined();
    }
    const deep = `<cliOutput>${'<a>'.repeat(20_000)}${'</a>'.repeat(20_000)}</cliOutput>`;
    expect(read(parsePool, deep).error).toBeDefined();
  });
});

describe('the look at a device', () => {
  const ok = (stdout: string) => ({ label: 'x', status: 'ok' as const, exitCode: 0, stdout, stderr: '' });
  const answers = [
    '/dev/sdb\n',
    samples.lsblk,
    samples.mountinfo,
    samples.swaps,
    samples.pvs,
    samples.wipefs,
    samples.blkid,
    'disk/by-id/x\n',
  ];

  it('finds everything in the samples', () => {
    const probe = readProbe('/dev/sdb', answers.map(ok));
    expect([probe.signatures.length, probe.blkid, probe.mounts.length, probe.swaps]).toEqual([
      1,
      'ext4',
      2,
      ['/dev/sda3'],
    ]);
  });

  it('never takes a spoilt answer for an empty disk', () => {
    const spoilt = fc
      .nat({ max: answers.length - 1 })
      .chain((index) => mutated(answers[index] ?? '').map((text) => replaceAt(index, text)));
    fc.assert(
      fc.property(spoilt, (outputs) => {
        const { value, error } = read(() => readProbe('/dev/sdb', outputs.map(ok)), '');
        if (error !== undefined) return;
        const probe = value as ReturnType<typeof readProbe>;
        expect(probe.signatures.length > 0 || probe.blkid !== null || probe.probeFailure !== null).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('refuses tables without their first line, which are never empty on a living node', () => {
    for (const index of [2, 3]) {
      expect(() => readProbe('/dev/sdb', replaceAt(index, '').map(ok))).toThrow(/cannot be read/);
    }
  });

  function replaceAt(index: number, text: string): string[] {
    return answers.map((answer, at) => (at === index ? text : answer));
  }

  it('judges any answers of the preflight, and never lets garbage pass for a fit node', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 6, maxLength: 6 }), (texts) => {
        const { error } = read(() => judgePreflight('node1', texts.map(ok)), '');
        expect(error).toBeInstanceOf(AppError);
      }),
    );
  });
});

describe('imprints', () => {
  it('that anybody may have changed are read whole or not at all', () => {
    fc.assert(
      fc.property(mutated(samples.groupTags), (text) => {
        const imprint = fromGroupTags(text.split(','));
        fromPoolTags(text.split(','));
        quarantinedSince(text.split(','));
        expect(imprint === undefined || Number.isSafeInteger(imprint.node.zone)).toBe(true);
      }),
      { numRuns },
    );
  });

  it('on a gluster volume that say nonsense are none', () => {
    fc.assert(
      fc.property(fc.json(), fc.string(), (json, size) => {
        fromVolumeOptions({ 'user.mortar.size': size, 'user.mortar.request': encodeURIComponent(json) });
        fromVolumeOptions({ 'user.mortar.size': '1', 'user.mortar.request': json });
      }),
    );
    expect(fromVolumeOptions({ 'user.mortar.size': '1', 'user.mortar.request': 'null' })).toBeUndefined();
  });
});
