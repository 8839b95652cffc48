import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** A finding as the doctor keeps it: its own JSON, and when it was seen. */
export interface FindingRecord {
  readonly id: string;
  readonly document: unknown;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

export type FindingReads = ReturnType<typeof findingReads>;
export type FindingWrites = ReturnType<typeof findingWrites>;

export const findingReads = (sql: Kysely<Schema>) => ({
  /** All, the oldest first. */
  async list(): Promise<FindingRecord[]> {
    const rows = await sql
      .selectFrom('findings')
      .selectAll()
      .orderBy('first_seen_ms')
      .orderBy('id')
      .execute();
    return rows.map((row) => ({
      id: row.id,
      document: JSON.parse(row.document) as unknown,
      firstSeenMs: row.first_seen_ms,
      lastSeenMs: row.last_seen_ms,
    }));
  },
});

export const findingWrites = (sql: Kysely<Schema>) => ({
  /** Records a finding that was seen now; one that is known keeps the time at which it was first seen. */
  async see(id: string, document: unknown, nowMs: number): Promise<void> {
    const text = JSON.stringify(document);
    await sql
      .insertInto('findings')
      .values({ id, document: text, first_seen_ms: nowMs, last_seen_ms: nowMs })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ document: text, last_seen_ms: nowMs }))
      .execute();
  },

  async forget(id: string): Promise<void> {
    await sql.deleteFrom('findings').where('id', '=', id).execute();
  },
});
