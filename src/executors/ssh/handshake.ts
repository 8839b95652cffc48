import type { Duplex } from 'node:stream';
import ssh2, { type Client } from 'ssh2';
import type { AppError } from '../../errors.ts';
import { untilAborted } from '../../lib/until-aborted.ts';
import { nodeError } from '../script/node-error.ts';
import { Connection } from './connection.ts';
import type { HostKeyCheck, HostPort } from './host-key-check.ts';
import { orderHostKeyAlgorithms } from './known-hosts.ts';
import type { Login, LoginTry } from './login.ts';
import { socketError, unreachableError } from './open-socket.ts';

export interface HandshakeOptions {
  readonly login: Login;
  readonly hostKeys: HostKeyCheck;
  /** Time between two signs of life; after three without answer the connection counts as lost. 0: none. */
  readonly keepaliveMs: number;
}

/**
 * Reads what a handshake needs, so that it can begin at once when the stream is there: what the other end says before
 * anybody listens is lost.
 */
export async function prepareHandshake(to: HostPort, options: HandshakeOptions): Promise<Handshake> {
  const recorded = await options.hostKeys.read();
  const loginTry = await options.login.prepare();
  const algorithms = orderHostKeyAlgorithms(recorded, { address: to.host.address, port: to.port });
  return new Handshake(to, { ...options, loginTry, algorithms });
}

interface Inner extends HandshakeOptions {
  readonly loginTry: LoginTry;
  readonly algorithms: ReturnType<typeof orderHostKeyAlgorithms>;
}

/** One SSH handshake: host key, then login. */
export class Handshake {
  readonly #to: HostPort;
  readonly #options: Inner;
  readonly #client: Client = new ssh2.Client();
  /** Why the host key was refused: ssh2 itself only says that it was. */
  #refusal: Error | undefined;
  #identified = false;

  constructor(to: HostPort, options: Inner) {
    this.#to = to;
    this.#options = options;
  }

  /**
   * Makes an SSH connection of a stream to the node.
   *
   * @throws AppError `node.host_key_unknown`, `node.host_key_changed`, `node.login_refused`, `node.unreachable` (the other
   * end does not speak SSH, or not with us); the reason of `signal` when it is aborted first. The stream is gone then.
   */
  async run(socket: Duplex, signal: AbortSignal): Promise<Connection> {
    const logIn = this.#logIn(socket);
    try {
      return await untilAborted(logIn, signal);
    } catch (error) {
      logIn.catch(() => undefined);
      socket.destroy();
      throw error;
    }
  }

  #logIn(socket: Duplex): Promise<Connection> {
    const { login, loginTry, algorithms, keepaliveMs } = this.#options;
    const client = this.#client;
    return new Promise((resolve, reject) => {
      client.on('handshake', () => {
        this.#identified = true;
      });
      client.on('error', (error) => {
        const fault = this.#explain(error);
        if (fault !== undefined) reject(fault);
      });
      client.once('close', () => reject(this.#closed()));
      client.once('ready', () => resolve(new Connection(client, socket)));
      client.connect({
        sock: socket,
        username: login.user,
        authHandler: loginTry.handler,
        hostVerifier: (key: Buffer, verify: (good: boolean) => void) => void this.#verify(key, verify),
        algorithms: { serverHostKey: algorithms },
        keepaliveInterval: keepaliveMs,
        keepaliveCountMax: 3,
        // The whole way to the login has one deadline, in the signal.
        readyTimeout: 0,
      });
    });
  }

  async #verify(key: Buffer, verify: (good: boolean) => void): Promise<void> {
    try {
      this.#refusal = await this.#options.hostKeys.refusal(this.#to, key);
    } catch (error) {
      const { message } = error as Error;
      this.#refusal = nodeError(
        'node.host_key_unknown',
        this.#to.host,
        `its host key cannot be checked: ${message}`,
      );
    }
    verify(this.#refusal === undefined);
  }

  /** What an error of ssh2 means, or undefined when the login goes on after it. */
  #explain(error: Error & { readonly level?: string }): Error | undefined {
    if (this.#refusal !== undefined) return this.#refusal;
    if (error.level === 'agent') {
      this.#options.loginTry.note(`the agent: ${error.message}`);
      return undefined;
    }
    if (error.level === 'client-socket') return socketError(this.#to, error);
    if (error.level === 'client-authentication') return this.#refused('');
    if (this.#identified) return this.#refused(`: ${error.message}`);
    return unreachableError(this.#to, `no SSH connection came about: ${error.message}`, error);
  }

  #closed(): AppError {
    if (this.#identified) return this.#refused(': the node closed the connection');
    return unreachableError(this.#to, 'the node closed the connection at once');
  }

  #refused(reason: string): AppError {
    const { login, loginTry } = this.#options;
    const text = `refused the login of ${login.user}${reason} (${loginTry.describe()})`;
    return nodeError('node.login_refused', this.#to.host, text, { details: { user: login.user } });
  }
}
