import type BetterSqlite3 from 'better-sqlite3';
import { AppError } from '../errors.ts';
import { volumesMigration } from './migrations/0001-volumes.ts';

/** One step of the schema. Released migrations are never edited; a change is a new one. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly statements: readonly string[];
}

export const migrations: readonly Migration[] = [volumesMigration];

const latestVersion = Math.max(...migrations.map((migration) => migration.version));

/**
 * Brings the schema up to date, each migration in a transaction that inserts its version row first. An existing
 * database is copied to `<path>.before-v<N>` beforehand; a database of a newer Mortar is refused untouched.
 */
export function migrate(connection: BetterSqlite3.Database, nowMs: number): void {
  connection.exec(
    'create table if not exists schema_versions (version integer primary key, name text not null, applied_at_ms bigint not null)',
  );
  const present = connection.prepare('select max(version) from schema_versions').pluck().get() as
    | number
    | null;
  const from = present ?? 0;
  if (from > latestVersion) {
    throw new AppError(
      'database.unusable',
      `${connection.name}: the schema has version ${from}, this Mortar knows versions up to ${latestVersion}; use the newer Mortar, or restore the backup made before the upgrade`,
    );
  }
  if (from === latestVersion) return;
  if (from > 0) connection.prepare('vacuum into ?').run(`${connection.name}.before-v${latestVersion}`);
  for (const migration of migrations.filter(({ version }) => version > from)) {
    connection.transaction(() => {
      connection
        .prepare('insert into schema_versions (version, name, applied_at_ms) values (?, ?, ?)')
        .run(migration.version, migration.name, nowMs);
      for (const statement of migration.statements) connection.exec(statement);
    })();
  }
}
