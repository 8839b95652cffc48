import type { ClientChannel } from 'ssh2';
import type { Clock } from '../../lib/clock.ts';
import { Pending } from '../../lib/pending.ts';
import type { BatchChannel, ChannelEnd } from '../script/batch-channel.ts';
import { nodeError } from '../script/node-error.ts';
import { Slots } from '../slots.ts';
import { ChannelRefused, type Connection, ConnectionEnded } from './connection.ts';
import type { HostPort } from './host-key-check.ts';
import type { KeptConnection } from './kept-connection.ts';
import { unreachableError } from './open-socket.ts';

/**
 * Batches at once on one connection. sshd allows 10 (MaxSessions) but frees places late: with 6 at once up to 9 of 300
 * short commands were refused, with 4 none.
 */
const channelsAtOnce = 4;
const longestBusyPauseMs = 500;
const busyTries = 40;

/** What is kept for one node: its connection and who may use it. */
export class SshNode {
  readonly to: HostPort;
  readonly #connection: KeptConnection;
  readonly #clock: Clock;
  readonly #slots = new Slots(channelsAtOnce);
  /** Batches that wait for their turn or run. */
  readonly #users = new Pending();

  constructor(to: HostPort, connection: KeptConnection, clock: Clock) {
    this.to = to;
    this.#connection = connection;
    this.#clock = clock;
  }

  /**
   * Starts a program when it is its turn.
   *
   * @throws AppError when it could not be started; the reason of `signal` when it is aborted first.
   */
  open(commandLine: string, signal: AbortSignal, turn: AbortSignal): Promise<BatchChannel> {
    const opening = this.#open(commandLine, signal, turn);
    void this.#users.add(opening.then((channel) => channel.closed)).catch(() => undefined);
    return opening;
  }

  /** Ends the connection once nothing runs on it. */
  async retire(): Promise<void> {
    await this.#users.idle();
    await this.close(new Error('the connection is no longer wanted'));
  }

  async close(reason: Error): Promise<void> {
    await this.#connection.close(reason);
  }

  async #open(commandLine: string, signal: AbortSignal, turn: AbortSignal): Promise<BatchChannel> {
    const giveBack = await this.#slots.take(turn);
    try {
      const channel = await this.#start(commandLine, signal);
      void channel.closed.then(giveBack);
      return channel;
    } catch (error) {
      giveBack();
      throw error;
    }
  }

  async #start(commandLine: string, signal: AbortSignal): Promise<BatchChannel> {
    for (let tries = 1; ; tries += 1) {
      const connection = await this.#connection.get(signal);
      try {
        return toBatchChannel(await connection.exec(commandLine, signal), connection);
      } catch (error) {
        const fault = this.#explain(error, tries);
        if (fault !== undefined) throw fault;
      }
      if (connection.isOpen) await this.#clock.sleep(Math.min(10 * 2 ** tries, longestBusyPauseMs), signal);
    }
  }

  /** What to give up with, or undefined when it is worth another try: nothing was started yet. */
  #explain(error: unknown, tries: number): unknown {
    if (error instanceof ConnectionEnded) {
      // A kept connection may have ended long ago without our noticing; a new one is another matter.
      return tries === 1
        ? undefined
        : unreachableError(this.to, `the connection broke at once: ${error.message}`, error);
    }
    if (!(error instanceof ChannelRefused)) return error;
    if (!error.busy) {
      return nodeError('node.login_refused', this.to.host, `refused to run a program: ${error.message}`, {
        cause: error,
      });
    }
    return tries < busyTries
      ? undefined
      : unreachableError(this.to, 'sshd opens no more channels (MaxSessions)', error);
  }
}

function toBatchChannel(channel: ClientChannel, connection: Connection): BatchChannel {
  channel.on('error', () => {});
  const closed = new Promise<ChannelEnd>((resolve) => {
    channel.once('close', (code?: number | null, signal?: string) => {
      // A connection that is killed ends its channels with neither.
      if (typeof code === 'number' || signal !== undefined) resolve({ exitCode: code ?? undefined, signal });
      else resolve({ lost: connection.isOpen ? undefined : connection.lostBy });
    });
  });
  return {
    input: channel,
    output: channel,
    errors: channel.stderr,
    closed,
    drop: () => void channel.destroy(),
  };
}
