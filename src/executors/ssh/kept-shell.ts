import type { ClientChannel } from 'ssh2';
import { newId } from '../../lib/ids.ts';
import type { BatchChannel, ChannelEnd } from '../script/batch-channel.ts';
import { addHeader, runnerScript } from '../script/runner.ts';
import type { Connection } from './connection.ts';

/** A node that is alive answers within the time of a round trip, when it is very busy within a second or two. */
const longestSilenceMs = 5000;

/** A shell on a node that has the runner and runs one batch after the other. */
export class KeptShell {
  readonly #channel: ClientChannel;
  readonly #connection: Connection;

  constructor(channel: ClientChannel, connection: Connection) {
    this.#channel = channel;
    this.#connection = connection;
    channel.on('error', () => {});
    channel.write(runnerScript);
  }

  /**
   * Hands it out for one batch.
   *
   * @param whenOver is told whether it may take another batch.
   */
  lend(whenOver: (isWell: boolean) => void): BatchChannel {
    const channel = this.#channel;
    let keep = (): void => {};
    const closed = new Promise<ChannelEnd>((resolve) => {
      const onClose = (code?: number | null, signal?: string): void => {
        whenOver(false);
        resolve(this.#endOf(code, signal));
      };
      channel.once('close', onClose);
      keep = () => {
        channel.off('close', onClose);
        whenOver(true);
      };
    });
    return { input: channel, output: channel, errors: channel.stderr, closed, keep, drop: () => this.drop() };
  }

  /**
   * Asks for a sign of life, since a connection that broke does not tell: what is sent after the answer is as sure to arrive
   * as on a new channel.
   */
  answers(): Promise<boolean> {
    const channel = this.#channel;
    if (!channel.writable) return Promise.resolve(false);
    const word = newId();
    return new Promise((resolve) => {
      let heard = '';
      const settle = (isWell: boolean): void => {
        clearTimeout(timer);
        channel.off('data', onData);
        channel.off('close', onClose);
        resolve(isWell);
      };
      const onData = (chunk: Buffer): void => {
        heard += chunk.toString('latin1');
        if (heard.includes(`${word}\n`)) settle(true);
      };
      const onClose = (): void => settle(false);
      const timer = setTimeout(() => settle(false), longestSilenceMs);
      channel.on('data', onData);
      channel.once('close', onClose);
      channel.write(addHeader(`echo ${word}\n`));
    });
  }

  /** Lets the shell end, which it does when its input has ended. */
  end(): void {
    if (this.#channel.writable) this.#channel.end();
  }

  drop(): void {
    this.#channel.destroy();
  }

  #endOf(code: number | null | undefined, signal: string | undefined): ChannelEnd {
    // The shell outlives the runner of a batch, and tells a signal as 128 and its number.
    if (code === 137) return { signal: 'KILL' };
    // A connection that is killed ends its channels with neither.
    if (typeof code === 'number' || signal !== undefined) return { exitCode: code ?? undefined, signal };
    return { lost: this.#connection.isOpen ? undefined : this.#connection.lostBy };
  }
}
