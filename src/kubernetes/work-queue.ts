import type { Clock } from '../lib/clock.ts';

/** What is to become of a key after its work. */
export type Outcome =
  | { readonly type: 'done' }
  /** Again, each time later. */
  | { readonly type: 'retry' }
  /** Nothing helps until somebody changes something: again after the longest pause. */
  | { readonly type: 'rarely' };

export interface WorkQueueOptions {
  readonly workers: number;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  readonly clock: Clock;
  /** From 0 to 1; spreads what failed at the same time. */
  readonly random: () => number;
  readonly signal: AbortSignal;
  work(key: string): Promise<Outcome>;
}

interface Entry {
  isRunning: boolean;
  /** It was asked for again while it was running. */
  isDirty: boolean;
  isWaiting: boolean;
  failures: number;
  /** Ends the pause before the next try. */
  pause: AbortController | undefined;
}

/**
 * Work by key: one at a time for each key, so many keys at a time, what fails again after a pause that doubles. A key that
 * is added during its pause waits on, unless it is urged: that somebody else wrote to an object is no reason to hurry.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #ready: string[] = [];
  #running = 0;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
  }

  /** Keys that are waiting, paused or worked on. */
  get size(): number {
    return this.#entries.size;
  }

  add(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      this.#entries.set(key, {
        isRunning: false,
        isDirty: false,
        isWaiting: true,
        failures: 0,
        pause: undefined,
      });
      this.#ready.push(key);
      this.#pump();
    } else if (entry.isRunning) entry.isDirty = true;
  }

  /** Adds it and lets it not wait for the end of a pause: what it failed by has changed. */
  urge(key: string): void {
    this.add(key);
    const entry = this.#entries.get(key);
    if (entry?.pause === undefined) return;
    entry.failures = 0;
    entry.pause.abort();
  }

  /** Lets every paused key try at once. */
  urgeAll(): void {
    for (const key of this.#entries.keys()) this.urge(key);
  }

  #pump(): void {
    while (this.#running < this.#options.workers && !this.#options.signal.aborted) {
      const key = this.#ready.shift();
      const entry = key === undefined ? undefined : this.#entries.get(key);
      if (key === undefined || entry === undefined) return;
      this.#running += 1;
      entry.isWaiting = false;
      entry.isRunning = true;
      void this.#run(key, entry);
    }
  }

  async #run(key: string, entry: Entry): Promise<void> {
    const outcome = await this.#options.work(key).catch((): Outcome => ({ type: 'retry' }));
    this.#running -= 1;
    entry.isRunning = false;
    if (outcome.type === 'done') {
      entry.failures = 0;
      if (entry.isDirty) this.#makeReady(key, entry);
      else this.#entries.delete(key);
    } else this.#pauseBefore(key, entry, outcome);
    this.#pump();
  }

  #makeReady(key: string, entry: Entry): void {
    entry.isDirty = false;
    entry.isWaiting = true;
    this.#ready.push(key);
  }

  #pauseBefore(key: string, entry: Entry, outcome: Outcome): void {
    const { clock, signal } = this.#options;
    const pause = new AbortController();
    entry.failures += 1;
    entry.pause = pause;
    const stop = (): void => pause.abort();
    signal.addEventListener('abort', stop, { once: true });
    void clock
      .sleep(this.#pauseMs(entry.failures, outcome), pause.signal)
      .catch(() => undefined)
      .then(() => {
        signal.removeEventListener('abort', stop);
        entry.pause = undefined;
        if (signal.aborted) return;
        this.#makeReady(key, entry);
        this.#pump();
      });
  }

  #pauseMs(failures: number, { type }: Outcome): number {
    const { firstPauseMs, longestPauseMs, random } = this.#options;
    const doubled = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(30, failures - 1));
    return (type === 'rarely' ? longestPauseMs : doubled) * (1 + random() * 0.2);
  }
}
