import type { Duplex } from 'node:stream';
import { AppError } from '../../errors.ts';
import { withAnySignal } from '../../lib/any-signal.ts';
import type { Host } from '../executor.ts';
import { ChannelRefused, type Connection, ConnectionEnded } from './connection.ts';
import { type HandshakeOptions, prepareHandshake } from './handshake.ts';
import type { HostPort } from './host-key-check.ts';
import type { KeptConnection } from './kept-connection.ts';
import { openSocket, unreachableError, unresolvedError } from './open-socket.ts';

export interface DialOptions extends HandshakeOptions {
  /** Time for everything: name, TCP, host key, login. */
  readonly connectTimeoutMs: number;
  /** The connection to the jump host, when there is one. */
  readonly jump?: KeptConnection | undefined;
}

/** Connects and logs in. @throws AppError as `openSocket` and `Handshake.run`; the reason of `signal` when aborted. */
export async function dial(to: HostPort, options: DialOptions, signal: AbortSignal): Promise<Connection> {
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort(unreachableError(to, `no answer within ${options.connectTimeoutMs / 1000} s`));
  }, options.connectTimeoutMs);
  try {
    return await withAnySignal([signal, late.signal], async (either) => {
      const { jump } = options;
      const handshake = await prepareHandshake(to, options);
      const socket = jump === undefined ? await openSocket(to, either) : await leap(to, jump, either);
      return handshake.run(socket, either);
    });
  } finally {
    clearTimeout(timer);
  }
}

/** A stream to the node by way of the jump host. */
async function leap(to: HostPort, jump: KeptConnection, signal: AbortSignal): Promise<Duplex> {
  try {
    const connection = await jump.get(signal);
    return await connection.forward(to.host.address, to.port, signal);
  } catch (error) {
    throw leapError(to, error);
  }
}

const nameWords = /name or service not known|name resolution|no address associated|not resolve/i;

function leapError(to: HostPort, error: unknown): unknown {
  // What keeps us from the jump host keeps us from the node; the code says what, the message where.
  if (error instanceof AppError && error.details['nodeId'] !== to.host.nodeId) {
    const message = `${to.host.address}: on the way, at the jump host ${error.message}`;
    const { nodeId } = to.host;
    return new AppError(error.code, message, {
      details: { ...error.details, nodeId, host: to.host.address },
      cause: error,
    });
  }
  if (error instanceof ChannelRefused) {
    const reason = error.message.replace('(SSH) Channel open failure: ', '');
    return nameWords.test(reason)
      ? unresolvedError(to, `the jump host says: ${reason}`, error)
      : unreachableError(to, `the jump host says: ${reason}`, error);
  }
  if (error instanceof ConnectionEnded)
    return unreachableError(to, 'the connection to the jump host broke', error);
  return error;
}

/** How errors name the jump host: it is no node of ours. */
export function jumpHost(address: string): Host {
  return { nodeId: `jump host ${address}`, address };
}
