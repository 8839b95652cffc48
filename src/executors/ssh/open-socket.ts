import { connect, type Socket } from 'node:net';
import type { AppError } from '../../errors.ts';
import { nodeError } from '../script/node-error.ts';
import type { HostPort } from './host-key-check.ts';

const nameErrors = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'EAI_NONAME']);

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ETIMEDOUT: 'no answer',
  ECONNRESET: 'connection reset',
};

/**
 * Opens a TCP connection to the node.
 *
 * @throws AppError `node.name_unresolved` or `node.unreachable`; the reason of `signal` when it is aborted first.
 */
export function openSocket(to: HostPort, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    // Without noDelay every command waits 40 ms for an acknowledgement.
    const socket = connect({ host: to.host.address, port: to.port, noDelay: true });
    const onAbort = (): void => fail(signal.reason as Error);
    const onError = (error: Error): void => fail(socketError(to, error));
    const settle = (): void => {
      socket.off('error', onError);
      signal.removeEventListener('abort', onAbort);
    };
    const fail = (error: Error): void => {
      settle();
      // A socket that is destroyed may still have an error to tell.
      socket.on('error', () => {});
      socket.destroy();
      reject(error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('error', onError);
    socket.once('connect', () => {
      settle();
      resolve(socket);
    });
  });
}

/** Where a connection goes, as one writes it: `10.0.0.1:22`, `[::1]:22`. */
export function formatEndpoint(to: HostPort): string {
  const { address } = to.host;
  return address.includes(':') ? `[${address}]:${to.port}` : `${address}:${to.port}`;
}

/** @param reason in a few words: "connection refused". */
export function unreachableError(to: HostPort, reason: string, cause?: unknown): AppError {
  return nodeError('node.unreachable', to.host, `cannot be reached at ${formatEndpoint(to)}: ${reason}`, {
    details: { port: to.port, reason },
    cause,
  });
}

/** The error for a socket that could not be connected, or broke before the login. */
export function socketError(to: HostPort, error: Error): AppError {
  // A name with several addresses fails with one error for each.
  const errors = error instanceof AggregateError ? (error.errors as NodeJS.ErrnoException[]) : [error];
  const codes = errors.map((each) => ('code' in each ? String(each.code) : each.message));
  const nameError = codes.find((code) => nameErrors.has(code));
  if (nameError !== undefined) return unresolvedError(to, nameError, error);
  const words = [...new Set(codes.map((code) => reasons[code] ?? code))];
  return unreachableError(to, words.join(', '), error);
}

export function unresolvedError(to: HostPort, reason: string, cause?: unknown): AppError {
  return nodeError('node.name_unresolved', to.host, `the name does not resolve (${reason})`, {
    details: { reason },
    cause,
  });
}
