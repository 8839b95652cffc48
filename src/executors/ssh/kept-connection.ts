import type { Clock } from '../../lib/clock.ts';
import { untilAborted } from '../../lib/until-aborted.ts';
import type { Connection } from './connection.ts';

/** Makes a new connection; the signal ends the attempt. */
export type Dial = (signal: AbortSignal) => Promise<Connection>;

const firstPauseMs = 500;
const longestPauseMs = 15_000;

/**
 * One connection that is made when it is first wanted, shared, and made again when it was lost. After a failed attempt
 * the next ones fail the same way without trying, for a time that doubles from half a second to 15 s: a node that is
 * down must not cost every batch the full timeout, and a node that refuses us must not be hammered.
 */
export class KeptConnection {
  readonly #dial: Dial;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  #current: Promise<Connection> | undefined;
  #failures = 0;
  #restUntil = 0;
  #lastFault: unknown;

  constructor(dial: Dial, clock: Clock) {
    this.#dial = dial;
    this.#clock = clock;
  }

  /** @throws what `dial` throws, or the reason of `signal` when it is aborted first. */
  async get(signal: AbortSignal): Promise<Connection> {
    if (this.#current === undefined && this.#clock.now() < this.#restUntil) throw this.#lastFault;
    const attempt = (this.#current ??= this.#connect());
    const connection = await untilAborted(attempt, signal);
    if (connection.isOpen) return connection;
    // It ended in the instant between.
    this.#drop(attempt);
    return this.get(signal);
  }

  /** Ends the connection, and an attempt to make one; waits until nothing of it is left. */
  async close(reason: Error): Promise<void> {
    this.#closing.abort(reason);
    const connection = await this.#current?.catch(() => undefined);
    await connection?.end();
  }

  #connect(): Promise<Connection> {
    const attempt = this.#dial(this.#closing.signal).then(
      (connection) => {
        this.#failures = 0;
        void connection.ended.then(() => this.#drop(attempt));
        return connection;
      },
      (error: unknown) => {
        this.#failures += 1;
        this.#restUntil =
          this.#clock.now() + Math.min(firstPauseMs * 2 ** (this.#failures - 1), longestPauseMs);
        this.#lastFault = error;
        this.#drop(attempt);
        throw error;
      },
    );
    return attempt;
  }

  #drop(attempt: Promise<Connection>): void {
    if (this.#current === attempt) this.#current = undefined;
  }
}
