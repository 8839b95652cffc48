import type { Config } from './config/config.ts';
import type { Database } from './db/database.ts';
import type { Clock } from './lib/clock.ts';
import type { Log } from './lib/log.ts';

const everyMs = 10 * 60_000;
const hourMs = 3_600_000;

/** Forgets ended operations and idempotency keys after their time, so that the database does not grow for ever. */
export class Retention {
  readonly #database: Database;
  readonly #settings: { readonly operationsMs: number; readonly keysMs: number };
  readonly #clock: Clock;
  readonly #log: Log;
  #timer: NodeJS.Timeout | undefined;

  constructor(database: Database, config: Config, clock: Clock, log: Log) {
    const { resultTtlHours, historyDays } = config.operations;
    this.#database = database;
    this.#settings = {
      operationsMs: Math.max(resultTtlHours, historyDays * 24) * hourMs,
      keysMs: config.limits.idempotencyTtlHours * hourMs,
    };
    this.#clock = clock;
    this.#log = log;
  }

  start(): void {
    this.#timer = setInterval(() => void this.sweep(), everyMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async sweep(): Promise<void> {
    const now = this.#clock.now();
    try {
      await this.#database.write(async (tx) => {
        await tx.operations.deleteFinishedBefore(now - this.#settings.operationsMs);
        await tx.idempotency.deleteBefore(now - this.#settings.keysMs);
      });
    } catch (thrown) {
      this.#log.warn({ err: thrown }, 'old operations could not be forgotten');
    }
  }
}
