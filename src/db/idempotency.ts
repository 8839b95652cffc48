import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

export interface IdempotencyRecord {
  readonly key: string;
  readonly fingerprint: string;
  readonly operationId: string | null;
  readonly response: unknown;
}

export type IdempotencyReads = ReturnType<typeof idempotencyReads>;
export type IdempotencyWrites = ReturnType<typeof idempotencyWrites>;

export const idempotencyReads = (sql: Kysely<Schema>) => ({
  async find(key: string): Promise<IdempotencyRecord | undefined> {
    const row = await sql
      .selectFrom('idempotency_keys')
      .selectAll()
      .where('key', '=', key)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    return {
      key: row.key,
      fingerprint: row.fingerprint,
      operationId: row.operation_id,
      response: row.response === null ? null : (JSON.parse(row.response) as unknown),
    };
  },
});

export const idempotencyWrites = (sql: Kysely<Schema>) => ({
  async insert(record: IdempotencyRecord, nowMs: number): Promise<void> {
    await sql
      .insertInto('idempotency_keys')
      .values({
        key: record.key,
        fingerprint: record.fingerprint,
        operation_id: record.operationId,
        response: record.response === null ? null : JSON.stringify(record.response),
        created_at_ms: nowMs,
      })
      // An earlier use whose operation is forgotten already.
      .onConflict((conflict) =>
        conflict.column('key').doUpdateSet((values) => ({
          fingerprint: values.ref('excluded.fingerprint'),
          operation_id: values.ref('excluded.operation_id'),
          response: values.ref('excluded.response'),
          created_at_ms: values.ref('excluded.created_at_ms'),
        })),
      )
      .execute();
  },

  async deleteBefore(timeMs: number): Promise<void> {
    await sql.deleteFrom('idempotency_keys').where('created_at_ms', '<', timeMs).execute();
  },
});
