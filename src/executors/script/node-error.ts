import { AppError, type ErrorCode } from '../../errors.ts';
import type { Host } from '../executor.ts';

/** An error about a node: the message begins with its address, the details name it. */
export function nodeError(
  code: ErrorCode,
  host: Host,
  text: string,
  more: { readonly details?: Readonly<Record<string, unknown>>; readonly cause?: unknown } = {},
): AppError {
  return new AppError(code, `${host.address}: ${text}`, {
    details: { host: host.address, nodeId: host.nodeId, ...more.details },
    cause: more.cause,
  });
}
