import type { AppError, ErrorCode } from '../../errors.ts';
import type { Host } from '../executor.ts';
import { nodeError } from '../script/node-error.ts';

/** A request that the API server did not grant: what it said, or why it could not be asked. */
export class ApiFailure extends Error {
  /** The HTTP status, when there was an answer. */
  readonly status: number | undefined;
  /** Node's code of the failure on the way: ECONNREFUSED. */
  readonly networkCode: string | undefined;

  constructor(
    message: string,
    from: { readonly status?: number; readonly networkCode?: string; readonly cause?: unknown },
  ) {
    super(message, { cause: from.cause });
    this.name = 'ApiFailure';
    this.status = from.status;
    this.networkCode = from.networkCode;
  }

  static ofNetwork(error: Error): ApiFailure {
    const networkCode = 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
    return new ApiFailure(error.message, { networkCode, cause: error });
  }

  /** @param body a `Status` object as JSON, or whatever a proxy in between says. */
  static ofAnswer(status: number, body: string): ApiFailure {
    return new ApiFailure(statusMessage(body) ?? (body.trim().slice(0, 500) || `status ${status}`), {
      status,
    });
  }
}

/** @returns the words of a Kubernetes `Status` object, or undefined when the text is none. */
function statusMessage(body: string): string | undefined {
  try {
    const status: unknown = JSON.parse(body);
    if (typeof status !== 'object' || status === null || !('message' in status)) return undefined;
    return typeof status.message === 'string' ? status.message : undefined;
  } catch {
    return undefined;
  }
}

const certificateCodes =
  /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|CRL_|ERR_TLS_CERT_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/;

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ENOTFOUND: 'its name does not resolve',
  EAI_AGAIN: 'its name does not resolve',
  ETIMEDOUT: 'no answer',
};

/**
 * The error of a node that could not be reached because of the API server. Nothing was run.
 *
 * @param server where the API server is, for people.
 * @param attempt what was asked of it: "list pods in storage".
 */
export function apiError(failure: ApiFailure, server: string, host: Host, attempt: string): AppError {
  const { code, text } = explain(failure, server, attempt);
  return nodeError(code, host, text, {
    details: { server, attempt, status: failure.status, reason: failure.message },
    cause: failure,
  });
}

function explain(failure: ApiFailure, server: string, attempt: string): { code: ErrorCode; text: string } {
  const { status, networkCode, message } = failure;
  if (networkCode !== undefined && certificateCodes.test(networkCode)) {
    const text = `the certificate of the API server ${server} is not trusted: ${message}`;
    return { code: 'kubernetes.certificate_unknown', text };
  }
  if (status === undefined) {
    const reason = reasons[networkCode ?? ''] ?? message;
    return { code: 'kubernetes.unreachable', text: `the API server ${server} cannot be reached: ${reason}` };
  }
  if (status === 401) {
    return { code: 'kubernetes.unauthorized', text: `the API server does not accept the token: ${message}` };
  }
  if (status === 403) {
    return { code: 'kubernetes.forbidden', text: `Kubernetes does not allow to ${attempt}: ${message}` };
  }
  return {
    code: 'kubernetes.unreachable',
    text: `the API server could not ${attempt}: ${message} (status ${status})`,
  };
}
