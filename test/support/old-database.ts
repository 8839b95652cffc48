import BetterSqlite3 from 'better-sqlite3';
import { migrate } from '../../src/db/migrate.ts';

/** One row in each table of version 1, in the columns that it had then. Never edited: these are databases of the past. */
const firstRows = `
  insert into clusters values ('c1', 1, 0, 1000);
  insert into nodes values ('n1', 'c1', 1, 'online', 'ready', '{"rack":"r1"}', null, 1000);
  insert into node_names values ('manage', 'node1', 'n1', 0), ('storage', '192.0.2.1', 'n1', 0);
  insert into devices values
    ('d1', 'n1', '/dev/sdb', 'online', 'ready', '{}', 104857600, 0, 4096, 'pv-1', '["/dev/sdb"]', null, 1000);
  insert into volumes values
    ('v1', 'c1', 'first', 4, '{"type":"none"}', '{"type":"none"}', 0, 0, 1, 0, '["",""]', 'soft', null, 64, 'uuid-1',
     'ready', null, 1000);
  insert into bricks values
    ('b1', 'v1', 'd1', 0, 0, 'data', 4194304, 4194304, 24576, 'tp_b1', 'brick_b1', '/mnt/b1/brick', 'ready', null);
  insert into operations (id, kind, state, cluster_id, target_kind, target_id, parent_id, input, attempt, stage,
      stage_count, pivot, error, result_path, warnings, cancel_requested, waiting_reason, tries, next_try_at_ms,
      lease_owner, lease_until_ms, created_at_ms, started_at_ms, finished_at_ms)
    values ('o1', 'volume.create', 'done', 'c1', 'volume', 'v1', null, '{"size":4}', 0, 2, 2, 2, null, '/volumes/v1',
      '[]', 0, null, 0, null, null, null, 1000, 1000, 2000);
  insert into steps values ('o1', 0, 0, 0, 'brick.make', 'n1', '{}', 'done', null, null);
  insert into idempotency_keys values ('key-1', 'abc', 'o1', null, 1000);`;

/** Rows that tables had from a version on. A migration that brings a table adds a row for it here. */
const rowsSince: Readonly<Record<number, string>> = {
  1: firstRows,
  2: `insert into marks values ('sample', '{}', 1000)`,
  6: `insert into block_volumes values
    ('bv1', 'c1', 'v1', 'disk', 2, 2, 2, 1, 0, '["192.0.2.1"]', 'iqn.2016-12.org.gluster-block:x', 0, 'x', 'ready', null, 1000)`,
  9: `insert into foreign_bricks values ('v1', 'n1', 1, 0, 'data', '192.0.2.1:/srv/first', 'keep')`,
};

/** Makes a database as a Mortar of that schema left it, with a row in each table. */
export function makeOldDatabase(path: string, version: number): void {
  const connection = new BetterSqlite3(path);
  connection.pragma('journal_mode = WAL');
  for (let step = 1; step <= version; step += 1) {
    migrate(connection, { nowMs: 500, upTo: step });
    const rows = rowsSince[step];
    if (rows !== undefined) connection.exec(rows);
  }
  connection.close();
}
