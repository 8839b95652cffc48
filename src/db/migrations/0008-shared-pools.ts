import type { Migration } from '../migrate.ts';

/** A brick that lives in the thin pool of another (a clone's) takes no room of its own: its pool has 0 KiB. */
export const sharedPoolsMigration: Migration = {
  version: 8,
  name: 'shared-pools',
  statements: [
    `create table bricks_anew (
      id text primary key,
      volume_id text references volumes (id),
      device_id text not null references devices (id),
      set_index integer not null,
      position integer not null,
      kind text not null check (kind in ('data', 'arbiter')),
      size_kib bigint not null check (size_kib > 0),
      pool_kib bigint not null check (pool_kib >= 0),
      metadata_kib bigint not null check (metadata_kib >= 0),
      pool_name text not null,
      lv_name text not null,
      path text not null,
      phase text not null check (phase in ('creating', 'ready', 'deleting')),
      operation_id text)`,
    `insert into bricks_anew (id, volume_id, device_id, set_index, position, kind, size_kib, pool_kib, metadata_kib, pool_name, lv_name,
        path, phase, operation_id)
      select id, volume_id, device_id, set_index, position, kind, size_kib, pool_kib, metadata_kib, pool_name, lv_name, path, phase,
        operation_id from bricks`,
    'drop table bricks',
    'alter table bricks_anew rename to bricks',
    'create index bricks_by_volume on bricks (volume_id, set_index, position)',
    'create index bricks_by_device on bricks (device_id, pool_kib, metadata_kib)',
    'create index bricks_by_operation on bricks (operation_id) where operation_id is not null',
    'create index bricks_by_pool on bricks (device_id, pool_name)',
  ],
};
