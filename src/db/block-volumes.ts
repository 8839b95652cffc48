import { type Kysely, sql as raw, type Selectable } from 'kysely';
import { type Phase, type Schema, visiblePhases } from './schema.ts';

export interface BlockVolumeRecord {
  readonly id: string;
  readonly clusterId: string;
  readonly hostingVolumeId: string;
  readonly name: string;
  readonly sizeGib: number;
  /** What initiators can use: less than the size after an expansion that one of the hosts did not follow. */
  readonly usableGib: number;
  /** What the hosting volume has given for it: more than the size while it grows. */
  readonly takenGib: number;
  readonly haCount: number;
  /** Initiators log in with the user name and a password, which only the nodes know. */
  readonly auth: boolean;
  /** Storage host names that export it. */
  readonly hosts: readonly string[];
  /** Empty until it is exported. */
  readonly iqn: string;
  readonly lun: number;
  readonly username: string;
  readonly phase: Phase;
  readonly operationId: string | null;
}

const columns = [
  'id',
  'cluster_id',
  'hosting_volume_id',
  'name',
  'size_gib',
  'usable_gib',
  'taken_gib',
  'ha_count',
  'auth',
  'hosts',
  'iqn',
  'lun',
  'username',
  'phase',
  'operation_id',
] as const;

type BlockVolumeRow = Pick<Selectable<Schema['block_volumes']>, (typeof columns)[number]>;

const toRecord = (row: BlockVolumeRow): BlockVolumeRecord => ({
  id: row.id,
  clusterId: row.cluster_id,
  hostingVolumeId: row.hosting_volume_id,
  name: row.name,
  sizeGib: row.size_gib,
  usableGib: row.usable_gib,
  takenGib: row.taken_gib,
  haCount: row.ha_count,
  auth: row.auth === 1,
  hosts: JSON.parse(row.hosts) as string[],
  iqn: row.iqn,
  lun: row.lun,
  username: row.username,
  phase: row.phase,
  operationId: row.operation_id,
});

/** A hosting volume with the sum of what its block volumes have of it. */
export interface HostingRoom {
  readonly volumeId: string;
  /** GiB that a new block volume may have at most. */
  readonly freeGib: number;
}

export type BlockVolumeReads = ReturnType<typeof blockVolumeReads>;
export type BlockVolumeWrites = ReturnType<typeof blockVolumeWrites>;

/** Phases in which the API shows a block volume (wire contract section 7). */

export const blockVolumeReads = (sql: Kysely<Schema>) => ({
  /** The block volume in whatever phase. */
  async find(id: string): Promise<BlockVolumeRecord | undefined> {
    const row = await sql.selectFrom('block_volumes').select(columns).where('id', '=', id).executeTakeFirst();
    return row === undefined ? undefined : toRecord(row);
  },

  /** Ids of visible block volumes, of one cluster or of all, ascending. */
  async visibleIds(clusterId?: string): Promise<string[]> {
    let query = sql
      .selectFrom('block_volumes')
      .select('id')
      .where('phase', 'in', visiblePhases)
      .orderBy('id');
    if (clusterId !== undefined) query = query.where('cluster_id', '=', clusterId);
    return (await query.execute()).map(({ id }) => id);
  },

  /** All block volumes of a hosting volume in the order of their ids, those being made or deleted included. */
  async listByHost(hostingVolumeId: string): Promise<BlockVolumeRecord[]> {
    const rows = await sql
      .selectFrom('block_volumes')
      .select(columns)
      .where('hosting_volume_id', '=', hostingVolumeId)
      .orderBy('id')
      .execute();
    return rows.map(toRecord);
  },

  /** Whether a hosting volume is being made for a block volume in one of these clusters. */
  async isHostInMaking(clusterIds: readonly string[]): Promise<boolean> {
    const row = await sql
      .selectFrom('block_volumes')
      .innerJoin('volumes', 'volumes.id', 'block_volumes.hosting_volume_id')
      .select('volumes.id')
      .where('volumes.phase', '=', 'creating')
      .where('volumes.cluster_id', 'in', clusterIds)
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  },

  async hasName(hostingVolumeId: string, name: string): Promise<boolean> {
    const row = await sql
      .selectFrom('block_volumes')
      .select('id')
      .where('hosting_volume_id', '=', hostingVolumeId)
      .where('name', '=', name)
      .executeTakeFirst();
    return row !== undefined;
  },

  /** All block volumes, those being made or deleted included, in the order of their ids. */
  async listAll(): Promise<BlockVolumeRecord[]> {
    return (await sql.selectFrom('block_volumes').select(columns).orderBy('id').execute()).map(toRecord);
  },

  /** Hosting volumes of a cluster that take block volumes, with the room that is left in each, in the order of their ids. */
  async openHosts(clusterId: string): Promise<HostingRoom[]> {
    const rows = await sql
      .selectFrom('volumes')
      .leftJoin('block_volumes', 'block_volumes.hosting_volume_id', 'volumes.id')
      .where('volumes.cluster_id', '=', clusterId)
      .where('volumes.block', '=', 1)
      .where('volumes.phase', 'in', visiblePhases)
      .where('volumes.block_restriction', '=', '')
      .groupBy('volumes.id')
      .orderBy('volumes.id')
      .select(['volumes.id', 'volumes.size_gib', 'volumes.block_reserved_gib'])
      .select(raw<number>`coalesce(sum(block_volumes.taken_gib), 0)`.as('taken'))
      .execute();
    return rows.map((row) => ({
      volumeId: row.id,
      freeGib: row.size_gib - row.block_reserved_gib - row.taken,
    }));
  },
});

export interface BlockVolumeChange {
  readonly sizeGib?: number;
  readonly usableGib?: number;
  readonly takenGib?: number;
  readonly iqn?: string;
  readonly username?: string;
  readonly hosts?: readonly string[];
  readonly haCount?: number;
  readonly phase?: Phase;
  readonly operationId?: string | null;
}

const toColumns = (change: BlockVolumeChange) => ({
  ...(change.sizeGib === undefined ? {} : { size_gib: change.sizeGib }),
  ...(change.usableGib === undefined ? {} : { usable_gib: change.usableGib }),
  ...(change.takenGib === undefined ? {} : { taken_gib: change.takenGib }),
  ...(change.iqn === undefined ? {} : { iqn: change.iqn }),
  ...(change.username === undefined ? {} : { username: change.username }),
  ...(change.hosts === undefined ? {} : { hosts: JSON.stringify(change.hosts) }),
  ...(change.haCount === undefined ? {} : { ha_count: change.haCount }),
  ...(change.phase === undefined ? {} : { phase: change.phase }),
  ...(change.operationId === undefined ? {} : { operation_id: change.operationId }),
});

export const blockVolumeWrites = (sql: Kysely<Schema>) => ({
  async insert(block: BlockVolumeRecord, nowMs: number): Promise<void> {
    await sql
      .insertInto('block_volumes')
      .values({
        id: block.id,
        cluster_id: block.clusterId,
        hosting_volume_id: block.hostingVolumeId,
        name: block.name,
        size_gib: block.sizeGib,
        usable_gib: block.usableGib,
        taken_gib: block.takenGib,
        ha_count: block.haCount,
        auth: block.auth ? 1 : 0,
        hosts: JSON.stringify(block.hosts),
        iqn: block.iqn,
        lun: block.lun,
        username: block.username,
        phase: block.phase,
        operation_id: block.operationId,
        created_at_ms: nowMs,
      })
      .execute();
  },

  async update(id: string, change: BlockVolumeChange): Promise<void> {
    await sql.updateTable('block_volumes').set(toColumns(change)).where('id', '=', id).execute();
  },

  async delete(id: string): Promise<void> {
    await sql.deleteFrom('block_volumes').where('id', '=', id).execute();
  },
});
