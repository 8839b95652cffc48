import { closeSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { newId } from '../../lib/ids.ts';
import type { ObjectCounts } from '../checks/inspect.ts';
import { countsQuery } from '../checks/queries.ts';
import { toDatabaseError } from '../errors.ts';
import { sealed, syncFolder, writeDurably } from './durable-file.ts';
import { type CopyManifest, manifestName, manifestText, timeStamp } from './manifest.ts';

/** So many copies made before migrations are kept. */
const kept = 5;

/**
 * Copies a database that is about to be migrated to `<path>.v<version>-<time>.db` with its manifest beside it, and forgets
 * the oldest of such copies. Nothing else may be going on: it blocks.
 *
 * @returns the path of the copy.
 * @throws AppError `database.unusable` when there is no room for it.
 */
export function copyBeforeMigration(
  connection: BetterSqlite3.Database,
  fromVersion: number,
  nowMs: number,
): string {
  const prefix = `${connection.name}.v`;
  const path = `${prefix}${fromVersion}-${timeStamp(nowMs)}.db`;
  const part = `${path}.part`;
  try {
    removeParts(prefix);
    closeSync(openSync(part, 'wx', 0o600));
    connection.prepare('vacuum into ?').run(part);
    const objects = connection.prepare(countsQuery).get() as ObjectCounts;
    const manifest: CopyManifest = {
      format: 1,
      id: newId(),
      name: basename(path),
      createdAt: new Date(nowMs).toISOString(),
      reason: 'migration',
      schemaVersion: fromVersion,
      objects,
      ...sealed(part),
    };
    writeDurably(manifestName(path), manifestText(manifest));
    renameSync(part, path);
    syncFolder(dirname(path));
  } catch (thrown) {
    for (const file of [part, manifestName(path)]) rmSync(file, { force: true });
    throw toDatabaseError(thrown, path);
  }
  forgetOldest(prefix, path);
  return path;
}

/** What a start that was cut off left. */
function removeParts(prefix: string): void {
  for (const name of readdirSync(dirname(prefix))) {
    if (name.startsWith(basename(prefix)) && name.endsWith('.db.part')) rmSync(join(dirname(prefix), name));
  }
}

function forgetOldest(prefix: string, newest: string): void {
  const folder = dirname(prefix);
  const pattern = /^\d+-\d{8}T\d{6}Z\.db$/;
  const names = readdirSync(folder)
    .filter((name) => name.startsWith(basename(prefix)) && pattern.test(name.slice(basename(prefix).length)))
    .filter((name) => join(folder, name) !== newest)
    .sort((a, b) => timeOf(b).localeCompare(timeOf(a)));
  for (const name of names.slice(kept - 1)) {
    rmSync(join(folder, manifestName(name)), { force: true });
    rmSync(join(folder, name), { force: true });
  }
}

const timeOf = (name: string): string => name.slice(-'20261121T081437Z.db'.length);
