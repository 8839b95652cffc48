import { createHash } from 'node:crypto';
import {
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { Backup, BackupList, BackupVerification } from '../../src/api/schema/backups.ts';
import { loadNodes, replica3, startManager, type TestManager } from '../support/manager.ts';

const listOf = async ({ wire }: TestManager): Promise<BackupList> =>
  (await wire.send('/backups')).json() as BackupList;

const make = async ({ wire }: TestManager): Promise<Backup> => {
  const answer = await wire.send('/backups', { method: 'POST' });
  expect(answer.status, answer.text).toBe(201);
  return answer.json() as Backup;
};

const pathOf = ({ folder }: TestManager, { name }: Backup): string => join(folder, 'backups', name);

/** Writes into the middle of a file, as a bad disk would. */
function damage(path: string): void {
  const bytes = readFileSync(path);
  bytes.fill(0xa5, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 512);
  writeFileSync(path, bytes);
}

describe('backups over the API', () => {
  it('are made on request, whole, with their checksum and what they hold', async () => {
    const manager = await startManager();
    await loadNodes(manager.wire, 3, 1);
    await manager.wire.finish('/volumes', { body: replica3(2) });
    const backup = await make(manager);
    const bytes = readFileSync(pathOf(manager, backup));
    expect(backup).toMatchObject({
      reason: 'request',
      size: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      objects: { clusters: 1, nodes: 3, devices: 3, volumes: 1, bricks: 3 },
      state: 'good',
      fault: null,
    });
    const copy = new BetterSqlite3(pathOf(manager, backup), { readonly: true });
    expect(copy.prepare('select count(*) as n from volumes').get()).toEqual({ n: 1 });
    copy.close();
    expect(statSync(pathOf(manager, backup)).mode & 0o077).toBe(0);
    const list = await listOf(manager);
    expect(list.backups).toEqual([backup]);
    expect(list.place).toContain(join(manager.folder, 'backups'));
    expect(list.restored).toBeNull();
  });

  it('are for the administrator only', async () => {
    const { wire } = await startManager();
    for (const [path, method] of [
      ['/backups', 'GET'],
      ['/backups', 'POST'],
      ['/backup/db', 'GET'],
    ] as const) {
      expect((await wire.send(path, { method, user: 'user' })).status).toBe(401);
    }
  });

  it('hold what was committed before, also while others write', async () => {
    const manager = await startManager();
    const { wire } = manager;
    const cluster = async (): Promise<string> =>
      (await wire.send('/clusters', { body: { file: true, block: true } })).json().id as string;
    const before = await Promise.all(Array.from({ length: 20 }, cluster));
    const writing = Promise.all(Array.from({ length: 200 }, cluster));
    const backup = await make(manager);
    await writing;
    const copy = new BetterSqlite3(pathOf(manager, backup), { readonly: true });
    const ids = new Set(copy.prepare('select id from clusters').pluck().all());
    expect(before.filter((id) => !ids.has(id))).toEqual([]);
    expect(copy.pragma('integrity_check', { simple: true })).toBe('ok');
    copy.close();
  });

  it('are kept by count, and the newest is never among those that go', async () => {
    const manager = await startManager({ env: { MORTAR_BACKUP_KEEP_COUNT: '2' } });
    const made: Backup[] = [];
    for (let count = 0; count < 4; count += 1) made.push(await make(manager));
    const ids = (await listOf(manager)).backups.map(({ id }) => id);
    expect(new Set(ids)).toEqual(new Set(made.slice(-2).map(({ id }) => id)));
    expect(readdirSync(join(manager.folder, 'backups'))).toHaveLength(4);
  });

  it('that are damaged are found when they are read, and push out no good one', async () => {
    const manager = await startManager({ env: { MORTAR_BACKUP_KEEP_COUNT: '2' } });
    const good = await make(manager);
    const bad = await make(manager);
    damage(pathOf(manager, bad));
    const verified = await manager.wire.send(`/backups/${bad.id}/verify`, { method: 'POST' });
    expect(verified.status).toBe(500);
    expect(verified.text).toMatch(/the checksum is wrong.*use another backup/);
    const newest = await make(manager);
    const states = new Map((await listOf(manager)).backups.map(({ id, state }) => [id, state]));
    expect(states).toEqual(
      new Map([
        [newest.id, 'good'],
        [bad.id, 'damaged'],
        [good.id, 'good'],
      ]),
    );
  });

  it('that are cut short or gone are shown as such', async () => {
    const manager = await startManager();
    const short = await make(manager);
    truncateSync(pathOf(manager, short), 100);
    expect((await listOf(manager)).backups[0]).toMatchObject({
      state: 'damaged',
      fault: `the copy has 100 bytes, ${short.size} were written`,
    });
  });

  it('pass the check that restores them', async () => {
    const manager = await startManager();
    await loadNodes(manager.wire, 3, 1);
    await manager.wire.finish('/volumes', { body: replica3(2) });
    const { id } = await make(manager);
    const verified = await manager.wire.send(`/backups/${id}/verify`, { method: 'POST' });
    expect(verified.json()).toMatchObject({ sound: true, problems: [], objects: { volumes: 1 } });
    expect(readdirSync(manager.folder).filter((name) => name.startsWith('.mortar'))).toEqual([]);
  });

  it('fail with the place and a remedy, and the failure stays visible until the next success', async () => {
    const manager = await startManager();
    const folder = join(manager.folder, 'backups');
    symlinkSync(join(manager.folder, 'nowhere', 'else'), folder);
    const answer = await manager.wire.send('/backups', { method: 'POST' });
    expect(answer.status).toBe(500);
    expect(answer.text).toContain(folder);
    expect((await listOf(manager)).last_failure?.message).toBe(answer.text.trim());
    unlinkSync(folder);
    await make(manager);
    expect((await listOf(manager)).last_failure).toBeNull();
  });
});

describe('a backup beside the nodes', () => {
  it('agrees with them when nothing was done since, and says what it would miss when something was', async () => {
    const manager = await startManager();
    const { wire } = manager;
    await loadNodes(wire, 3, 1);
    await wire.finish('/volumes', { body: replica3(1) });
    const { id } = await make(manager);
    const compare = async () =>
      (await wire.send(`/backups/${id}/verify`, { body: { nodes: true } })).json() as BackupVerification;
    expect(await compare()).toMatchObject({ sound: true, differences: [] });
    await wire.finish('/volumes', { body: replica3(1, { name: 'later' }) });
    const after = await compare();
    expect(after.sound).toBe(true);
    expect(after.differences?.join('\n')).toMatch(/gluster volume later/);
  });
});

describe('GET /backup/db', () => {
  it('gives a consistent copy as the contract has it, and leaves nothing behind', async () => {
    const { wire, url, folder } = await startManager();
    await wire.send('/clusters', { body: { file: true, block: true } });
    const token = await wire.token('GET', '/backup/db');
    const response = await fetch(`${url}/backup/db`, { headers: { authorization: `bearer ${token}` } });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="heketi.db"');
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get('content-length')).toBe(String(bytes.length));
    const digest = createHash('sha256').update(bytes).digest('base64');
    expect(response.headers.get('repr-digest')).toBe(`sha-256=:${digest}:`);
    const path = join(folder, 'downloaded.db');
    writeFileSync(path, bytes);
    const copy = new BetterSqlite3(path, { readonly: true });
    expect(copy.prepare('select count(*) as n from clusters').get()).toEqual({ n: 1 });
    copy.close();
    expect(readdirSync(folder).filter((name) => name.startsWith('.mortar'))).toEqual([]);
  });
});
