import type { Migration } from '../migrate.ts';

/** What the doctor found at its last look, and since when it is there. */
export const findingsMigration: Migration = {
  version: 4,
  name: 'findings',
  statements: [
    `create table findings (
      id text primary key,
      document text not null,
      first_seen_ms bigint not null,
      last_seen_ms bigint not null)`,
  ],
};
