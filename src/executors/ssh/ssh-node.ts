import { Pending } from '../../lib/pending.ts';
import { untilAborted } from '../../lib/until-aborted.ts';
import type { BatchChannel } from '../script/batch-channel.ts';
import { nodeError } from '../script/node-error.ts';
import { Slots } from '../slots.ts';
import { ChannelRefused, ConnectionEnded } from './connection.ts';
import type { HostPort } from './host-key-check.ts';
import { IdleShells } from './idle-shells.ts';
import type { KeptConnection } from './kept-connection.ts';
import { KeptShell } from './kept-shell.ts';
import { unreachableError } from './open-socket.ts';

/**
 * Batches at once on one connection. sshd allows 10 (MaxSessions) but frees places late: with 6 at once up to 9 of 300
 * short commands were refused, with 4 none.
 */
const channelsAtOnce = 4;
const longestBusyPauseMs = 500;
const busyTries = 40;

/** A channel for one batch; `over` resolves when the batch has no more to do with it. */
interface Lent {
  readonly channel: BatchChannel;
  readonly over: Promise<void>;
}

/** What is kept for one node: its connection, shells on it, and who may use them. */
export class SshNode {
  readonly to: HostPort;
  readonly #connection: KeptConnection;
  readonly #slots = new Slots(channelsAtOnce);
  readonly #idle = new IdleShells<KeptShell>();
  /** Batches that wait for their turn or run. */
  readonly #users = new Pending();

  constructor(to: HostPort, connection: KeptConnection) {
    this.to = to;
    this.#connection = connection;
  }

  /**
   * A shell for a batch, when it is its turn.
   *
   * @param commandLine starts one; always the same.
   * @throws AppError when none could be started; the reason of `signal` when it is aborted first.
   */
  open(commandLine: string, signal: AbortSignal, turn: AbortSignal): Promise<BatchChannel> {
    const opening = this.#open(commandLine, signal, turn);
    void this.#users.add(opening.then(({ over }) => over)).catch(() => undefined);
    return opening.then(({ channel }) => channel);
  }

  /** Ends the connection once nothing runs on it. */
  async retire(): Promise<void> {
    await this.#users.idle();
    await this.close(new Error('the connection is no longer wanted'));
  }

  async close(reason: Error): Promise<void> {
    await this.#connection.close(reason);
  }

  async #open(commandLine: string, signal: AbortSignal, turn: AbortSignal): Promise<Lent> {
    const giveBack = await this.#slots.take(turn);
    try {
      return this.#lend(await this.#shell(commandLine, signal), giveBack);
    } catch (error) {
      giveBack();
      throw error;
    }
  }

  #lend(shell: KeptShell, giveBack: () => void): Lent {
    let end = (): void => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    const channel = shell.lend((isWell) => {
      if (isWell) this.#idle.add(shell);
      giveBack();
      end();
    });
    return { channel, over };
  }

  async #shell(commandLine: string, signal: AbortSignal): Promise<KeptShell> {
    let idle = this.#idle.take();
    for (let tries = 1; ; tries += 1) {
      if (idle !== undefined && (await this.#isWell(idle, signal))) return idle;
      const connection = await this.#connection.get(signal);
      try {
        return new KeptShell(await connection.exec(commandLine, signal), connection);
      } catch (error) {
        const fault = this.#explain(error, tries);
        if (fault !== undefined) throw fault;
      }
      const pauseMs = connection.isOpen ? Math.min(10 * 2 ** tries, longestBusyPauseMs) : 0;
      idle = await this.#idle.next(pauseMs, signal);
    }
  }

  async #isWell(shell: KeptShell, signal: AbortSignal): Promise<boolean> {
    try {
      if (await untilAborted(shell.answers(), signal)) return true;
    } catch (error) {
      // What it would have answered is not known.
      shell.drop();
      throw error;
    }
    shell.drop();
    this.#idle.drop();
    return false;
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
