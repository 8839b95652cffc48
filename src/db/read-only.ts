import BetterSqlite3 from 'better-sqlite3';
import { Kysely } from 'kysely';
import { toDatabaseError } from './errors.ts';
import { createReads, type Reads } from './queries.ts';
import type { Schema } from './schema.ts';
import { sqliteDialect } from './sqlite-dialect.ts';

/** Opens a copy of a database, of the newest schema, for reading. @throws AppError `database.unusable`. */
export function openReadOnly(path: string): { readonly read: Reads; close(): void } {
  try {
    const connection = new BetterSqlite3(path, { readonly: true });
    return {
      read: createReads(new Kysely<Schema>({ dialect: sqliteDialect(connection) })),
      close: () => connection.close(),
    };
  } catch (thrown) {
    throw toDatabaseError(thrown, path);
  }
}
