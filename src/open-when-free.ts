import { newestGood } from './backup/newest-good.ts';
import type { Config } from './config/config.ts';
import { createBackupTarget } from './create-backups.ts';
import type { CopyManifest } from './db/copies/manifest.ts';
import { type Database, openDatabase } from './db/database.ts';
import { AppError } from './errors.ts';
import type { Clock } from './lib/clock.ts';
import type { Log } from './lib/log.ts';

const lockPauseMs = 1000;
/** Longer nobody waits for the store of backups before being told what is wrong with the database. */
const lookAtMostMs = 20_000;

/**
 * Opens the database; while another Mortar has it, waits or fails as configured. For a damaged one the error names the
 * newest good backup, and a new one is remarked upon where there are backups of an old one.
 *
 * @throws AppError `database.unusable`.
 */
export async function openWhenFree(
  config: Config,
  { clock, log }: { clock: Clock; log: Log },
): Promise<Database> {
  const { path, whenLocked } = config.database;
  for (let tries = 0; ; tries += 1) {
    try {
      const database = openDatabase({ path, clock });
      if (database.isNew) await remarkOnBackups(config, log);
      return database;
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
      if (thrown.details.isDamaged === true) throw await withBackup(thrown, config);
      if (thrown.details.isLocked !== true || whenLocked === 'fail') throw thrown;
      if (tries === 0) log.warn({ path }, 'another Mortar works with the database: waiting for it to end');
      await clock.sleep(lockPauseMs);
    }
  }
}

/** Looks for the newest good backup. @throws when the store does not answer in time. */
async function lookForNewest(config: Config): Promise<CopyManifest | undefined> {
  const target = createBackupTarget(config);
  const tooLong = new AbortController();
  const timer = setTimeout(() => tooLong.abort(new Error('it does not answer')), lookAtMostMs);
  try {
    return await new Promise((resolve, reject) => {
      tooLong.signal.addEventListener('abort', () => reject(tooLong.signal.reason as Error));
      newestGood(target).then(resolve, reject);
    });
  } finally {
    clearTimeout(timer);
    target.close();
  }
}

async function describeNewest(config: Config): Promise<string> {
  const { description } = createBackupTarget(config);
  try {
    const newest = await lookForNewest(config);
    if (newest === undefined) return `There is no good backup in ${description}.`;
    return `The newest good backup in ${description} is ${newest.name} of ${newest.createdAt}: mortar backup restore ${newest.id}`;
  } catch (thrown) {
    return `Whether there is a backup in ${description} cannot be told: ${(thrown as Error).message}`;
  }
}

async function withBackup(error: AppError, config: Config): Promise<AppError> {
  const { code, message, details, status, cause } = error;
  return new AppError(code, `${message}. ${await describeNewest(config)}`, { details, status, cause });
}

/** An empty database where there was a full one once must not go unnoticed. */
async function remarkOnBackups(config: Config, log: Log): Promise<void> {
  const newest = await lookForNewest(config).catch(() => undefined);
  if (newest === undefined) return;
  log.warn(
    { path: config.database.path, backup: newest.name, objects: newest.objects },
    'there was no database, so an empty one was made; but there are backups: stop Mortar and restore one if the database was lost',
  );
}
