import { copyFileSync, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { QuietLog } from '../../../src/db/quiet-log.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('the log of the database', () => {
  let path: string;
  let connection: BetterSqlite3.Database;
  let isBusy: boolean;
  let looks: number;
  let quiet: QuietLog;

  const openAt = (place: string): BetterSqlite3.Database => {
    const database = new BetterSqlite3(place);
    onTestFinished(() => void database.close());
    return database;
  };
  const looked = (): boolean => {
    looks += 1;
    return isBusy;
  };
  /** It has looked at the log, and again. */
  const someLooks = (): Promise<void> => {
    const before = looks;
    return expect.poll(() => looks).toBeGreaterThan(before + 2);
  };
  const quietLog = (keptBytes = 0): QuietLog => {
    const log = new QuietLog(connection, { quietMs: 1, keptBytes, isBusy: () => looked() });
    onTestFinished(() => log.close());
    return log;
  };
  const logBytes = (): number => statSync(`${path}-wal`).size;
  const count = (database: BetterSqlite3.Database): unknown =>
    database.prepare('select count(*) from things').pluck().get();
  const add = (): void => {
    connection.exec('insert into things values (zeroblob(100000))');
    quiet.written();
  };

  beforeEach(() => {
    path = join(temporaryFolder(), 'mortar.db');
    connection = openAt(path);
    connection.pragma('journal_mode = WAL');
    connection.exec('create table things (content blob)');
    isBusy = false;
    looks = 0;
    quiet = quietLog();
  });

  it('is emptied when nothing is written for a while, and takes what comes later', async () => {
    add();
    expect(logBytes()).toBeGreaterThan(100_000);
    await expect.poll(logBytes).toBe(0);
    add();
    // As a crash leaves them.
    for (const end of ['', '-wal']) copyFileSync(`${path}${end}`, `${path}.crashed${end}`);
    expect(count(openAt(`${path}.crashed`))).toBe(2);
    await expect.poll(logBytes).toBe(0);
    copyFileSync(path, `${path}.alone`);
    expect(existsSync(`${path}.alone-wal`)).toBe(false);
    expect(count(openAt(`${path}.alone`))).toBe(2);
  });

  it('waits for the end of what is being written, and for who reads beside', async () => {
    const reader = openAt(path);
    reader.exec('begin');
    count(reader);
    isBusy = true;
    add();
    await someLooks();
    isBusy = false;
    await someLooks();
    expect(logBytes()).toBeGreaterThan(100_000);
    expect(count(reader)).toBe(0);
    reader.exec('commit');
    await expect.poll(logBytes).toBe(0);
    expect(connection.pragma('busy_timeout', { simple: true })).toBe(5000);
  });

  it('stays as it is while it is small', async () => {
    quiet.close();
    quiet = quietLog(10_000_000);
    add();
    await expect.poll(() => looks).toBe(1);
    expect(logBytes()).toBeGreaterThan(100_000);
  });
});
