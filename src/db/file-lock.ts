import BetterSqlite3 from 'better-sqlite3';
import { AppError } from '../errors.ts';

/**
 * A lock between processes that the operating system drops when its holder dies, however it dies: an SQLite file held in
 * an exclusive transaction. One Mortar at a time works with one database file.
 */
export class FileLock {
  readonly #connection: BetterSqlite3.Database;

  /** @throws AppError `database.unusable` when another process holds the lock. */
  constructor(path: string) {
    this.#connection = new BetterSqlite3(path, { timeout: 0 });
    try {
      this.#connection.pragma('journal_mode = MEMORY');
      this.#connection.exec('begin exclusive');
    } catch (thrown) {
      this.#connection.close();
      if ((thrown as { code?: string }).code !== 'SQLITE_BUSY') throw thrown;
      throw new AppError(
        'database.unusable',
        `${path}: another Mortar works with this database; end it first, or give this one a database of its own (--db)`,
        { cause: thrown, details: { isLocked: true } },
      );
    }
  }

  release(): void {
    this.#connection.close();
  }
}
