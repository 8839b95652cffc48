import { closeSync, fdatasync, openSync } from 'node:fs';
import { promisify } from 'node:util';

const sync = promisify(fdatasync);

/**
 * Brings SQLite's write-ahead log to the disk without holding up the thread that serves everybody, as SQLite's own sync
 * at each commit would. A commit counts only when `sync` has resolved; what is cut off before that, SQLite finds
 * incomplete by its checksums.
 */
export class LogSync {
  readonly #path: string;
  #descriptor: number | undefined;

  /** @param path that of the database. */
  constructor(path: string) {
    this.#path = `${path}-wal`;
  }

  /** Resolves when all that was committed before the call is on the disk. */
  async sync(): Promise<void> {
    // SQLite keeps the file, once it is there, until the last connection is closed.
    this.#descriptor ??= openSync(this.#path, 'r');
    await sync(this.#descriptor);
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}
