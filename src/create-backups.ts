import { dirname } from 'node:path';
import { Backups } from './backup/backups.ts';
import { FolderTarget } from './backup/folder-target.ts';
import { S3Target } from './backup/s3/s3-target.ts';
import { BackupSchedule } from './backup/schedule.ts';
import type { BackupTarget } from './backup/target.ts';
import type { Config } from './config/config.ts';
import type { Database } from './db/database.ts';
import type { Clock } from './lib/clock.ts';
import type { Log } from './lib/log.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The place for backups that the configuration names. */
export function createBackupTarget({ backup, database, secrets }: Config): BackupTarget {
  if (backup.s3 === undefined) return new FolderTarget(backup.folder);
  return new S3Target({
    ...backup.s3,
    secretKey: secrets.s3SecretKey?.reveal() ?? '',
    stagingFolder: dirname(database.path),
  });
}

interface BackupParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
}

export function createBackups(
  config: Config,
  { database, clock, log }: BackupParts,
): { backups: Backups; backupSchedule: BackupSchedule } {
  const { keepCount, keepDays, intervalHours } = config.backup;
  const settings = { keepCount, keepMs: keepDays === 0 ? Number.POSITIVE_INFINITY : keepDays * dayMs };
  const backups = new Backups({ database, target: createBackupTarget(config), settings, clock, log });
  return {
    backups,
    backupSchedule: new BackupSchedule(backups, { intervalMs: intervalHours * hourMs, clock, log }),
  };
}
