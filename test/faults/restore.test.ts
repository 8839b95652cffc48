import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { Backup } from '../../src/api/schema/backups.ts';
import { FolderTarget } from '../../src/backup/folder-target.ts';
import { findSource, restoreDatabase } from '../../src/backup/restore.ts';
import { verifyCopy } from '../../src/backup/verify.ts';
import { openDatabase } from '../../src/db/database.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { KillSwitch } from '../support/kill-switch.ts';
import { loadNodes, replica3, startManager, type TestManager } from '../support/manager.ts';
import { makeOldDatabase } from '../support/old-database.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const make = async ({ wire }: TestManager): Promise<Backup> =>
  (await wire.send('/backups', { method: 'POST' })).json() as Backup;

const restore = async (databasePath: string, wanted: string, withoutChecksum = false) => {
  const target = new FolderTarget(join(databasePath, '..', 'backups'));
  const source = await findSource(wanted, target);
  return restoreDatabase({ source, databasePath, withoutChecksum, clock: systemClock });
};

const sumOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
const volumeIds = async ({ wire }: TestManager): Promise<string[]> =>
  (await wire.send('/volumes')).json().volumes as string[];

describe('a restore', () => {
  it('brings back what the backup holds, keeps the database that was there, and marks the new one', async () => {
    const manager = await startManager();
    await loadNodes(manager.wire, 3, 1);
    await manager.wire.finish('/volumes', { body: replica3(1) });
    const backup = await make(manager);
    const before = await volumeIds(manager);
    await manager.wire.finish('/volumes', { body: replica3(1) });
    const after = await volumeIds(manager);
    await manager.app.stop();
    const path = join(manager.folder, 'mortar.db');
    const sum = sumOf(path);
    const report = await restore(path, 'newest');
    expect(report).toMatchObject({ objects: { volumes: 1, nodes: 3 }, problems: [] });
    expect(sumOf(report.putAside ?? '')).toBe(sum);
    const restored = openDatabase({ path, clock: systemClock });
    expect(await restored.read.volumes.visibleIds()).toEqual(before);
    expect(await restored.read.marks.restored()).toMatchObject({
      backup: backup.name,
      madeAtMs: Date.parse(backup.created),
    });
    await restored.close();
    await restore(path, report.putAside ?? '', true);
    const last = await startManager({ folder: manager.folder, simulation: manager.simulation });
    expect(await volumeIds(last)).toEqual(after);
  });

  it('ends with a manager that takes up again what came after the backup, all by itself', async () => {
    const manager = await startManager();
    await loadNodes(manager.wire, 3, 1);
    await make(manager);
    await manager.wire.finish('/volumes', { body: replica3(1, { name: 'later' }) });
    const volumes = await volumeIds(manager);
    const [id = ''] = volumes;
    const was = (await manager.wire.send(`/volumes/${id}`)).json() as { name: string; size: number };
    await manager.app.stop();
    await restore(join(manager.folder, 'mortar.db'), 'newest');
    const next = await startManager({ folder: manager.folder, simulation: manager.simulation });
    while ((await next.wire.send('/backups')).json().restored !== null)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await volumeIds(next)).toEqual(volumes);
    expect((await next.wire.send(`/volumes/${id}`)).json()).toMatchObject({ name: was.name, size: was.size });
  });

  it('resumes nothing that was unfinished in the backup until somebody says that all is right', async () => {
    const switchboard = new KillSwitch();
    const manager = await startManager({ wrap: switchboard.wrap });
    await loadNodes(manager.wire, 3, 1);
    const dead = switchboard.arm({ batch: 1, commandsRun: 0 });
    await manager.wire.send('/volumes', { body: replica3(1) });
    await dead;
    await make(manager);
    await manager.leaveForDead();
    await restore(join(manager.folder, 'mortar.db'), 'newest');

    const next = await startManager({ folder: manager.folder, simulation: manager.simulation });
    const [held] = await next.app.database.read.operations.listUnfinished();
    const early = await next.wire.finish('/volumes', { body: replica3(1) });
    expect(early.status, 'new work goes on meanwhile').toBe(200);
    expect(await next.app.database.read.operations.find(held?.id ?? '')).toEqual(held);
    expect(next.app.engine.isInFlight(held?.id ?? '')).toBe(false);

    expect((await next.wire.send('/backups/restored/confirm', { method: 'POST' })).status).toBe(204);
    expect(await next.app.engine.whenEnded(held?.id ?? '')).toMatchObject({ state: 'done' });
    expect(await volumeIds(next)).toHaveLength(2);
    expect((await next.wire.send('/backups')).json().restored).toBeNull();
    expect((await next.wire.send('/backups/restored/confirm', { method: 'POST' })).status).toBe(409);
  });

  it('is refused while a manager has the database', async () => {
    const manager = await startManager();
    await make(manager);
    await expect(restore(join(manager.folder, 'mortar.db'), 'newest')).rejects.toThrow(
      /another Mortar works with this database/,
    );
  });

  it('refuses a backup whose checksum is wrong, and leaves the database as it was', async () => {
    const manager = await startManager();
    const backup = await make(manager);
    await manager.app.stop();
    const path = join(manager.folder, 'mortar.db');
    const sum = sumOf(path);
    const copy = join(manager.folder, 'backups', backup.name);
    const bytes = readFileSync(copy);
    bytes[4000] = (bytes[4000] ?? 0) ^ 1;
    writeFileSync(copy, bytes);
    await expect(restore(path, backup.id)).rejects.toMatchObject({ code: 'backup.damaged' });
    expect(sumOf(path)).toBe(sum);
    expect(readdirSync(manager.folder).filter((name) => name.includes('restoring'))).toEqual([]);
  });

  it('takes a file without a manifest only when told to, and never one with faults', async () => {
    const folder = temporaryFolder();
    const [path, file] = [join(folder, 'mortar.db'), join(folder, 'found.db')];
    makeOldDatabase(file, 1);
    await expect(restore(path, file)).rejects.toThrow(/no .*found.db.json beside it.*--without-checksum/);
    expect(await restore(path, file, true)).toMatchObject({ schemaVersion: 1, objects: { volumes: 1 } });
    const bytes = readFileSync(file);
    bytes.fill(0xff, 8192, 12_288);
    writeFileSync(file, bytes);
    await expect(restore(path, file, true)).rejects.toMatchObject({ code: 'backup.damaged' });
    writeFileSync(file, 'a letter to my aunt');
    await expect(restore(path, file, true)).rejects.toMatchObject({ code: 'backup.damaged' });
    const database = openDatabase({ path, clock: systemClock });
    expect(await database.read.volumes.find('v1')).toBeDefined();
    await database.close();
  });

  it('keeps the write-ahead log of a database that was not closed with it', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'mortar.db');
    const database = openDatabase({ path, clock: systemClock });
    await database.write((tx) => tx.clusters.insert({ id: 'in-the-log', file: true, block: true }, 1));
    // What a kill leaves: the files as they are while it runs.
    for (const name of ['mortar.db', 'mortar.db-wal'])
      copyFileSync(join(folder, name), join(folder, `killed-${name}`));
    await database.close();
    for (const name of ['mortar.db', 'mortar.db-wal'])
      renameSync(join(folder, `killed-${name}`), join(folder, name));
    makeOldDatabase(join(folder, 'old.db'), 1);
    const { putAside = '' } = await restore(path, join(folder, 'old.db'), true);
    expect(existsSync(`${path}-wal`)).toBe(false);
    const old = openDatabase({ path: putAside, clock: systemClock });
    expect(await old.read.clusters.find('in-the-log')).toBeDefined();
    await old.close();
  });

  it('that was cut off keeps a manager from starting on half of it, and can be repeated', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'mortar.db');
    makeOldDatabase(path, 1);
    makeOldDatabase(join(folder, 'old.db'), 1);
    // Cut off between the two renames.
    copyFileSync(path, `${path}.restoring`);
    renameSync(path, `${path}.replaced-by-hand`);
    expect(() => openDatabase({ path, clock: systemClock })).toThrow(/a restore was interrupted/);
    expect(existsSync(path)).toBe(false);
    await restore(path, join(folder, 'old.db'), true);
    const database = openDatabase({ path, clock: systemClock });
    expect(await database.read.volumes.find('v1')).toBeDefined();
    await database.close();
    expect(existsSync(`${path}.replaced-by-hand`)).toBe(true);
  });
});

describe('a look at a backup', () => {
  const prepared = (statements: string): string => {
    const path = join(temporaryFolder(), 'copy.db');
    makeOldDatabase(path, 2);
    const connection = new BetterSqlite3(path);
    connection.pragma('foreign_keys = OFF');
    connection.exec(statements);
    connection.pragma('journal_mode = DELETE');
    connection.close();
    return path;
  };
  const lookAt = (path: string) => verifyCopy(path, { clock: systemClock, scratchFolder: temporaryFolder() });

  it('finds nothing wrong with a sound one, of whatever schema, and does not change it', async () => {
    for (const version of [1, 2]) {
      const path = join(temporaryFolder(), 'copy.db');
      makeOldDatabase(path, version);
      const sum = sumOf(path);
      expect(await lookAt(path)).toMatchObject({
        schemaVersion: version,
        problems: [],
        objects: { volumes: 1 },
      });
      expect(sumOf(path)).toBe(sum);
    }
  });

  it.each([
    [
      'a device that is promised twice',
      'update devices set total_kib = 1000',
      /device d1 .* has 1000 KiB, 4218880 KiB are promised/,
    ],
    [
      'a brick that belongs to nothing',
      'update bricks set volume_id = null',
      /brick b1 belongs to no volume/,
    ],
    ['a volume without bricks', 'delete from bricks', /volume v1 \(first\) is ready but has no bricks/],
    [
      'a brick set that is too small',
      `update volumes set durability = '{"type":"replicate","replica":3}'`,
      /brick set 0 of volume v1 .* has 1 bricks, not 3/,
    ],
    [
      'two copies on one node',
      "insert into bricks select 'b2', volume_id, device_id, 0, 1, kind, size_kib, pool_kib, metadata_kib, 'tp', 'lv', path, phase, null from bricks",
      /2 bricks of set 0 on the one node n1/,
    ],
    [
      'a node without a name',
      "delete from node_names where kind = 'storage'",
      /node n1 has no storage host name/,
    ],
    [
      'what no operation is at work on',
      "update volumes set phase = 'deleting', operation_id = 'gone'",
      /volume v1 is deleting, but no operation/,
    ],
    ['a link into nothing', 'delete from nodes', /row .* of devices names something that is not in nodes/],
    ['what cannot be read', "update nodes set tags = 'rack r1'", /node n1: tags cannot be read/],
  ])('finds %s', async (_what, statements, words) => {
    const { problems } = await lookAt(prepared(statements));
    expect(problems.map(({ text }) => text).join('\n')).toMatch(words);
  });

  it('finds damaged pages', async () => {
    const path = prepared('select 1');
    const bytes = readFileSync(path);
    bytes.fill(0xee, Math.floor(statSync(path).size / 8192) * 4096);
    writeFileSync(path, bytes);
    expect((await lookAt(path)).problems[0]).toMatchObject({ check: 'integrity' });
  });

  it('compares with the nodes when it is given the means, and tells what they said', async () => {
    const path = prepared('select 1');
    const report = await verifyCopy(path, {
      clock: systemClock,
      scratchFolder: temporaryFolder(),
      compare: async (reads) =>
        (await reads.volumes.listVisible()).map(({ name }) => ({ text: `${name} is on no node` })),
    });
    expect(report.findings).toEqual([{ text: 'first is on no node' }]);
    rmSync(path);
  });
});
