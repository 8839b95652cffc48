import type { OperationRecord } from '../db/operations.ts';
import type { Writes } from '../db/queries.ts';
import { AppError } from '../errors.ts';

/** A client's `Idempotency-Key` with what it was sent with. */
export interface Once {
  readonly key: string;
  /** Hash of method, path and body. */
  readonly fingerprint: string;
}

/**
 * The operation that was taken in under this key before, if it is still on record. One that failed and was undone left
 * nothing behind: the key is free again, so whoever repeats its request is served and not told the old failure for ever.
 *
 * @throws AppError `request.idempotency_mismatch` when the key came with another request.
 */
export async function findOnce(tx: Writes, { key, fingerprint }: Once): Promise<OperationRecord | undefined> {
  const record = await tx.idempotency.find(key);
  if (record === undefined) return undefined;
  const operation = record.operationId === null ? undefined : await tx.operations.find(record.operationId);
  if (operation?.state === 'undone') return undefined;
  assertSameRequest(key, record.fingerprint, fingerprint);
  return operation;
}

export function assertSameRequest(key: string, known: string, sent: string): void {
  if (known === sent) return;
  throw new AppError(
    'request.idempotency_mismatch',
    `Idempotency-Key: "${key}" was used before with another request; use a new key for a new request`,
    { details: { field: 'Idempotency-Key', value: key } },
  );
}

export async function recordOnce(
  tx: Writes,
  { key, fingerprint }: Once,
  operationId: string,
  nowMs: number,
): Promise<void> {
  await tx.idempotency.insert({ key, fingerprint, operationId, response: null }, nowMs);
}
