import BetterSqlite3 from 'better-sqlite3';
import { toDatabaseError } from '../errors.ts';
import type { RestoredMark } from '../marks.ts';
import { migrate, schemaVersion } from '../migrate.ts';
import { sealed } from './durable-file.ts';

/**
 * Makes a copy ready to be the database: migrates it to the schema of this program and marks it as restored, so that the
 * manager that opens it resumes nothing before it was reconciled with the nodes.
 *
 * @returns the version that the schema had.
 * @throws AppError `database.unusable` when the schema is newer than this program.
 */
export function makeRestored(path: string, mark: RestoredMark): number {
  try {
    const connection = new BetterSqlite3(path);
    try {
      const version = schemaVersion(connection);
      migrate(connection, { nowMs: mark.restoredAtMs });
      connection
        .prepare("insert or replace into marks (name, value, set_at_ms) values ('restored', ?, ?)")
        .run(JSON.stringify(mark), mark.restoredAtMs);
      return version;
    } finally {
      connection.close();
      sealed(path);
    }
  } catch (thrown) {
    throw toDatabaseError(thrown, path);
  }
}
