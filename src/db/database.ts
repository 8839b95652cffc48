import { renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { Kysely } from 'kysely';
import type { Clock } from '../lib/clock.ts';
import { checkBeforeOpening } from './checks/opening.ts';
import { copyBeforeMigration } from './copies/before-migration.ts';
import { type CopyFacts, copyDatabase } from './copies/copy.ts';
import { syncFolder } from './copies/durable-file.ts';
import { toDatabaseError } from './errors.ts';
import { FileLock } from './file-lock.ts';
import { GroupWriter } from './group-writer.ts';
import { LogSync } from './log-sync.ts';
import { migrate } from './migrate.ts';
import { createReads, createWrites, type Reads, type Writes } from './queries.ts';
import { QuietLog } from './quiet-log.ts';
import type { Schema } from './schema.ts';
import { readingDialect, sqliteDialect } from './sqlite-dialect.ts';
import { Touched } from './touched.ts';

/** Keeps an index beside the database in step with it. */
export interface ChangeObserver {
  /** Called inside each transaction that changed devices or nodes, before it commits; `reads` sees the change. */
  changed(touched: Touched, reads: Reads): Promise<void>;
  /** Called when the change is durable, for what reads only committed rows. */
  committed?(): void;
}

export interface Database {
  readonly path: string;
  /** There was no database at the path: it was made. */
  readonly isNew: boolean;
  /** Sees what is committed, and tells it when it is durable. */
  readonly read: Reads;
  /**
   * Runs `work` in a transaction: all of it is durable when the promise resolves, none of it when it rejects.
   * `work` waits for nothing but the database (law 2 of the design).
   */
  write<T>(work: (tx: Writes) => Promise<T>): Promise<T>;
  observe(observer: ChangeObserver): void;
  /**
   * A consistent copy in a new file, durable and checked, while the work goes on.
   *
   * @throws AppError `database.unusable`: no file is left then.
   */
  copyTo(path: string): Promise<CopyFacts>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly path: string;
  readonly clock: Clock;
}

/**
 * Opens (and creates or migrates) the SQLite database. A file that is damaged, cut off or of another kind is refused and
 * left as it is; before a migration it is copied.
 *
 * @throws AppError `database.unusable` when another Mortar has it open, it is of a newer version, damaged, or cannot
 * be written.
 */
export function openDatabase({ path, clock }: DatabaseOptions): Database {
  const lock = new FileLock(path);
  try {
    const isNew = !checkBeforeOpening(path);
    if (isNew) createEmpty(path, clock.now());
    const writer = openWriter(path);
    migrate(writer, {
      nowMs: clock.now(),
      before: (version) => copyBeforeMigration(writer, version, clock.now()),
    });
    // From here on the group writer brings commits to the disk; nobody is told of one before that.
    writer.pragma('synchronous = NORMAL');
    const reader = new BetterSqlite3(path, { readonly: true, timeout: 1000 });
    // It reads only while a transaction is open on the other; better-sqlite3 would let it keep 16 MiB, too.
    reader.pragma('cache_size = -2048');
    return new SqliteDatabase({ writer, reader, lock, isNew });
  } catch (thrown) {
    lock.release();
    throw toDatabaseError(thrown, path);
  }
}

/** Makes the file aside, so that at its place there is never half a database, whenever the making is cut off. */
function createEmpty(path: string, nowMs: number): void {
  const aside = `${path}.new`;
  for (const file of [aside, `${aside}-journal`]) rmSync(file, { force: true });
  const connection = new BetterSqlite3(aside);
  try {
    migrate(connection, { nowMs });
  } finally {
    connection.close();
  }
  renameSync(aside, path);
  syncFolder(dirname(path));
}

/** A connection that writes as Mortar does: every commit is on disk when it is told. */
function openWriter(path: string): BetterSqlite3.Database {
  const writer = new BetterSqlite3(path, { timeout: 1000 });
  writer.pragma('journal_mode = WAL');
  writer.pragma('synchronous = FULL');
  writer.pragma('foreign_keys = ON');
  // What a transaction would take back: in a file it would only cost time, since no crash needs it.
  writer.pragma('temp_store = MEMORY');
  return writer;
}

interface OpenParts {
  readonly writer: BetterSqlite3.Database;
  readonly reader: BetterSqlite3.Database;
  readonly lock: FileLock;
  readonly isNew: boolean;
}

class SqliteDatabase implements Database {
  readonly path: string;
  readonly isNew: boolean;
  readonly read: Reads;
  readonly #writer: BetterSqlite3.Database;
  readonly #reader: BetterSqlite3.Database;
  readonly #lock: FileLock;
  readonly #writes: Writes;
  readonly #group: GroupWriter;
  readonly #log: LogSync;
  readonly #quietLog: QuietLog;
  readonly #observers: ChangeObserver[] = [];
  /** What the running job changed, and what all jobs since the last commit changed. */
  readonly #touched = new Touched();
  readonly #touchedInGroup = new Touched();

  constructor({ writer, reader, lock, isNew }: OpenParts) {
    this.path = writer.name;
    this.isNew = isNew;
    this.#writer = writer;
    this.#reader = reader;
    this.#lock = lock;
    this.#log = new LogSync(writer.name);
    const durable = () => this.#group.durable;
    const dialect = readingDialect({ writer, reader, durable });
    this.read = createReads(new Kysely<Schema>({ dialect }));
    this.#writes = createWrites(new Kysely<Schema>({ dialect: sqliteDialect(writer) }), this.#touched);
    this.#group = new GroupWriter(writer, {
      begin: () => this.#touched.clear(),
      beforeCommit: () => this.#beforeCommit(),
      committed: () => this.#committed(),
      sync: () => this.#sync(),
      rolledBack: () => this.#rolledBack(),
    });
    this.#quietLog = new QuietLog(writer, {
      isBusy: () => writer.inTransaction || this.#group.durable !== undefined,
    });
  }

  write<T>(work: (tx: Writes) => Promise<T>): Promise<T> {
    return this.#group.write(() => work(this.#writes));
  }

  observe(observer: ChangeObserver): void {
    this.#observers.push(observer);
  }

  copyTo(path: string): Promise<CopyFacts> {
    return copyDatabase(this.path, path);
  }

  async close(): Promise<void> {
    await this.#group.close();
    this.#quietLog.close();
    this.#log.close();
    this.#reader.close();
    this.#writer.close();
    this.#lock.release();
  }

  async #sync(): Promise<void> {
    try {
      await this.#log.sync();
    } catch (thrown) {
      // Nobody knows what of the log is on the disk: it must not get into the database.
      this.#quietLog.close();
      throw thrown;
    }
    this.#quietLog.written();
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
