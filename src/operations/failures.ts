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
]);

/** Failures of the way to the node, not of what was asked of it. */
const outOfReach = new Set<ErrorCode>([...nothingRan, 'node.connection_lost', 'node.command_timeout']);

export function provesNothingRan(error: AppError): boolean {
  return nothingRan.has(error.code);
}

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

export function fromFailure(failure: OperationFailure): AppError {
  const code = failure.code in errorCatalogue ? (failure.code as ErrorCode) : 'server.internal';
  return new AppError(code, failure.message, { details: failure.details ?? {} });
}
