import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** Where a restored database comes from. */
export interface RestoredMark {
  /** File name of the backup. */
  readonly backup: string;
  /** When the backup was made; null when it had no manifest to tell. */
  readonly madeAtMs: number | null;
  readonly restoredAtMs: number;
}

const restored = 'restored';

export type MarkReads = ReturnType<typeof markReads>;
export type MarkWrites = ReturnType<typeof markWrites>;

export const markReads = (sql: Kysely<Schema>) => ({
  /**
   * Set from a restore until the database was reconciled with the nodes: what was done after the backup is not on
   * record, so nothing that was unfinished in it may simply be resumed.
   */
  async restored(): Promise<RestoredMark | undefined> {
    const row = await sql.selectFrom('marks').select('value').where('name', '=', restored).executeTakeFirst();
    return row === undefined ? undefined : (JSON.parse(row.value) as RestoredMark);
  },
});

export const markWrites = (sql: Kysely<Schema>) => ({
  async setRestored(mark: RestoredMark): Promise<void> {
    const values = { name: restored, value: JSON.stringify(mark), set_at_ms: mark.restoredAtMs };
    await sql
      .insertInto('marks')
      .values(values)
      .onConflict((conflict) => conflict.column('name').doUpdateSet(values))
      .execute();
  },

  /** The database agrees with the nodes again. */
  async clearRestored(): Promise<void> {
    await sql.deleteFrom('marks').where('name', '=', restored).execute();
  },
});
