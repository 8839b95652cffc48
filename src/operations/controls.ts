import type { OperationRecord } from '../db/operations.ts';
import { AppError } from '../errors.ts';

/** Calling off leads to "never happened" only on the way forward and before the pivot. @throws AppError `operation.not_cancellable`. */
export function assertCancellable(operation: OperationRecord): void {
  const { id, kind, state } = operation;
  const isForward = operation.error === null && operation.finishedAtMs === null;
  if (isForward && operation.stage < operation.pivot) return;
  throw new AppError('operation.not_cancellable', `operation ${id} (${kind}) can no longer be called off`, {
    details: { state },
  });
}

/** @throws AppError `request.conflict` when it has ended; of a pause also when it is being undone. */
export function assertCan(
  what: 'pause' | 'resume',
  { id, kind, error, finishedAtMs }: OperationRecord,
): void {
  const words = `operation ${id} (${kind})`;
  if (finishedAtMs !== null)
    throw new AppError('request.conflict', `${words} has ended; it cannot be ${what}d`);
  if (what === 'pause' && error !== null)
    throw new AppError('request.conflict', `${words} is being undone; it cannot be paused`);
}

/** Seconds a refused client is told to wait. */
export const retryAfterSeconds = 5;

/**
 * What a full queue says to a request. One that is wrong is told so all the same; want of room only counts after it (wire
 * contract section 11).
 *
 * @param build plans what is asked for.
 */
export async function refuseWhenFull(build: () => Promise<unknown>): Promise<never> {
  await build().catch((thrown: unknown) => {
    if (thrown instanceof AppError && thrown.status < 500) throw thrown;
  });
  throw serverBusy();
}

/** The contract's words (section 5). */
export const serverBusy = (): AppError =>
  new AppError('server.busy', 'Server busy. Retry operation later.', { details: { retryAfterSeconds } });
