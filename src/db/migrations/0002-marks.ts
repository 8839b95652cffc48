import type { Migration } from '../migrate.ts';

/** Marks on the database as a whole: that it was restored from a backup and has to be reconciled with the nodes. */
export const marksMigration: Migration = {
  version: 2,
  name: 'marks',
  statements: [
    `create table marks (
      name text primary key,
      value text not null,
      set_at_ms bigint not null)`,
  ],
};
