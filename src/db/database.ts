import BetterSqlite3 from 'better-sqlite3';
import { Kysely } from 'kysely';
import type { Clock } from '../lib/clock.ts';
import { toDatabaseError } from './errors.ts';
import { FileLock } from './file-lock.ts';
import { GroupWriter } from './group-writer.ts';
import { migrate } from './migrate.ts';
import { createReads, createWrites, type Reads, type Writes } from './queries.ts';
import type { Schema } from './schema.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import { Touched } from './touched.ts';

/** Keeps an index beside the database in step with it. */
export interface ChangeObserver {
  /** Called inside each transaction that changed devices or nodes, before it commits; `reads` sees the change. */
  changed(touched: Touched, reads: Reads): Promise<void>;
  /** Called when the change is durable, for what reads only committed rows. */
  committed?(): void;
}

export interface Database {
  /** Sees what is committed, nothing else. */
  readonly read: Reads;
  /**
   * Runs `work` in a transaction: all of it is durable when the promise resolves, none of it when it rejects.
   * `work` waits for nothing but the database (law 2 of the design).
   */
  write<T>(work: (tx: Writes) => Promise<T>): Promise<T>;
  observe(observer: ChangeObserver): void;
  /** A consistent copy in a new file. */
  copyTo(path: string): Promise<void>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly path: string;
  readonly clock: Clock;
}

/**
 * Opens (and creates or migrates) the SQLite database.
 *
 * @throws AppError `database.unusable` when another Mortar has it open, it is of a newer version, damaged, or cannot
 * be written.
 */
export function openDatabase({ path, clock }: DatabaseOptions): Database {
  const lock = new FileLock(`${path}.lock`);
  try {
    const writer = new BetterSqlite3(path, { timeout: 1000 });
    writer.pragma('journal_mode = WAL');
    writer.pragma('synchronous = FULL');
    writer.pragma('foreign_keys = ON');
    migrate(writer, clock.now());
    const reader = new BetterSqlite3(path, { readonly: true, timeout: 1000 });
    return new SqliteDatabase(writer, reader, lock);
  } catch (thrown) {
    lock.release();
    throw toDatabaseError(thrown, path);
  }
}

class SqliteDatabase implements Database {
  readonly read: Reads;
  readonly #writer: BetterSqlite3.Database;
  readonly #reader: BetterSqlite3.Database;
  readonly #lock: FileLock;
  readonly #writes: Writes;
  readonly #group: GroupWriter;
  readonly #observers: ChangeObserver[] = [];
  /** What the running job changed, and what all jobs since the last commit changed. */
  readonly #touched = new Touched();
  readonly #touchedInGroup = new Touched();

  constructor(writer: BetterSqlite3.Database, reader: BetterSqlite3.Database, lock: FileLock) {
    this.#writer = writer;
    this.#reader = reader;
    this.#lock = lock;
    this.read = createReads(new Kysely<Schema>({ dialect: sqliteDialect(reader) }));
    this.#writes = createWrites(new Kysely<Schema>({ dialect: sqliteDialect(writer) }), this.#touched);
    this.#group = new GroupWriter(writer, {
      begin: () => this.#touched.clear(),
      beforeCommit: () => this.#beforeCommit(),
      committed: () => this.#committed(),
      rolledBack: () => this.#rolledBack(),
    });
  }

  write<T>(work: (tx: Writes) => Promise<T>): Promise<T> {
    return this.#group.write(() => work(this.#writes));
  }

  observe(observer: ChangeObserver): void {
    this.#observers.push(observer);
  }

  async copyTo(path: string): Promise<void> {
    await this.#reader.backup(path);
  }

  async close(): Promise<void> {
    await this.#group.close();
    this.#reader.close();
    this.#writer.close();
    this.#lock.release();
  }

  async #beforeCommit(): Promise<void> {
    if (this.#touched.isEmpty) return;
    this.#touchedInGroup.addAll(this.#touched);
    for (const observer of this.#observers) await observer.changed(this.#touched, this.#writes);
  }

  #committed(): void {
    if (this.#touchedInGroup.isEmpty) return;
    this.#touchedInGroup.clear();
    for (const observer of this.#observers) observer.committed?.();
  }

  async #rolledBack(): Promise<void> {
    if (this.#touchedInGroup.isEmpty) return;
    for (const observer of this.#observers) await observer.changed(this.#touchedInGroup, this.read);
    this.#touchedInGroup.clear();
  }
}
