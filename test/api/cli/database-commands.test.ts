import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../../../src/db/database.ts';
import { latestVersion, migrations } from '../../../src/db/migrations/all.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { ManagerProcess, mortar } from '../../support/manager-process.ts';
import { makeOldDatabase } from '../../support/old-database.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

// Each command is a process of its own, run from the sources.
vi.setConfig({ testTimeout: 300_000 });

const sumOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

describe('mortar migrate', () => {
  it('tells with --dry-run what it would run and that it goes well, and changes nothing', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'mortar.db');
    makeOldDatabase(path, 1);
    const before = sumOf(path);
    const { code, stdout, stderr } = await mortar(['migrate', '--dry-run', '--db', path]);
    expect([code, stderr]).toEqual([0, '']);
    const pending = migrations.slice(1).map(({ version, name }) => `  ${version} ${name}\n`);
    expect(stdout).toBe(
      `${path} has schema version 1; this Mortar has ${latestVersion}. It would run:
${pending.join('')}On a scratch copy that went well: integrity, foreign keys and contents are sound.
The database was not changed.
`,
    );
    expect(sumOf(path)).toBe(before);
    expect(readdirSync(folder).filter((name) => name.endsWith('.db'))).toEqual(['mortar.db']);
  });

  it('migrates, and names the copy that it made before', async () => {
    const path = join(temporaryFolder(), 'mortar.db');
    makeOldDatabase(path, 1);
    const first = await mortar(['migrate', '--json', '--db', path]);
    const report = JSON.parse(first.stdout) as Record<string, unknown>;
    expect(report).toMatchObject({ from: 1, to: latestVersion, problems: [] });
    const copy = new BetterSqlite3(String(report.copy), { readonly: true });
    expect(copy.prepare('select max(version) as version from schema_versions').get()).toEqual({ version: 1 });
    copy.close();
    const second = await mortar(['migrate', '--db', path]);
    expect(second.stdout).toBe(`${path} has schema version ${latestVersion}, the newest: nothing to do.\n`);
  });

  it('tries a database that is in use, but does not migrate it', async () => {
    const path = join(temporaryFolder(), 'mortar.db');
    const wire = await new ManagerProcess(path).wire();
    await wire.send('/clusters', { body: { file: true, block: true } });
    const tried = await mortar(['migrate', '--dry-run', '--db', path]);
    expect([tried.code, tried.stdout]).toEqual([0, expect.stringContaining('nothing to do')]);
    const refused = await mortar(['migrate', '--db', path]);
    expect(refused.code).toBe(255);
    expect(refused.stderr).toMatch(/another Mortar works with this database/);
  });

  it('refuses a schema that is newer than itself', async () => {
    const path = join(temporaryFolder(), 'mortar.db');
    await openDatabase({ path, clock: systemClock }).close();
    const connection = new BetterSqlite3(path);
    connection.prepare("insert into schema_versions values (99, 'later', 1)").run();
    connection.close();
    for (const words of [['migrate'], ['migrate', '--dry-run'], ['serve', '--simulate']]) {
      const { code, stderr } = await mortar([...words, '--db', path]);
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/the schema has version 99, this Mortar knows versions up to/);
    }
  });

  it('says when there is no database', async () => {
    const path = join(temporaryFolder(), 'mortar.db');
    const { code, stderr } = await mortar(['migrate', '--dry-run', '--db', path]);
    expect([code, stderr]).toEqual([255, expect.stringContaining(`${path}: there is no database`)]);
  });
});

describe('mortar backup verify and files', () => {
  it('tell without a server what there is, whether it is sound, and what is wrong with it', async () => {
    const path = join(temporaryFolder(), 'mortar.db');
    const manager = new ManagerProcess(path);
    const made = (await (await manager.wire()).send('/backups', { method: 'POST' })).json() as {
      id: string;
      name: string;
    };
    await manager.end('SIGTERM');
    const files = await mortar(['backup', 'files', '--db', path]);
    expect(files.stdout).toMatch(
      new RegExp(`1 backups\\n.*  ${made.id}  schema ${latestVersion}, 0 volumes`),
    );
    const good = await mortar(['backup', 'verify', '--db', path]);
    expect(good.code).toBe(0);
    expect(good.stdout).toMatch(
      /the checksum is right; .*\n.*integrity, foreign keys and contents are sound/,
    );
    const file = join(path, '..', 'backups', made.name);
    const bytes = readFileSync(file);
    bytes[2000] = (bytes[2000] ?? 0) ^ 0xff;
    writeFileSync(file, bytes);
    const bad = await mortar(['backup', 'verify', made.id.slice(0, 8), '--db', path]);
    expect([bad.code, bad.stderr]).toEqual([255, expect.stringContaining('the checksum is wrong')]);
    const none = await mortar(['backup', 'verify', 'ffff', '--db', path]);
    expect([none.code, none.stderr]).toEqual([255, expect.stringContaining('there is no backup "ffff"')]);
  });
});
