import { explainCertificate, isCertificateFault, type PeerCertificate } from './certificate-fault.ts';
import { TransportError } from './client-error.ts';

/** The request that failed, for messages. */
export interface Attempt {
  readonly method: string;
  /** The whole address. */
  readonly url: string;
}

interface SystemFailure extends Error {
  readonly code?: string;
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
  readonly errors?: readonly SystemFailure[];
}

/** "Get", as heketi-cli's messages begin. */
const verb = (method: string): string => method.charAt(0) + method.slice(1).toLowerCase();

/**
 * A failure on the way, in words that name the address and the cause. What heketi-cli would say, where scripts may look
 * for it: `Get "http://127.0.0.1:1/clusters": dial tcp 127.0.0.1:1: connect: connection refused`.
 *
 * @param peer the certificate that the server showed, if one was seen.
 */
export function explainFailure(thrown: unknown, attempt: Attempt, peer?: PeerCertificate): TransportError {
  const failure = firstOf(thrown as SystemFailure);
  const code = failure.code ?? '';
  const cause = isCertificateFault(code) ? explainCertificate(code, attempt.url, peer) : wordsFor(failure);
  return new TransportError(
    `${verb(attempt.method)} "${attempt.url}": ${cause}`,
    systemCodeOf(failure),
    thrown,
  );
}

/** When a name has several addresses, each has its failure; they are mostly the same. */
const firstOf = (failure: SystemFailure): SystemFailure => failure.errors?.[0] ?? failure;

const systemCodeOf = (failure: SystemFailure): string =>
  failure.code ?? (failure.message === 'socket hang up' ? 'ECONNRESET' : '');

function dialled({ address, port }: SystemFailure): string {
  if (address === undefined) return 'dial tcp';
  return `dial tcp ${address.includes(':') ? `[${address}]` : address}:${port}`;
}

type Words = (failure: SystemFailure) => string;

const lookup =
  (why: string): Words =>
  ({ hostname = '' }) =>
    `dial tcp: lookup ${hostname}: ${why}`;
const connect =
  (why: string): Words =>
  (failure) =>
    `${dialled(failure)}: connect: ${why}`;
const noTls: Words = () => 'the server does not speak TLS here; write http:// if that is meant';
const cutOff: Words = () =>
  'the server closed the connection without an answer; look at the port, and whether https:// is meant';

const words: Readonly<Record<string, Words>> = {
  ECONNREFUSED: connect('connection refused'),
  EHOSTUNREACH: connect('no route to host'),
  ENETUNREACH: connect('network is unreachable'),
  ETIMEDOUT: (failure) => failure.message || connect('connection timed out')(failure),
  ENOTFOUND: lookup('no such host'),
  EAI_AGAIN: lookup('the name service does not answer'),
  ECONNRESET: cutOff,
  EPIPE: cutOff,
  EPROTO: noTls,
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
};

function wordsFor(failure: SystemFailure): string {
  const code = systemCodeOf(failure);
  const known = Object.hasOwn(words, code) ? words[code] : undefined;
  if (known !== undefined) return known(failure);
  return code.startsWith('HPE_')
    ? 'the server does not speak HTTP here; look at the port, and whether https:// is meant'
    : failure.message;
}
