import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import type { Executor } from '../../src/executors/executor.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { findDifferences } from '../support/checker.ts';
import { loadNodes, replica3, startManager, type TestManager, testKeys } from '../support/manager.ts';
import { ManagerProcess, MortarProcess } from '../support/manager-process.ts';
import { makeOldDatabase } from '../support/old-database.ts';
import { simulatedFacts } from '../support/simulated-facts.ts';
import { SmallDisk } from '../support/small-disk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import type { Wire, WireAnswer } from '../support/wire.ts';

const differences = ({ app, simulation }: TestManager): Promise<string[]> =>
  findDifferences(app.database.read, { factsOf: (host) => simulatedFacts(simulation, host) });

const newCluster = (wire: Wire): Promise<WireAnswer> =>
  wire.send('/clusters', { body: { file: true, block: true } });

/** Writes until the room that SQLite had set aside is used up. */
async function untilRefused(wire: Wire): Promise<WireAnswer> {
  for (;;) {
    const answer = await newCluster(wire);
    if (answer.status !== 201) return answer;
  }
}

/** Holds up the nodes until it is opened. */
function gate() {
  let open: () => void = () => undefined;
  let onArrival: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const arrived = new Promise<void>((resolve) => {
    onArrival = resolve;
  });
  let isClosed = false;
  const wrap = (inner: Executor): Executor => ({
    name: inner.name,
    forget: (nodeId) => inner.forget(nodeId),
    close: () => inner.close(),
    async run(host, commands, options) {
      if (isClosed) {
        onArrival();
        await opened;
      }
      return inner.run(host, commands, options);
    },
  });
  return { wrap, open, arrived, shut: () => void (isClosed = true) };
}

describe("when the database's disk is full", () => {
  it('requests that change something are refused with file and remedy, the others served; then all goes on', async () => {
    const disk = new SmallDisk(8);
    const manager = await startManager({ folder: disk.folder, env: { MORTAR_BACKUP_INTERVAL_HOURS: '0' } });
    const { wire } = manager;
    await loadNodes(wire, 3, 1);
    disk.fill();
    const refused = await untilRefused(wire);
    expect(refused.status).toBe(503);
    expect(refused.text).toContain(join(disk.folder, 'mortar.db'));
    expect(refused.text).toMatch(/disk is full.*free some room, Mortar goes on by itself/);
    const volume = await wire.send('/volumes', { body: replica3(1) });
    expect(volume.status).toBe(503);
    const clusters = (await wire.send('/clusters')).json().clusters as string[];
    expect((await wire.send('/volumes')).json()).toEqual({ volumes: [] });
    disk.free();
    expect((await newCluster(wire)).status).toBe(201);
    expect((await wire.send('/clusters')).json().clusters).toHaveLength(clusters.length + 1);
    expect((await wire.finish('/volumes', { body: replica3(1) })).status).toBe(200);
    expect(await differences(manager)).toEqual([]);
  });

  it('operations that run or wait end well as soon as there is room, nothing half done', async () => {
    const disk = new SmallDisk(8);
    const { wrap, open, arrived, shut } = gate();
    const env = { MORTAR_OPERATIONS_MAX_RUNNING: '1', MORTAR_BACKUP_INTERVAL_HOURS: '0' };
    const manager = await startManager({ folder: disk.folder, wrap, env });
    const { wire, app } = manager;
    await loadNodes(wire, 3, 1);
    shut();
    const queues = [];
    for (let count = 0; count < 2; count += 1)
      queues.push((await wire.send('/volumes', { body: replica3(1) })).headers.get('location') ?? '');
    await arrived;
    disk.fill();
    await untilRefused(wire);
    open();
    const [running = '', waiting = ''] = queues.map((queue) => queue.slice('/queue/'.length));
    // The first has tried to journal what it did, the second to be taken up.
    while (app.engine.isInFlight(running) && app.engine.position(waiting) === undefined)
      await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await app.database.read.operations.listUnfinished()).toHaveLength(2);
    disk.free();
    const ended = await Promise.all([running, waiting].map((id) => app.engine.whenEnded(id)));
    expect(ended.map(({ state }) => state)).toEqual(['done', 'done']);
    expect(await differences(manager)).toEqual([]);
  });

  it('a backup fails with its place and a remedy, and leaves nothing behind', async () => {
    const disk = new SmallDisk(4);
    const manager = await startManager({ env: { MORTAR_BACKUP_FOLDER: join(disk.folder, 'backups') } });
    expect((await manager.wire.send('/backups', { method: 'POST' })).status).toBe(201);
    const before = readdirSync(join(disk.folder, 'backups'));
    disk.fill();
    const answer = await manager.wire.send('/backups', { method: 'POST' });
    expect(answer.status).toBe(503);
    expect(answer.text).toContain(disk.folder);
    expect(answer.text).toMatch(/disk is full/);
    expect(readdirSync(join(disk.folder, 'backups'))).toEqual(before);
    disk.free();
    expect((await manager.wire.send('/backups', { method: 'POST' })).status).toBe(201);
  });

  it.each([
    ['at all', 0],
    ['for the copy before it', 256],
  ])(
    'a migration does not begin without room %s, and the database stays as it was',
    async (_what, leaveKib) => {
      const disk = new SmallDisk(8);
      const path = join(disk.folder, 'mortar.db');
      makeOldDatabase(path, 1);
      const connection = new BetterSqlite3(path);
      for (let count = 0; count < 5000; count += 1)
        connection.prepare('insert into clusters values (?, 1, 1, 1)').run(`${count}-${'x'.repeat(100)}`);
      connection.close();
      const before = readFileSync(path);
      disk.fill(leaveKib);
      expect(() => openDatabase({ path, clock: systemClock })).toThrow(/disk is full; free some room/);
      expect(readFileSync(path).equals(before)).toBe(true);
      expect(readdirSync(disk.folder).filter((name) => /\.v1-/.test(name))).toEqual([]);
      disk.free();
      await openDatabase({ path, clock: systemClock }).close();
    },
  );
});

describe('a database that cannot be written', () => {
  it('is refused at start with the file and a remedy', async () => {
    const disk = new SmallDisk(4);
    const path = join(disk.folder, 'mortar.db');
    makeOldDatabase(path, 1);
    disk.remount('ro');
    const { code, stderr } = await new ManagerProcess(path).ended();
    disk.remount('rw');
    expect(code).not.toBe(0);
    expect(stderr).toContain(disk.folder);
    expect(stderr).toMatch(/read-only|may be written/);
  });
});

describe('a damaged database', () => {
  /** A closed database with something in it, and a good backup of it. */
  async function closedDatabase(): Promise<{ path: string; folder: string; backup: string }> {
    const manager = await startManager();
    await loadNodes(manager.wire, 3, 2);
    await manager.wire.finish('/volumes', { body: replica3(2) });
    const backup = (await manager.wire.send('/backups', { method: 'POST' })).json().id as string;
    await manager.app.stop();
    return { path: join(manager.folder, 'mortar.db'), folder: manager.folder, backup };
  }

  it('is refused at start with the newest good backup, and never touched; the command that is named mends it', async () => {
    const { path, backup } = await closedDatabase();
    truncateSync(path, 4096 * 5);
    const before = readFileSync(path);
    const { code, stderr } = await new ManagerProcess(path).ended();
    expect(code).not.toBe(0);
    expect(stderr).toContain(path);
    const [, command = ''] = stderr.match(/newest good backup in .*: mortar (backup restore \w+)/) ?? [];
    expect(command).toBe(`backup restore ${backup}`);
    expect(readFileSync(path)).toEqual(before);
    const restored = await new MortarProcess([...command.split(' '), '--db', path]).ended();
    expect([restored.code, restored.stderr]).toEqual([0, '']);
    const wire = await new ManagerProcess(path).wire();
    expect((await wire.send('/volumes')).json().volumes).toHaveLength(1);
  });

  it('is found whichever page was overwritten', async () => {
    const { path } = await closedDatabase();
    // Pages that nobody uses may hold anything.
    new BetterSqlite3(path).exec('vacuum').close();
    const whole = readFileSync(path);
    const pages = whole.length / 4096;
    const missed: number[] = [];
    for (let page = 0; page < pages; page += 1) {
      const bytes = Buffer.from(whole);
      randomBytes(4096).copy(bytes, page * 4096);
      writeFileSync(path, bytes);
      try {
        await openDatabase({ path, clock: systemClock }).close();
        missed.push(page);
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: 'database.unusable', details: { isDamaged: true } });
        expect(readFileSync(path).equals(bytes), `page ${page}: the file was changed`).toBe(true);
      }
    }
    expect(missed).toEqual([]);
  }, 120_000);

  it.each([
    ['cut off to nothing', (path: string) => truncateSync(path, 0), /the file is empty/],
    ['cut off in the middle of a page', (path: string) => truncateSync(path, 6000), /damaged|malformed/],
    [
      'another file altogether',
      (path: string) => writeFileSync(path, 'x'.repeat(9000)),
      /not an SQLite database/,
    ],
  ])('is refused when it is %s', async (_what, harm, words) => {
    const { path, folder } = await closedDatabase();
    harm(path);
    const before = readFileSync(path);
    await expect(startManager({ folder })).rejects.toThrow(words);
    await expect(startManager({ folder })).rejects.toThrow(/mortar backup restore/);
    expect(readFileSync(path)).toEqual(before);
  });

  it('is refused when only its write-ahead log is left', async () => {
    const path = join(temporaryFolder(), 'mortar.db');
    writeFileSync(`${path}-wal`, 'the newest of it');
    expect(() => openDatabase({ path, clock: systemClock })).toThrow(
      /the file is gone, but its write-ahead log/,
    );
    expect(existsSync(path)).toBe(false);
  });
});

describe('a manager that is killed', () => {
  it('leaves a write-ahead log that the next start takes up: all that was confirmed is there', async () => {
    const path = join(temporaryFolder(), 'mortar.db');
    const first = new ManagerProcess(path);
    const wire = await first.wire();
    const confirmed: string[] = [];
    const writing = Array.from({ length: 4 }, async () => {
      for (;;) {
        const answer = await newCluster(wire).catch(() => undefined);
        if (answer === undefined) return;
        if (answer.status === 201) confirmed.push(answer.json().id as string);
        if (confirmed.length === 200) first.child.kill('SIGKILL');
      }
    });
    await Promise.all(writing);
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);
    const next = await new ManagerProcess(path).wire();
    const known = new Set((await next.send('/clusters')).json().clusters as string[]);
    expect(confirmed.length).toBeGreaterThanOrEqual(200);
    expect(confirmed.filter((id) => !known.has(id))).toEqual([]);
  });

  it('is followed at once by the one that waits for its database', async () => {
    const path = join(temporaryFolder(), 'mortar.db');
    const first = new ManagerProcess(path);
    const id = (await newCluster(await first.wire())).json().id as string;
    const standby = new ManagerProcess(path, { MORTAR_DATABASE_WHEN_LOCKED: 'wait' });
    await standby.says(/waiting for it to end/);
    expect(standby.stdout).toBe('');
    first.child.kill('SIGKILL');
    const wire = await standby.wire();
    expect((await wire.send('/clusters')).json().clusters).toEqual([id]);
  });
});

describe('a second manager on one database', () => {
  it('says so and serves nothing', async () => {
    const path = join(temporaryFolder(), 'mortar.db');
    const first = new ManagerProcess(path);
    const wire = await first.wire();
    const { code, stdout, stderr } = await new ManagerProcess(path).ended();
    expect(code).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/another Mortar works with this database; end it first/);
    expect((await newCluster(wire)).status).toBe(201);
  });
});

describe('secrets', () => {
  it('are in no file of the database and no backup', async () => {
    const secrets = {
      HEKETI_ADMIN_KEY: testKeys.admin,
      HEKETI_USER_KEY: testKeys.user,
      MORTAR_SSH_KEY_PASSPHRASE: 'passphrase-of-the-key',
      MORTAR_AUTH_IAT_LEEWAY_SECONDS: '120',
    };
    const manager = await startManager({ env: secrets });
    const { wire, folder } = manager;
    const { clusterId, nodeIds } = await loadNodes(wire, 3, 2);
    const token = await wire.token('POST', '/volumes');
    const created = await wire.finish('/volumes', {
      token,
      body: replica3(1, { name: 'mine', gid: 2000 }),
      headers: { 'idempotency-key': 'only-once' },
    });
    await wire.finish(`/volumes/${created.json().id as string}/expand`, { body: { expand_size: 1 } });
    await wire.send(`/nodes/${nodeIds[0]}/tags`, { body: { change_type: 'set', tags: { rack: 'r1' } } });
    await wire.send(`/clusters/${clusterId}/flags`, { body: { file: true, block: false } });
    await wire.finish('/volumes', { body: replica3(100_000) });
    await wire.send('/backups', { method: 'POST' });
    const hidden = [testKeys.admin, testKeys.user, secrets.MORTAR_SSH_KEY_PASSPHRASE, token];
    const found = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).isFile())
      // A lock is dropped when another reader of the same process closes the file.
      .filter((path) => !path.endsWith('.lock') && !path.endsWith('mortar.db-shm'))
      .filter((path) => hidden.some((secret) => readFileSync(path).includes(secret)));
    expect(found).toEqual([]);
    expect(readFileSync(join(folder, 'mortar.db-wal')).includes('only-once'), 'the log is looked into').toBe(
      true,
    );
  });
});
