import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** A gluster volume that somebody else made and that is watched, as it was when that was asked for. */
export interface WatchedVolumeRecord {
  readonly glusterUuid: string;
  readonly clusterId: string;
  readonly name: string;
  /** `host:path` in gluster's order. */
  readonly bricks: readonly string[];
  readonly sinceMs: number;
}

export type WatchedVolumeReads = ReturnType<typeof watchedVolumeReads>;
export type WatchedVolumeWrites = ReturnType<typeof watchedVolumeWrites>;

export const watchedVolumeReads = (sql: Kysely<Schema>) => ({
  /** All, by cluster and name. */
  async list(): Promise<WatchedVolumeRecord[]> {
    const rows = await sql
      .selectFrom('watched_volumes')
      .selectAll()
      .orderBy('cluster_id')
      .orderBy('name')
      .execute();
    return rows.map((row) => ({
      glusterUuid: row.gluster_uuid,
      clusterId: row.cluster_id,
      name: row.name,
      bricks: JSON.parse(row.bricks) as string[],
      sinceMs: row.since_ms,
    }));
  },
});

export const watchedVolumeWrites = (sql: Kysely<Schema>) => ({
  /** Records a volume; one that is watched already gets its new name and bricks, and keeps its time. */
  async put({ glusterUuid, clusterId, name, bricks, sinceMs }: WatchedVolumeRecord): Promise<void> {
    const seen = { cluster_id: clusterId, name, bricks: JSON.stringify(bricks) };
    await sql
      .insertInto('watched_volumes')
      .values({ gluster_uuid: glusterUuid, since_ms: sinceMs, ...seen })
      .onConflict((conflict) => conflict.column('gluster_uuid').doUpdateSet(seen))
      .execute();
  },

  async delete(glusterUuid: string): Promise<void> {
    await sql.deleteFrom('watched_volumes').where('gluster_uuid', '=', glusterUuid).execute();
  },
});
