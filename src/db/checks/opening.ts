import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { AppError } from '../../errors.ts';
import { toDatabaseError } from '../errors.ts';
import { refuseNewerSchema, schemaVersion } from '../migrate.ts';

/** The file that a restore is about to put in the place of the database. */
export const restoringFile = (path: string): string => `${path}.restoring`;
/** The write-ahead log, which belongs to the database as its newest part. */
export const walFile = (path: string): string => `${path}-wal`;

const sizeOf = (path: string): number => (existsSync(path) ? statSync(path).size : 0);
const magic = 'SQLite format 3\0';

const damaged = (path: string, words: string): AppError =>
  new AppError('database.unusable', `${path}: ${words}`, { details: { isDamaged: true }, status: 503 });

/**
 * Looks at a database file before it is opened for writing, and changes nothing: an interrupted restore, a file that is
 * gone or cut off, another kind of file, damaged pages, a newer schema.
 *
 * @returns whether there is a database; false: it can be made.
 * @throws AppError `database.unusable` with what is wrong and what to do; `details.isDamaged` when a backup would help.
 */
export function checkBeforeOpening(path: string): boolean {
  if (existsSync(restoringFile(path))) {
    throw damaged(
      path,
      `a restore was interrupted (${restoringFile(path)} is there); repeat it: mortar backup restore`,
    );
  }
  if (!existsSync(path)) {
    if (sizeOf(walFile(path)) === 0) return false;
    throw damaged(
      path,
      `the file is gone, but its write-ahead log ${walFile(path)} is there; put the file back, or restore a backup`,
    );
  }
  if (sizeOf(path) === 0) {
    throw damaged(
      path,
      'the file is empty: it was cut off. Restore a backup; or remove the file to begin with an empty database',
    );
  }
  refuseOtherFiles(path);
  lookInside(path);
  return true;
}

function refuseOtherFiles(path: string): void {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(magic.length);
    readSync(file, head, 0, head.length, 0);
    if (head.toString('latin1') === magic) return;
  } finally {
    closeSync(file);
  }
  throw damaged(
    path,
    'the file is not an SQLite database; check database.path, or restore a backup. It was not touched',
  );
}

function lookInside(path: string): void {
  const connection = new BetterSqlite3(path, { readonly: true, timeout: 1000 });
  try {
    refuseNewerSchema(path, schemaVersion(connection));
    const [first] = connection
      .prepare("select quick_check as problem from pragma_quick_check where quick_check <> 'ok'")
      .pluck()
      .all() as string[];
    if (first === undefined) return;
    throw damaged(path, `the file is damaged: ${first.replaceAll('\n', ' ')}; restore a backup`);
  } catch (thrown) {
    throw toDatabaseError(thrown, path);
  } finally {
    connection.close();
  }
}
