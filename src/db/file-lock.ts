import BetterSqlite3 from 'better-sqlite3';
import { AppError } from '../errors.ts';
import { toDatabaseError } from './errors.ts';

/**
 * A lock between processes that the operating system drops when its holder dies, however it dies: an SQLite file held in
 * an exclusive transaction. One Mortar at a time works with one database file.
 */
export class FileLock {
  readonly #connection: BetterSqlite3.Database;

  /**
   * @param path of the database; the lock is a file beside it.
   * @throws AppError `database.unusable` when another process holds the lock, or the folder cannot be written.
   */
  constructor(path: string) {
    this.#connection = open(`${path}.lock`);
    try {
      this.#connection.pragma('journal_mode = MEMORY');
      this.#connection.exec('begin exclusive');
    } catch (thrown) {
      this.#connection.close();
      if ((thrown as { code?: string }).code !== 'SQLITE_BUSY') throw toDatabaseError(thrown, `${path}.lock`);
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

function open(path: string): BetterSqlite3.Database {
  try {
    return new BetterSqlite3(path, { timeout: 0 });
  } catch (thrown) {
    throw toDatabaseError(thrown, path);
  }
}
