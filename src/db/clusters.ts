import type { Kysely } from 'kysely';
import { fixed } from './fixed-query.ts';
import type { Schema } from './schema.ts';
import type { Touch } from './touched.ts';

export interface ClusterRecord {
  readonly id: string;
  /** File volumes are allowed. */
  readonly file: boolean;
  /** Block hosting volumes are allowed. */
  readonly block: boolean;
}

const toRecord = (row: { id: string; file: 0 | 1; block: 0 | 1 }): ClusterRecord => ({
  id: row.id,
  file: row.file === 1,
  block: row.block === 1,
});

export type ClusterReads = ReturnType<typeof clusterReads>;
export type ClusterWrites = ReturnType<typeof clusterWrites>;

export const clusterReads = (sql: Kysely<Schema>) => {
  const all = fixed(sql, () => sql.selectFrom('clusters').select(['id', 'file', 'block']).orderBy('id'));

  return {
    async find(id: string): Promise<ClusterRecord | undefined> {
      const row = await sql
        .selectFrom('clusters')
        .select(['id', 'file', 'block'])
        .where('id', '=', id)
        .executeTakeFirst();
      return row === undefined ? undefined : toRecord(row);
    },

    /** All clusters in the order of their ids. */
    async list(): Promise<ClusterRecord[]> {
      return (await all()).map(toRecord);
    },

    /** True when a node or a volume, finished or not, belongs to the cluster. */
    async isOccupied(id: string): Promise<boolean> {
      const node = await sql
        .selectFrom('nodes')
        .select('id')
        .where('cluster_id', '=', id)
        .limit(1)
        .executeTakeFirst();
      const volume = await sql
        .selectFrom('volumes')
        .select('id')
        .where('cluster_id', '=', id)
        .limit(1)
        .executeTakeFirst();
      return node !== undefined || volume !== undefined;
    },
  };
};

export const clusterWrites = (sql: Kysely<Schema>, touch: Touch) => ({
  async insert(cluster: ClusterRecord, nowMs: number): Promise<void> {
    await sql
      .insertInto('clusters')
      .values({
        id: cluster.id,
        file: cluster.file ? 1 : 0,
        block: cluster.block ? 1 : 0,
        created_at_ms: nowMs,
      })
      .execute();
  },

  async setFlags(id: string, flags: { file: boolean; block: boolean }): Promise<void> {
    await sql
      .updateTable('clusters')
      .set({ file: flags.file ? 1 : 0, block: flags.block ? 1 : 0 })
      .where('id', '=', id)
      .execute();
    touch.saying('cluster', id);
  },

  async delete(id: string): Promise<void> {
    await sql.deleteFrom('clusters').where('id', '=', id).execute();
  },
});
