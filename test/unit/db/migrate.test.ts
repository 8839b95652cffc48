import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/db/database.ts';
import { migrate, pendingMigrations, schemaVersion } from '../../../src/db/migrate.ts';
import { latestVersion, migrations } from '../../../src/db/migrations/all.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { makeOldDatabase } from '../../support/old-database.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const versions = migrations.map(({ version }) => version);
const oldVersions = versions.filter((version) => version < latestVersion);

const schemaOf = (path: string): unknown => {
  const connection = new BetterSqlite3(path, { readonly: true });
  const rows = connection.prepare('select type, name, sql from sqlite_schema order by type, name').all();
  connection.close();
  return rows;
};

const clockAt = (ms: number) => ({ ...systemClock, now: () => ms });
const copies = (folder: string): string[] =>
  readdirSync(folder).filter((name) => /\.v\d+-.*\.db$/.test(name));

describe('migrations', () => {
  it('are numbered from 1 without a gap', () => {
    expect(versions).toEqual(versions.map((_, index) => index + 1));
  });

  it.each(oldVersions)('lead a database of version %i to the schema of a fresh one', async (version) => {
    const folder = temporaryFolder();
    const [old, fresh] = [join(folder, 'old.db'), join(folder, 'fresh.db')];
    makeOldDatabase(old, version);
    await openDatabase({ path: old, clock: systemClock }).close();
    await openDatabase({ path: fresh, clock: systemClock }).close();
    expect(schemaOf(old)).toEqual(schemaOf(fresh));
  });

  it.each(versions)('keep every row of a database of version %i, and it can be read', async (version) => {
    const path = join(temporaryFolder(), 'mortar.db');
    makeOldDatabase(path, version);
    const database = openDatabase({ path, clock: systemClock });
    const { read } = database;
    expect(await read.volumes.find('v1')).toMatchObject({ name: 'first', sizeGib: 4 });
    expect(await read.nodes.find('n1')).toMatchObject({ manageNames: ['node1'], tags: { rack: 'r1' } });
    expect(await read.bricks.listByVolume('v1')).toHaveLength(1);
    expect(await read.devices.bricksKib('d1')).toBe(4194304 + 24576);
    expect((await read.operations.listRecent(10)).map(({ id }) => id)).toEqual(['o1']);
    expect(await read.steps.listByOperation('o1')).toHaveLength(1);
    expect(await read.idempotency.find('key-1')).toMatchObject({ operationId: 'o1' });
    expect(await read.foreignBricks.listByVolume('v1')).toHaveLength(version >= 9 ? 1 : 0);
    await database.close();
  });

  it.each(oldVersions)('copy a database of version %i beside it first, checksum and all', async (version) => {
    const folder = temporaryFolder();
    const path = join(folder, 'mortar.db');
    makeOldDatabase(path, version);
    await openDatabase({ path, clock: clockAt(Date.UTC(2026, 10, 21, 8, 14, 37)) }).close();
    const [copy = ''] = copies(folder);
    expect(copy).toBe(`mortar.db.v${version}-20261121T081437Z.db`);
    const manifest = JSON.parse(readFileSync(join(folder, `${copy}.json`), 'utf8')) as Record<
      string,
      unknown
    >;
    const bytes = readFileSync(join(folder, copy));
    expect(manifest).toMatchObject({
      name: copy,
      reason: 'migration',
      schemaVersion: version,
      sizeBytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      objects: { clusters: 1, nodes: 1, devices: 1, volumes: 1, bricks: 1 },
    });
    const connection = new BetterSqlite3(join(folder, copy), { readonly: true });
    expect(schemaVersion(connection)).toBe(version);
    connection.close();
  });

  it('keep five such copies, the newest', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'mortar.db');
    for (let day = 1; day <= 9; day += 1) {
      writeFileSync(join(folder, `mortar.db.v1-202601${String(day).padStart(2, '0')}T000000Z.db`), 'old');
    }
    makeOldDatabase(path, 1);
    await openDatabase({ path, clock: clockAt(Date.UTC(2026, 10, 21)) }).close();
    expect(
      copies(folder)
        .map((name) => name.slice(13, 21))
        .sort(),
    ).toEqual(['20260106', '20260107', '20260108', '20260109', '20261121']);
  });

  it('run once: a second time there is nothing to do', () => {
    const path = join(temporaryFolder(), 'mortar.db');
    const connection = new BetterSqlite3(path);
    expect(migrate(connection, { nowMs: 1 }).ran).toHaveLength(migrations.length);
    expect(migrate(connection, { nowMs: 1 })).toEqual({ from: latestVersion, to: latestVersion, ran: [] });
    expect(pendingMigrations(latestVersion)).toEqual([]);
    connection.close();
  });

  it('undo the whole of a migration that fails, and say so', () => {
    const path = join(temporaryFolder(), 'mortar.db');
    makeOldDatabase(path, 1);
    const connection = new BetterSqlite3(path);
    // Stands in the way of the table that migration 2 makes.
    connection.exec('create table marks (something text)');
    expect(() => migrate(connection, { nowMs: 1 })).toThrow(/table marks already exists.*undone/);
    expect(schemaVersion(connection)).toBe(1);
    connection.close();
  });

  it('refuse what would leave a row without what it names', () => {
    const path = join(temporaryFolder(), 'mortar.db');
    makeOldDatabase(path, 1);
    const connection = new BetterSqlite3(path);
    connection.pragma('foreign_keys = OFF');
    connection.exec("delete from clusters where id = 'c1'");
    expect(() => migrate(connection, { nowMs: 1 })).toThrow(
      /migration 2 .* would leave .* nothing was changed/,
    );
    expect(schemaVersion(connection)).toBe(1);
    connection.close();
  });

  it('do not touch a database of another program', () => {
    const path = join(temporaryFolder(), 'places.db');
    const connection = new BetterSqlite3(path);
    connection.exec('create table bookmarks (url text)');
    connection.close();
    const before = readFileSync(path);
    expect(() => openDatabase({ path, clock: systemClock })).toThrow(/not one of Mortar .*bookmarks/);
    expect(readFileSync(path)).toEqual(before);
  });
});
