import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { AppError } from '../errors.ts';
import { type DatabaseProblem, inspectFile } from './checks/inspect.ts';
import { checkBeforeOpening } from './checks/opening.ts';
import { copyBeforeMigration } from './copies/before-migration.ts';
import { copyDatabase } from './copies/copy.ts';
import { FileLock } from './file-lock.ts';
import { type Migration, migrate } from './migrate.ts';

export interface MigrationReport {
  readonly from: number;
  readonly to: number;
  /** What was run, in order. */
  readonly ran: readonly Pick<Migration, 'version' | 'name'>[];
  /** The copy that was made before; undefined when nothing was run, or on a scratch copy. */
  readonly copy: string | undefined;
  /** Faults of the migrated database. */
  readonly problems: readonly DatabaseProblem[];
}

function refuseMissing(path: string): void {
  if (checkBeforeOpening(path)) return;
  throw new AppError(
    'database.unusable',
    `${path}: there is no database; check database.path (--config, --db)`,
  );
}

function migrateClosed(path: string, nowMs: number, isCopied: boolean): Omit<MigrationReport, 'problems'> {
  const connection = new BetterSqlite3(path, { timeout: 1000 });
  let copy: string | undefined;
  try {
    const run = migrate(connection, {
      nowMs,
      before: (version) => {
        if (isCopied) copy = copyBeforeMigration(connection, version, nowMs);
      },
    });
    return { ...run, ran: run.ran.map(({ version, name }) => ({ version, name })), copy };
  } finally {
    connection.close();
  }
}

/**
 * Migrates the database of a manager that does not run, after a copy, and looks for faults afterwards.
 *
 * @throws AppError `database.unusable`, also while a manager has it open.
 */
export async function migrateFile(path: string, nowMs: number): Promise<MigrationReport> {
  const lock = new FileLock(path);
  try {
    refuseMissing(path);
    const report = migrateClosed(path, nowMs, true);
    const { problems } = await inspectFile(path, { content: true });
    return { ...report, problems };
  } finally {
    lock.release();
  }
}

/**
 * Does the same to a scratch copy; the database is not changed and may be in use, so a new program can be tried on it
 * while the old one runs.
 *
 * @param scratchFolder where there is room for a copy.
 * @throws AppError `database.unusable`.
 */
export async function tryMigration(
  path: string,
  { nowMs, scratchFolder }: { nowMs: number; scratchFolder: string },
): Promise<MigrationReport> {
  refuseMissing(path);
  const folder = await mkdtemp(join(scratchFolder, 'mortar-migrate-'));
  const scratch = join(folder, 'scratch.db');
  try {
    await copyDatabase(path, scratch);
    const report = migrateClosed(scratch, nowMs, false);
    const { problems } = await inspectFile(scratch, { content: true });
    return { ...report, problems };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
