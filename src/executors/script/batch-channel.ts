import type { Readable, Writable } from 'node:stream';

/** How a channel ended. */
export interface ChannelEnd {
  /** Exit code of the runner; absent when the transport does not know it. */
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  /** Why the channel broke, when it did not end with the runner. */
  readonly lost?: string | undefined;
  /** Why the runner could not be started, as whoever was to start it says; true only if the runner never said a word. */
  readonly notStarted?: string | undefined;
}

/** A shell that waits for a batch, started somewhere, as a transport hands it to `runBatch`. */
export interface BatchChannel {
  /** Stays open while the batch runs; when it ends, the node ends the batch. Errors on it are the transport's. */
  readonly input: Writable;
  readonly output: Readable;
  readonly errors: Readable;
  /** Resolves once, after everything that came on `output` and `errors` was delivered. */
  readonly closed: Promise<ChannelEnd>;
  /**
   * Takes the shell back for another batch: called in place of ending the input, when the batch has come to its end in order.
   * Such a shell has the runner already. Absent when it is there for one batch only, and has nothing yet.
   */
  readonly keep?: () => void;
  /** Lets go at once, without waiting for the node. */
  drop(): void;
}
