import type { Migration } from '../migrate.ts';

/** Bricks of managed volumes that others made: they are on no device and take no room of one. Never edited once released. */
export const foreignBricksMigration: Migration = {
  version: 9,
  name: 'foreign-bricks',
  statements: [
    `create table foreign_bricks (
      volume_id text not null references volumes (id) on delete cascade,
      node_id text not null references nodes (id),
      set_index integer not null,
      position integer not null,
      kind text not null check (kind in ('data', 'arbiter')),
      name text not null,
      on_delete text not null check (on_delete in ('keep', 'remove')),
      primary key (volume_id, set_index, position))`,
    'create index foreign_bricks_by_node on foreign_bricks (node_id)',
  ],
};
