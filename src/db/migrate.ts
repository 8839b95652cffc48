import type BetterSqlite3 from 'better-sqlite3';
import { AppError } from '../errors.ts';
import { toDatabaseError } from './errors.ts';
import { latestVersion, migrations } from './migrations/all.ts';

/** One step of the schema. Released migrations are never edited; a change is a new one. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly statements: readonly string[];
}

interface MigrateOptions {
  readonly nowMs: number;
  /** The version to end at; the newest when absent. */
  readonly upTo?: number;
  /** Called before the first migration of a database that has something in it. */
  readonly before?: (fromVersion: number) => void;
}

interface MigrationRun {
  readonly from: number;
  readonly to: number;
  readonly ran: readonly Migration[];
}

/**
 * The version of the schema in a database; 0 for an empty one.
 *
 * @throws AppError `database.unusable` when it is the database of another program.
 */
export function schemaVersion(connection: BetterSqlite3.Database): number {
  const tables = connection
    .prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'")
    .pluck()
    .all();
  if (tables.length === 0) return 0;
  if (!tables.includes('schema_versions')) {
    throw new AppError(
      'database.unusable',
      `${connection.name}: this is an SQLite database, but not one of Mortar (it has the tables ${tables.slice(0, 5).join(', ')}); give Mortar a file of its own (database.path, --db)`,
    );
  }
  return (connection.prepare('select max(version) from schema_versions').pluck().get() as number | null) ?? 0;
}

/** @throws AppError `database.unusable` when the schema is newer than this program. */
export function refuseNewerSchema(path: string, version: number): void {
  if (version <= latestVersion) return;
  throw new AppError(
    'database.unusable',
    `${path}: the schema has version ${version}, this Mortar knows versions up to ${latestVersion}; use the newer Mortar, or restore the backup made before the upgrade`,
  );
}

/** What would be run to bring a schema up to date. */
export const pendingMigrations = (from: number, upTo = latestVersion): Migration[] =>
  migrations.filter(({ version }) => version > from && version <= upTo);

/**
 * Brings the schema up to date, each migration in a transaction that inserts its version row first and ends with a check
 * of all foreign keys. What fails is undone; the migrations before it stay.
 *
 * @throws AppError `database.unusable` when the schema is newer than this program, or a migration fails.
 */
export function migrate(
  connection: BetterSqlite3.Database,
  { nowMs, upTo, before }: MigrateOptions,
): MigrationRun {
  const from = schemaVersion(connection);
  refuseNewerSchema(connection.name, from);
  const pending = pendingMigrations(from, upTo);
  if (pending.length === 0) return { from, to: from, ran: [] };
  if (from > 0) before?.(from);
  // A migration may have to rebuild a table that others refer to.
  connection.pragma('foreign_keys = OFF');
  try {
    for (const migration of pending) runOrExplain(connection, migration, nowMs);
  } finally {
    connection.pragma('foreign_keys = ON');
  }
  return { from, to: pending.at(-1)?.version ?? from, ran: pending };
}

function runOrExplain(connection: BetterSqlite3.Database, migration: Migration, nowMs: number): void {
  try {
    runMigration(connection, migration, nowMs);
  } catch (thrown) {
    const error = toDatabaseError(thrown, connection.name);
    if (error instanceof AppError) throw error;
    const words = thrown instanceof Error ? thrown.message : String(thrown);
    throw new AppError(
      'database.unusable',
      `${connection.name}: migration ${migration.version} (${migration.name}) failed: ${words}; it was undone, use the Mortar that made this database and report it`,
      { cause: thrown },
    );
  }
}

function runMigration(connection: BetterSqlite3.Database, migration: Migration, nowMs: number): void {
  const { version, name, statements } = migration;
  const run = connection.transaction(() => {
    if (version === 1) {
      connection.exec(
        'create table schema_versions (version integer primary key, name text not null, applied_at_ms bigint not null)',
      );
    }
    connection
      .prepare('insert into schema_versions (version, name, applied_at_ms) values (?, ?, ?)')
      .run(version, name, nowMs);
    for (const statement of statements) connection.exec(statement);
    const broken = connection.pragma('foreign_key_check') as readonly { table: string; parent: string }[];
    if (broken[0] !== undefined) {
      const { table, parent } = broken[0];
      throw new AppError(
        'database.unusable',
        `${connection.name}: migration ${version} (${name}) would leave ${broken.length} rows of ${table} that name something missing in ${parent}; nothing was changed`,
      );
    }
  });
  run.immediate();
}
