import { statSync } from 'node:fs';
import type BetterSqlite3 from 'better-sqlite3';

export interface QuietLogOptions {
  /** The log is looked at when nothing was committed for so long, or at the latest after twice the time. */
  readonly quietMs?: number;
  /** A smaller log is not worth two syncs of the disk. */
  readonly keptBytes?: number;
  /** Something is committed right now, or on its way to the disk. */
  isBusy(): boolean;
}

/**
 * Empties SQLite's write-ahead log when nobody has written for a while: by itself it keeps the size that it once had, 4 MiB and
 * more. What is in it is brought into the database before, both made durable by SQLite.
 */
export class QuietLog {
  readonly #connection: BetterSqlite3.Database;
  readonly #options: Required<QuietLogOptions>;
  #timer: NodeJS.Timeout | undefined;
  #wasWritten = false;
  #isClosed = false;

  /** @param connection the one that writes. */
  constructor(connection: BetterSqlite3.Database, options: QuietLogOptions) {
    this.#connection = connection;
    this.#options = { quietMs: 5000, keptBytes: 512 * 1024, ...options };
  }

  /** Something was committed, and is on the disk. */
  written(): void {
    this.#wasWritten = true;
    this.#look();
  }

  /** Leaves the log alone from now on. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #look(): void {
    if (this.#isClosed || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const isQuiet = !this.#wasWritten && !this.#options.isBusy();
      this.#wasWritten = false;
      if (!isQuiet || !this.#empty()) this.#look();
    }, this.#options.quietMs).unref();
  }

  /** @returns whether there is nothing left to do until the next commit. */
  #empty(): boolean {
    const { size } = statSync(`${this.#connection.name}-wal`, { throwIfNoEntry: false }) ?? { size: 0 };
    if (size < this.#options.keptBytes) return true;
    // Whoever reads in another process would be waited for, and everybody with him.
    const patience = this.#connection.pragma('busy_timeout', { simple: true });
    this.#connection.pragma('busy_timeout = 0');
    try {
      return this.#connection.pragma('wal_checkpoint(TRUNCATE)', { simple: true }) === 0;
    } catch {
      // The file is in trouble: the next commit says so.
      return false;
    } finally {
      this.#connection.pragma(`busy_timeout = ${Number(patience)}`);
    }
  }
}
