import type { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import { untilAborted } from '../../lib/until-aborted.ts';

/** Why the node did not open a channel, in SSH's numbers: RFC 4254 section 5.1. */
const connectFailed = 2;
const longestGoodbyeMs = 1000;

/** A channel that the node refused. `busy`: it has as many as it allows (sshd's MaxSessions), so it may be asked again. */
export class ChannelRefused extends Error {
  readonly busy: boolean;

  constructor(message: string, reason: unknown) {
    super(message);
    this.name = 'ChannelRefused';
    this.busy = reason === connectFailed;
  }
}

/** The connection ended before the channel was open, so nothing was started on it. */
export class ConnectionEnded extends Error {
  override readonly name = 'ConnectionEnded';
}

/** A request to ssh2 for a channel. */
type Ask = (done: (error: Error | undefined, channel: ClientChannel) => void) => unknown;

/** A connection that is logged in. */
export class Connection {
  readonly #client: Client;
  readonly #socket: Duplex;
  #lostBy: string | undefined;
  #open = true;
  /** Resolves when the connection has ended, for whatever reason. */
  readonly ended: Promise<void>;

  constructor(client: Client, socket: Duplex) {
    this.#client = client;
    this.#socket = socket;
    client.on('error', (error) => {
      this.#lostBy ??= error.message;
    });
    this.ended = new Promise((resolve) => {
      client.once('close', () => {
        this.#open = false;
        resolve();
      });
    });
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Why the connection broke, for people. */
  get lostBy(): string {
    return this.#lostBy ?? 'the node closed it';
  }

  /** Starts a program. @throws ChannelRefused, ConnectionEnded; the reason of `signal` when it is aborted first. */
  exec(commandLine: string, signal: AbortSignal): Promise<ClientChannel> {
    return this.#request((done) => this.#client.exec(commandLine, done), signal);
  }

  /** Opens a way through the host to another. @throws as `exec`. */
  forward(address: string, port: number, signal: AbortSignal): Promise<ClientChannel> {
    return this.#request((done) => this.#client.forwardOut('127.0.0.1', 0, address, port, done), signal);
  }

  /** Says goodbye; what is still running on it is cut off. */
  async end(): Promise<void> {
    if (!this.#open) return;
    this.#client.end();
    await new Promise<void>((resolve) => {
      // A node that is gone does not answer the goodbye.
      const timer = setTimeout(() => {
        this.#socket.destroy();
        resolve();
      }, longestGoodbyeMs);
      void this.ended.then(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  async #request(ask: Ask, signal: AbortSignal): Promise<ClientChannel> {
    const opening = this.#ask(ask);
    try {
      return await untilAborted(opening, signal);
    } catch (error) {
      // When nobody waits for the channel any more, it must not stay open.
      opening.then((channel) => channel.destroy()).catch(() => undefined);
      throw error;
    }
  }

  #ask(ask: Ask): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      const done = (error: Error | undefined, channel: ClientChannel): void => {
        if (error === undefined) resolve(channel);
        else if ('reason' in error) reject(new ChannelRefused(error.message, error.reason));
        else if (this.#open && error.message !== 'No response from server')
          reject(new ChannelRefused(error.message, 0));
        else reject(new ConnectionEnded(this.lostBy));
      };
      try {
        ask(done);
      } catch {
        // ssh2 throws "Not connected" when the end came in between.
        reject(new ConnectionEnded(this.lostBy));
      }
    });
  }
}
