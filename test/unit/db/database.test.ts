import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Database, openDatabase } from '../../../src/db/database.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { newId } from '../../../src/lib/ids.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function open(path: string): Database {
  const database = openDatabase({ path, clock: systemClock });
  onTestFinished(() => database.close());
  return database;
}

const cluster = () => ({ id: newId(), file: true, block: false });

describe('the database', () => {
  it('keeps what a transaction wrote, also after it was opened again', async () => {
    const path = join(temporaryFolder(), 'mortar.db');
    const first = openDatabase({ path, clock: systemClock });
    const one = cluster();
    await first.write((tx) => tx.clusters.insert(one, 1));
    await first.close();
    expect(await open(path).read.clusters.find(one.id)).toEqual(one);
  });

  it('undoes the whole of a transaction that throws, and none of its neighbours in the same commit', async () => {
    const database = open(join(temporaryFolder(), 'mortar.db'));
    const [kept, lost] = [cluster(), cluster()];
    const outcomes = await Promise.allSettled([
      database.write((tx) => tx.clusters.insert(kept, 1)),
      database.write(async (tx) => {
        await tx.clusters.insert(lost, 1);
        throw new Error('changed my mind');
      }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect((await database.read.clusters.list()).map(({ id }) => id)).toEqual([kept.id]);
  });

  it('lets many writers share a commit and settles each only when it is readable', async () => {
    const database = open(join(temporaryFolder(), 'mortar.db'));
    const clusters = Array.from({ length: 500 }, cluster);
    await Promise.all(
      clusters.map(async (one) => {
        await database.write((tx) => tx.clusters.insert(one, 1));
        expect(await database.read.clusters.find(one.id)).toEqual(one);
      }),
    );
  });

  it('hides what is not committed from readers', async () => {
    const database = open(join(temporaryFolder(), 'mortar.db'));
    const one = cluster();
    await database.write(async (tx) => {
      await tx.clusters.insert(one, 1);
      expect(await database.read.clusters.find(one.id)).toBeUndefined();
    });
  });

  it('refuses a second Mortar on the same file and says so', async () => {
    const path = join(temporaryFolder(), 'mortar.db');
    open(path);
    expect(() => openDatabase({ path, clock: systemClock })).toThrow(
      /another Mortar works with this database/,
    );
  });

  it('frees the file for the next one when it is closed', async () => {
    const path = join(temporaryFolder(), 'mortar.db');
    await openDatabase({ path, clock: systemClock }).close();
    expect(() => open(path)).not.toThrow();
  });

  it('refuses a file that is no database, and leaves it as it was', () => {
    const path = join(temporaryFolder(), 'mortar.db');
    writeFileSync(path, 'this is not a database, it is a letter to my aunt'.repeat(50));
    expect(() => openDatabase({ path, clock: systemClock })).toThrow(/not an SQLite database/);
  });

  it('refuses a database of a newer version untouched', async () => {
    const path = join(temporaryFolder(), 'mortar.db');
    await openDatabase({ path, clock: systemClock }).close();
    const raw = new BetterSqlite3(path);
    raw.prepare("insert into schema_versions values (999, 'future', 1)").run();
    raw.close();
    expect(() => openDatabase({ path, clock: systemClock })).toThrow(/schema has version 999/);
  });

  it('does not migrate or copy a database that is up to date', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'mortar.db');
    await openDatabase({ path, clock: systemClock }).close();
    await openDatabase({ path, clock: systemClock }).close();
    expect(readdirSync(folder).filter((file) => file.includes('before'))).toEqual([]);
  });

  it('refuses a brick on a device that does not exist (foreign keys hold)', async () => {
    const database = open(join(temporaryFolder(), 'mortar.db'));
    const brick = {
      id: newId(),
      volumeId: null,
      deviceId: newId(),
      nodeId: '',
      setIndex: 0,
      position: 0,
      kind: 'data',
      sizeKib: 1,
      poolKib: 1,
      metadataKib: 1,
      poolName: 'tp',
      lvName: 'lv',
      path: '/p',
      phase: 'creating',
      lostAtMs: null,
      operationId: null,
    } as const;
    await expect(database.write((tx) => tx.bricks.insert([brick]))).rejects.toThrow(/FOREIGN KEY/);
  });

  it('tells observers what changed before the commit, and again when the commit did not come to be', async () => {
    const database = open(join(temporaryFolder(), 'mortar.db'));
    const seen: string[] = [];
    database.observe({
      changed: async (touched) => void seen.push(`changed ${touched.nodes.size}`),
      committed: () => void seen.push('committed'),
    });
    const home = cluster();
    await database.write((tx) => tx.clusters.insert(home, 1));
    await database.write((tx) =>
      tx.nodes.insert(
        {
          id: newId(),
          clusterId: home.id,
          zone: 1,
          state: 'online',
          phase: 'ready',
          tags: {},
          lostAtMs: null,
          operationId: null,
          manageNames: ['a'],
          storageNames: ['b'],
        },
        1,
      ),
    );
    expect(seen).toEqual(['changed 1', 'committed']);
  });
});
