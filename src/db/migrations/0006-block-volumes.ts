import type { Migration } from '../migrate.ts';

/**
 * Block volumes, and what their hosting volumes keep back. Passwords are not here: the nodes know them. Never edited once
 * released.
 */
export const blockVolumesMigration: Migration = {
  version: 6,
  name: 'block-volumes',
  statements: [
    `alter table volumes add column block_restriction text not null default ''
      check (block_restriction in ('', 'locked', 'locked-by-update'))`,
    `alter table volumes add column block_reserved_gib integer not null default 0 check (block_reserved_gib >= 0)`,
    `update volumes set block_reserved_gib = size_gib - size_gib * 98 / 100 where block = 1`,
    `create table block_volumes (
      id text primary key,
      cluster_id text not null references clusters (id),
      hosting_volume_id text not null references volumes (id),
      name text not null,
      size_gib integer not null check (size_gib >= 1),
      usable_gib integer not null check (usable_gib >= 0),
      taken_gib integer not null check (taken_gib >= size_gib),
      ha_count integer not null check (ha_count >= 0),
      auth integer not null check (auth in (0, 1)),
      hosts text not null,
      iqn text not null,
      lun integer not null check (lun >= 0),
      username text not null,
      phase text not null check (phase in ('creating', 'ready', 'expanding', 'deleting')),
      operation_id text,
      created_at_ms bigint not null,
      unique (hosting_volume_id, name))`,
    'create index block_volumes_listed on block_volumes (cluster_id, id, phase)',
  ],
};
