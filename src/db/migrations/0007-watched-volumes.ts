import type { Migration } from '../migrate.ts';

/** Gluster volumes that others made and that are watched. Never edited once released. */
export const watchedVolumesMigration: Migration = {
  version: 7,
  name: 'watched-volumes',
  statements: [
    `create table watched_volumes (
      gluster_uuid text primary key,
      cluster_id text not null references clusters (id) on delete cascade,
      name text not null,
      bricks text not null,
      since_ms bigint not null)`,
  ],
};
