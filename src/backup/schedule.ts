import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Backups } from './backups.ts';

interface ScheduleOptions {
  /** From one backup to the next; 0 for none. */
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** A manager that has just started has other things to do. */
const firstPauseMs = 60_000;
/** After a failure. */
const retryMs = 15 * 60_000;

/** Makes backups again and again: the next is due an interval after the newest at the target, whoever made it. */
export class BackupSchedule {
  readonly #backups: Backups;
  readonly #options: ScheduleOptions;
  readonly #ending = new AbortController();
  #running: Promise<void> | undefined;
  #nextAtMs: number | undefined;

  constructor(backups: Backups, options: ScheduleOptions) {
    this.#backups = backups;
    this.#options = options;
  }

  /** When the next backup is due; undefined while none is planned. */
  get nextAtMs(): number | undefined {
    return this.#nextAtMs;
  }

  start(): void {
    if (this.#options.intervalMs > 0) this.#running = this.#run();
  }

  /** Waits for a backup that is being made. */
  async stop(): Promise<void> {
    this.#ending.abort(new Error('stopped'));
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#options;
    let leastMs = firstPauseMs;
    while (!this.#ending.signal.aborted) {
      const waitMs = Math.max(leastMs, await this.#untilDueMs());
      this.#nextAtMs = clock.now() + waitMs;
      await clock.sleep(waitMs, this.#ending.signal).catch(() => undefined);
      if (this.#ending.signal.aborted) return;
      // Somebody may have asked for one meanwhile.
      leastMs = 0;
      if ((await this.#untilDueMs()) > 0) continue;
      leastMs = await this.#backups.create('scheduled').then(
        () => 0,
        (thrown: unknown) => {
          log.error({ err: thrown }, 'the scheduled backup failed');
          return retryMs;
        },
      );
    }
  }

  async #untilDueMs(): Promise<number> {
    try {
      const newest = (await this.#backups.list()).find(({ fault }) => fault === undefined);
      if (newest === undefined) return 0;
      return Date.parse(newest.manifest.createdAt) + this.#options.intervalMs - this.#options.clock.now();
    } catch {
      // Making one will fail, too, and say why.
      return 0;
    }
  }
}
