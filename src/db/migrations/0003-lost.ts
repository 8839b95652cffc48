import type { Migration } from '../migrate.ts';

/** Nodes and disks that are gone for good, and operations that are paused. Never edited once released. */
export const lostMigration: Migration = {
  version: 3,
  name: 'lost',
  statements: [
    'alter table nodes add column lost_at_ms bigint',
    'alter table devices add column lost_at_ms bigint',
    'alter table operations add column paused integer not null default 0 check (paused in (0, 1))',
  ],
};
