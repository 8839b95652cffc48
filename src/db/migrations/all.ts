import type { Migration } from '../migrate.ts';
import { volumesMigration } from './0001-volumes.ts';
import { marksMigration } from './0002-marks.ts';
import { lostMigration } from './0003-lost.ts';
import { findingsMigration } from './0004-findings.ts';
import { indexesMigration } from './0005-indexes.ts';
import { blockVolumesMigration } from './0006-block-volumes.ts';
import { watchedVolumesMigration } from './0007-watched-volumes.ts';
import { sharedPoolsMigration } from './0008-shared-pools.ts';
import { foreignBricksMigration } from './0009-foreign-bricks.ts';

/** All migrations in the order in which they run. */
export const migrations: readonly Migration[] = [
  volumesMigration,
  marksMigration,
  lostMigration,
  findingsMigration,
  indexesMigration,
  blockVolumesMigration,
  watchedVolumesMigration,
  sharedPoolsMigration,
  foreignBricksMigration,
];

/** The schema that this program works with. */
export const latestVersion = Math.max(...migrations.map(({ version }) => version));
