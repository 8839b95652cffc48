import type { Insertable, Kysely, Selectable, Updateable } from 'kysely';
import type { Durability } from '../lib/durability.ts';
import { fixed } from './fixed-query.ts';
import { type BlockRestriction, type Phase, type Schema, visiblePhases } from './schema.ts';

export interface VolumeRecord {
  readonly id: string;
  readonly clusterId: string;
  readonly name: string;
  readonly sizeGib: number;
  readonly durability: Durability;
  /** The `durability` object that the wire shows: as sent, with the numbers filled in. */
  readonly durabilityEcho: Readonly<Record<string, unknown>>;
  readonly gid: number;
  readonly snapshot: { readonly enable: boolean; readonly factor: number };
  /** A block hosting volume. */
  readonly block: boolean;
  /** Volume options in their order, `"key value"` each, empty strings included (engine reference 3.5). */
  readonly options: readonly string[];
  readonly zoneChecking: 'none' | 'soft' | 'strict';
  readonly tagRule: string | null;
  readonly averageFileKib: number;
  readonly glusterUuid: string | null;
  /** Hosting volumes: whether they take new block volumes; empty: they do. */
  readonly blockRestriction: BlockRestriction;
  /** Hosting volumes: GiB that are never given to block volumes. */
  readonly blockReservedGib: number;
  readonly phase: Phase;
  readonly operationId: string | null;
}

const columns = [
  'id',
  'cluster_id',
  'name',
  'size_gib',
  'durability',
  'durability_echo',
  'gid',
  'snapshot_enable',
  'snapshot_factor',
  'block',
  'options',
  'zone_checking',
  'tag_rule',
  'average_file_kib',
  'gluster_uuid',
  'block_restriction',
  'block_reserved_gib',
  'phase',
  'operation_id',
] as const;

type VolumeRow = Pick<Selectable<Schema['volumes']>, (typeof columns)[number]>;

const toRecord = (row: VolumeRow): VolumeRecord => ({
  id: row.id,
  clusterId: row.cluster_id,
  name: row.name,
  sizeGib: row.size_gib,
  durability: JSON.parse(row.durability) as Durability,
  durabilityEcho: JSON.parse(row.durability_echo) as Record<string, unknown>,
  gid: row.gid,
  snapshot: { enable: row.snapshot_enable === 1, factor: row.snapshot_factor },
  block: row.block === 1,
  options: JSON.parse(row.options) as string[],
  zoneChecking: row.zone_checking,
  tagRule: row.tag_rule,
  averageFileKib: row.average_file_kib,
  glusterUuid: row.gluster_uuid,
  blockRestriction: row.block_restriction,
  blockReservedGib: row.block_reserved_gib,
  phase: row.phase,
  operationId: row.operation_id,
});

export type VolumeReads = ReturnType<typeof volumeReads>;
export type VolumeWrites = ReturnType<typeof volumeWrites>;

/** Phases in which the API shows a volume (wire contract section 7: unfinished creates and deletes are left out). */

export const volumeReads = (sql: Kysely<Schema>) => {
  const byId = fixed(sql, (id: string) => sql.selectFrom('volumes').select(columns).where('id', '=', id));

  const visibleAmong = fixed(sql, (ids: readonly string[]) =>
    sql
      .selectFrom('volumes')
      .select(columns)
      .where('id', 'in', ids)
      .where('phase', 'in', visiblePhases)
      .orderBy('id'),
  );

  return {
    /** The volume in whatever phase. */
    async find(id: string): Promise<VolumeRecord | undefined> {
      const [row] = await byId(id);
      return row === undefined ? undefined : toRecord(row);
    },

    async findByName(clusterId: string, name: string): Promise<VolumeRecord | undefined> {
      const row = await sql
        .selectFrom('volumes')
        .select(columns)
        .where('cluster_id', '=', clusterId)
        .where('name', '=', name)
        .executeTakeFirst();
      return row === undefined ? undefined : toRecord(row);
    },

    /** The volumes of that name in all clusters, in whatever phase. */
    async listNamed(name: string): Promise<VolumeRecord[]> {
      const rows = await sql
        .selectFrom('clusters')
        .innerJoin('volumes', (join) =>
          join.onRef('volumes.cluster_id', '=', 'clusters.id').on('volumes.name', '=', name),
        )
        .select(columns.map((column) => `volumes.${column}` as const))
        .orderBy('volumes.id')
        .execute();
      return rows.map(toRecord);
    },

    /** Ids of visible volumes, of one cluster or of all, ascending. */
    async visibleIds(clusterId?: string): Promise<string[]> {
      let query = sql.selectFrom('volumes').select('id').where('phase', 'in', visiblePhases).orderBy('id');
      if (clusterId !== undefined) query = query.where('cluster_id', '=', clusterId);
      return (await query.execute()).map(({ id }) => id);
    },

    /** All visible volumes in the order of their ids. */
    async listVisible(): Promise<VolumeRecord[]> {
      const rows = await sql
        .selectFrom('volumes')
        .select(columns)
        .where('phase', 'in', visiblePhases)
        .orderBy('id')
        .execute();
      return rows.map(toRecord);
    },

    /** Those of some hundred volumes that are visible still. */
    async listVisibleAmong(ids: readonly string[]): Promise<VolumeRecord[]> {
      return (await visibleAmong(ids)).map(toRecord);
    },

    /** Volumes in every phase in the order of their ids. */
    async listAll(): Promise<VolumeRecord[]> {
      return (await sql.selectFrom('volumes').select(columns).orderBy('id').execute()).map(toRecord);
    },

    /** Whether a cluster has so many volumes or more, pending ones included; looks at no more than that many. */
    async hasAtLeast(clusterId: string, count: number): Promise<boolean> {
      if (count <= 0) return true;
      const row = await sql
        .selectFrom('volumes')
        .select('id')
        .where('cluster_id', '=', clusterId)
        .limit(1)
        .offset(count - 1)
        .executeTakeFirst();
      return row !== undefined;
    },

    /** Number of volumes of a cluster, pending ones included. */
    async count(clusterId: string): Promise<number> {
      const row = await sql
        .selectFrom('volumes')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('cluster_id', '=', clusterId)
        .executeTakeFirstOrThrow();
      return row.count;
    },
  };
};

export interface VolumeChange {
  readonly sizeGib?: number;
  readonly phase?: Phase;
  readonly glusterUuid?: string;
  readonly blockRestriction?: BlockRestriction;
  readonly blockReservedGib?: number;
  readonly operationId?: string | null;
}

const toColumns = ({
  sizeGib,
  phase,
  glusterUuid,
  operationId,
  ...block
}: VolumeChange): Updateable<Schema['volumes']> => ({
  ...(sizeGib === undefined ? {} : { size_gib: sizeGib }),
  ...(phase === undefined ? {} : { phase }),
  ...(glusterUuid === undefined ? {} : { gluster_uuid: glusterUuid }),
  ...(operationId === undefined ? {} : { operation_id: operationId }),
  ...(block.blockRestriction === undefined ? {} : { block_restriction: block.blockRestriction }),
  ...(block.blockReservedGib === undefined ? {} : { block_reserved_gib: block.blockReservedGib }),
});

export const volumeWrites = (sql: Kysely<Schema>) => {
  const insertRow = fixed(sql, (row: Insertable<Schema['volumes']>) => sql.insertInto('volumes').values(row));
  const updateRow = fixed(sql, (columns: Updateable<Schema['volumes']>, id: string) =>
    sql.updateTable('volumes').set(columns).where('id', '=', id),
  );
  const deleteRow = fixed(sql, (id: string) => sql.deleteFrom('volumes').where('id', '=', id));

  return {
    async insert(volume: VolumeRecord, nowMs: number): Promise<void> {
      await insertRow({
        id: volume.id,
        cluster_id: volume.clusterId,
        name: volume.name,
        size_gib: volume.sizeGib,
        durability: JSON.stringify(volume.durability),
        durability_echo: JSON.stringify(volume.durabilityEcho),
        gid: volume.gid,
        snapshot_enable: volume.snapshot.enable ? 1 : 0,
        snapshot_factor: volume.snapshot.factor,
        block: volume.block ? 1 : 0,
        options: JSON.stringify(volume.options),
        zone_checking: volume.zoneChecking,
        tag_rule: volume.tagRule,
        average_file_kib: volume.averageFileKib,
        gluster_uuid: volume.glusterUuid,
        block_restriction: volume.blockRestriction,
        block_reserved_gib: volume.blockReservedGib,
        phase: volume.phase,
        operation_id: volume.operationId,
        created_at_ms: nowMs,
      });
    },

    async update(id: string, change: VolumeChange): Promise<void> {
      await updateRow(toColumns(change), id);
    },

    async delete(id: string): Promise<void> {
      await deleteRow(id);
    },
  };
};
