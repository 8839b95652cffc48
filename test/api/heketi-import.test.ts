import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { AppError } from '../../src/errors.ts';
import { readInventory } from '../../src/heketi/inventory.ts';
import { passwordsIn } from '../../src/heketi/passwords.ts';
import { dumpText } from '../../src/heketi/to-dump.ts';
import { type ImportReport, type ImportRequest, importHeketi } from '../../src/heketi-import.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { type DumpBuilder, idOf, wholeDump } from '../support/heketi-dump.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

type Loose = DumpBuilder['dump'];

const databaseIn = (folder: string): string => join(folder, 'mortar.db');

const take = (folder: string, text: string, change: Partial<ImportRequest> = {}): Promise<ImportReport> =>
  importHeketi({
    databasePath: databaseIn(folder),
    name: 'heketi.json',
    text,
    clock: systemClock,
    defaults: { averageFileKib: 64, zoneChecking: 'soft' },
    leaveOutClones: false,
    nodes: undefined,
    isChecked: false,
    isDryRun: false,
    ...change,
  });

async function faultsOf(folder: string, text: string): Promise<readonly string[]> {
  const error = await take(folder, text).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(AppError);
  expect(error).toMatchObject({ code: 'import.refused' });
  expect(existsSync(databaseIn(folder)), 'nothing is left').toBe(false);
  return (error as AppError).details.faults as string[];
}

async function giveBack(folder: string, passwordsFrom?: string): Promise<unknown> {
  const database = openDatabase({ path: databaseIn(folder), clock: systemClock });
  try {
    const passwords = passwordsFrom === undefined ? undefined : passwordsIn(passwordsFrom);
    return JSON.parse([...dumpText(await readInventory(database.read), passwords)].join(''));
  } finally {
    await database.close();
  }
}

const bend = (work: (dump: DumpBuilder['dump']) => void): string => {
  const builder = wholeDump();
  work(builder.dump);
  return builder.text();
};

describe('the way from Heketi and back', () => {
  it('gives back the dump as it came: ids, names, pools, states, tags, sizes, block volumes', async () => {
    const folder = temporaryFolder();
    const text = wholeDump().text();
    const report = await take(folder, text);
    expect(report.isDone).toBe(true);
    expect(await giveBack(folder, text)).toEqual(JSON.parse(text));
  });

  it('takes over nothing in a dry run', async () => {
    const folder = temporaryFolder();
    const report = await take(folder, wholeDump().text(), { isDryRun: true });
    expect(report).toMatchObject({ isDone: false });
    expect(report.taken.volumes).toHaveLength(5);
    expect(existsSync(databaseIn(folder))).toBe(false);
  });

  it('says which brick sets are a guess when gluster was not asked, and guesses none that cannot be', async () => {
    const folder = temporaryFolder();
    const { notes, taken } = await take(folder, wholeDump().text());
    expect(notes.join('\n')).toContain(`volume ${idOf('copies')} (copies): gluster was not asked`);
    expect(notes.join('\n')).not.toContain('(plain)');
    for (const volume of ['copies', 'arbiter', 'spread']) {
      const bricks = taken.bricks.filter(({ volumeId }) => volumeId === idOf(volume));
      const places = bricks.map(({ setIndex, nodeId }) => `${setIndex} ${nodeId}`);
      expect(new Set(places).size, volume).toBe(bricks.length);
    }
    const arbiter = taken.bricks.find(({ id }) => id === idOf('arbiter/2'));
    expect(arbiter).toMatchObject({ kind: 'arbiter', position: 2 });
  });

  it('keeps room that others take, and tells of it', async () => {
    const folder = temporaryFolder();
    const text = bend(({ deviceentries }) => {
      const { storage } = deviceentries[idOf('a5/sdb')].Info;
      storage.used += 4096;
      storage.free -= 4096;
    });
    const { notes, taken } = await take(folder, text);
    expect(taken.devices.find(({ id }) => id === idOf('a5/sdb'))?.foreignKib).toBe(4096);
    expect(notes.join('\n')).toContain('counts as taken by others');
    expect(await giveBack(folder, text)).toEqual(JSON.parse(text));
  });

  it('reads dumps of old versions, which lack much', async () => {
    const folder = temporaryFolder();
    const text = bend((dump) => {
      dump.dbattributeentries = {};
      dump.pendingoperations = undefined;
      for (const { Info } of Object.values<{ Info: Record<string, unknown> }>(dump.clusterentries)) {
        delete Info.file;
        delete Info.block;
      }
      for (const brick of Object.values<Loose>(dump.brickentries)) {
        brick.Info.volume = '';
        brick.SubType = 0;
        delete brick.Pending;
      }
      dump.volumeentries[idOf('plain')].Info.durability.type = '';
      delete dump.volumeentries[idOf('spread')].Info.durability.disperse;
      for (const entry of Object.values<Loose>(dump.deviceentries)) {
        delete entry.Info.paths;
        delete entry.Info.pv_uuid;
      }
    });
    const { taken } = await take(folder, text);
    expect(taken.clusters.every(({ file, block }) => file && block)).toBe(true);
    expect(taken.volumes.find(({ id }) => id === idOf('spread'))?.durability).toEqual({
      type: 'disperse',
      data: 4,
      redundancy: 2,
    });
    expect(taken.bricks).toHaveLength(19);
  });

  it('leaves clones out when asked, and takes no room for them', async () => {
    const text = bend((dump) => {
      const clone = dump.brickentries[idOf('plain/0')];
      clone.LvmLv = 'abc_0';
      const { storage } = dump.deviceentries[idOf('b0/sdb')].Info;
      storage.used = 0;
      storage.free = storage.total;
    });
    const { taken, notes } = await take(temporaryFolder(), text, { leaveOutClones: true });
    expect(taken.volumes.map(({ name }) => name)).not.toContain('plain');
    expect(taken.devices.find(({ id }) => id === idOf('b0/sdb'))?.foreignKib).toBe(0);
    expect(notes.join('\n')).toMatch(/\(plain\) is a clone.*stays on the nodes/);
  });

  it('fills only an empty database', async () => {
    const folder = temporaryFolder();
    await take(folder, wholeDump().text());
    await expect(take(folder, wholeDump().text())).rejects.toMatchObject({ code: 'request.conflict' });
  });
});

describe('a dump with faults', () => {
  it.each<[name: string, text: string, faults: RegExp[]]>([
    ['no JSON', '{', [/it is no JSON/]],
    ['another document', '{}', [/^clusterentries: /]],
    [
      'a wrong type',
      bend(({ volumeentries }) => (volumeentries[idOf('plain')].Info.size = 'ten')),
      [/volumeentries\.[0-9a-f]{32}\.Info\.size: /],
    ],
    [
      'sums that do not prove themselves, and a link into nothing: all are told',
      bend((dump) => {
        dump.deviceentries[idOf('a0/sdb')].Info.storage.free += 1;
        dump.deviceentries[idOf('a1/sdb')].Info.storage.used -= 8;
        delete dump.nodeentries[idOf('b0')];
      }),
      [/device .*: it has \d+ KiB, but/, /are used, but its bricks take/, /lists the node .* no entry/],
    ],
    [
      'a newer Heketi',
      bend((dump) => (dump.dbattributeentries.DB_NEW = { Key: 'DB_NEW', Value: 'yes' })),
      [/DB_NEW: it is of a newer Heketi/],
    ],
    [
      'a name twice',
      bend((dump) => (dump.nodeentries[idOf('a1')].Info.hostnames.manage = ['a0.example'])),
      [/another node has the manage host name a0\.example/],
    ],
    [
      'a brick too few',
      bend((dump) => {
        dump.volumeentries[idOf('copies')].Info.durability.replicate.replica = 2;
        dump.volumeentries[idOf('arbiter')].GlusterVolumeOptions = [];
        dump.volumeentries[idOf('arbiter')].Info.durability.replicate.replica = 2;
      }),
      [/\(arbiter\): it has 3 bricks, which make no whole sets of 2/],
    ],
    [
      'a clone',
      bend((dump) => (dump.brickentries[idOf('plain/0')].LvmLv = 'abc_0')),
      [/\(plain\) is a clone.*--leave-out-clones/],
    ],
  ])('is refused for %s, and nothing is left', async (_name, text, wanted) => {
    const faults = await faultsOf(temporaryFolder(), text);
    for (const pattern of wanted) expect(faults.join('\n')).toMatch(pattern);
  });
});

describe('what Heketi left unfinished', () => {
  const three = ['a0', 'a1', 'a2'];
  const wish = (pending: string) => ({
    cluster: 'a',
    type: 'replicate' as const,
    durability: { replicate: { replica: 3 } },
    bricksOn: three,
    sizeGib: 10,
    brickKib: 10_485_760,
    pending,
  });

  it.each([
    [1, 'creating'],
    [2, 'deleting'],
  ])('of type %i goes under its own id once the import is confirmed', async (type, word) => {
    const folder = temporaryFolder();
    const builder = wholeDump()
      .operation('op', type)
      .volume('going', wish(idOf('op')));
    const { taken } = await take(folder, builder.text());
    expect(taken.fates[0]?.words).toContain(`${word} the volume going`);
    const database = openDatabase({ path: databaseIn(folder), clock: systemClock });
    const [operation] = await database.read.operations.listUnfinished();
    expect(operation).toMatchObject({ id: idOf('op'), kind: 'delete-volume', state: 'planned' });
    expect(await database.read.volumes.find(idOf('going'))).toMatchObject({ phase: 'deleting' });
    expect(await database.read.marks.restored()).toMatchObject({ backup: 'heketi.json' });
    await database.close();
  });

  it('and only gluster can tell is refused while the nodes are not asked', async () => {
    const builder = wholeDump().operation('op', 3, [{ Change: 5, Id: idOf('copies'), Delta: 10 }]);
    for (const [index, node] of three.entries()) {
      const volume = idOf('copies');
      const id = builder.brick(`more/${index}`, { node, volume, sizeKib: 10_485_760, pending: idOf('op') });
      builder.dump.volumeentries[volume].Bricks.push(id);
    }
    const faults = await faultsOf(temporaryFolder(), builder.text());
    expect(faults.join('\n')).toMatch(/growing a volume, copies: only gluster knows how far it came/);
  });

  it.each([4, 5, 9, 17])('of type %i is to be cleaned up first', async (type) => {
    const faults = await faultsOf(temporaryFolder(), wholeDump().operation('op', type).text());
    expect(faults.join('\n')).toMatch(/clean it up in Heketi first/);
  });

  it('and removes a device is dropped with a word', async () => {
    const { taken } = await take(temporaryFolder(), wholeDump().operation('op', 6).text());
    expect(taken.fates[0]?.words).toContain('the device stays in its state');
  });
});
