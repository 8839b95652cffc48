import type { Migration } from '../migrate.ts';

/** What is asked for at every end of an operation, or of all volumes, is found without reading whole tables. */
export const indexesMigration: Migration = {
  version: 5,
  name: 'indexes',
  statements: [
    'create index bricks_by_operation on bricks (operation_id) where operation_id is not null',
    'create index volumes_listed on volumes (id, phase, cluster_id)',
  ],
};
