import type { OperationFailure } from '../db/operations.ts';
import { AppError, type ErrorCode, errorCatalogue } from '../errors.ts';

/** Failures after which it is certain that nothing was run on the node. */
const nothingRan = new Set<ErrorCode>([
  'node.unreachable',
  'node.name_unresolved',
  'node.host_key_unknown',
  'node.host_key_changed',
  'node.login_refused',
  'node.sudo_refused',
  'node.lost',
  'node.pod_missing',
  'node.pod_ambiguous',
  'node.pod_not_ready',
  'node.container_unknown',
  'kubernetes.unreachable',
  'kubernetes.certificate_unknown',
  'kubernetes.unauthorized',
  'kubernetes.forbidden',
]);

/** Failures of the way to the node, not of what was asked of it. */
const outOfReach = new Set<ErrorCode>([...nothingRan, 'node.connection_lost', 'node.command_timeout']);

export function provesNothingRan(error: AppError): boolean {
  return nothingRan.has(error.code);
}

/** Not a failure: what is waited for takes its time; the same step looks again. */
export function isNotYet(error: AppError): boolean {
  return error.code === 'operation.not_yet';
}

/** Says that a step has to look again after the time. It takes no slot meanwhile, and can be called off. */
export const notYet = (reason: string, waitMs: number): AppError =>
  new AppError('operation.not_yet', reason, { details: { waitMs } });

export function isOutOfReach(error: AppError): boolean {
  return outOfReach.has(error.code);
}

/** The node a failure belongs to, or undefined. */
export function failedNode(error: AppError): string | undefined {
  const nodeId = error.details.nodeId;
  return typeof nodeId === 'string' ? nodeId : undefined;
}

/** What the journal keeps of a failure: never the full output of commands. */
export function toFailure(error: AppError): OperationFailure {
  const { results: _results, stdout: _stdout, ...details } = error.details;
  return { code: error.code, message: error.message, details };
}

/** @param status in place of the code's own: `/queue` answers every failure with 500 (wire contract). */
export function fromFailure(failure: OperationFailure, status?: number): AppError {
  const code = failure.code in errorCatalogue ? (failure.code as ErrorCode) : 'server.internal';
  return new AppError(code, failure.message, {
    details: failure.details ?? {},
    ...(status === undefined ? {} : { status }),
  });
}
