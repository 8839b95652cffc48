import { type Kysely, sql as raw } from 'kysely';
import { fixed } from './fixed-query.ts';
import type { EntryState, Phase, Schema } from './schema.ts';
import type { Touch } from './touched.ts';

export interface DeviceRecord {
  readonly id: string;
  readonly nodeId: string;
  /** The path it was added with. */
  readonly name: string;
  readonly state: EntryState;
  readonly phase: Phase;
  readonly tags: Readonly<Record<string, string>>;
  readonly totalKib: number;
  /** Taken in the volume group by what Mortar did not make. */
  readonly foreignKib: number;
  readonly extentKib: number;
  readonly pvUuid: string;
  /** Paths the device was known by when it was last read. */
  readonly paths: readonly string[];
  /** When its disk was declared gone for good. Null: it was not. */
  readonly lostAtMs: number | null;
  readonly operationId: string | null;
}

/** A device with what placement needs to know of its node and its bricks. */
export interface DeviceUsage {
  readonly id: string;
  readonly name: string;
  readonly nodeId: string;
  readonly nodeName: string;
  readonly clusterId: string;
  readonly zone: number;
  readonly totalKib: number;
  /** Bricks (also those being made or removed) and foreign things. */
  readonly usedKib: number;
  readonly extentKib: number;
  /** The node's tags overlaid by the device's (engine reference 2.6). */
  readonly tags: Readonly<Record<string, string>>;
  readonly state: EntryState;
  readonly nodeState: EntryState;
  readonly isReady: boolean;
}

interface DeviceRow {
  id: string;
  node_id: string;
  name: string;
  state: EntryState;
  phase: Phase;
  tags: string;
  total_kib: number;
  foreign_kib: number;
  extent_kib: number;
  pv_uuid: string;
  paths: string;
  lost_at_ms: number | null;
  operation_id: string | null;
}

const columns = [
  'id',
  'node_id',
  'name',
  'state',
  'phase',
  'tags',
  'total_kib',
  'foreign_kib',
  'extent_kib',
  'pv_uuid',
  'paths',
  'lost_at_ms',
  'operation_id',
] as const;

const toRecord = (row: DeviceRow): DeviceRecord => ({
  id: row.id,
  nodeId: row.node_id,
  name: row.name,
  state: row.state,
  phase: row.phase,
  tags: JSON.parse(row.tags) as Record<string, string>,
  totalKib: row.total_kib,
  foreignKib: row.foreign_kib,
  extentKib: row.extent_kib,
  pvUuid: row.pv_uuid,
  paths: JSON.parse(row.paths) as string[],
  lostAtMs: row.lost_at_ms,
  operationId: row.operation_id,
});

export type DeviceReads = ReturnType<typeof deviceReads>;
export type DeviceWrites = ReturnType<typeof deviceWrites>;

/** Free space is never stored: it is what the bricks on the device and the volume group's foreign part leave over. */
const bricksKib = raw<number>`coalesce((select sum(b.pool_kib + b.metadata_kib) from bricks b where b.device_id = devices.id), 0)`;

export const deviceReads = (sql: Kysely<Schema>) => {
  const usage = () =>
    sql
      .selectFrom('devices')
      .innerJoin('nodes', 'nodes.id', 'devices.node_id')
      .innerJoin('node_names', (join) =>
        join
          .onRef('node_names.node_id', '=', 'nodes.id')
          .on('node_names.kind', '=', 'manage')
          .on('node_names.position', '=', 0),
      )
      .select([
        'devices.id',
        'devices.name',
        'devices.node_id',
        'node_names.name as node_name',
        'nodes.cluster_id',
        'nodes.zone',
        'devices.total_kib',
        'devices.foreign_kib',
        'devices.extent_kib',
        'devices.tags',
        'nodes.tags as node_tags',
        'devices.state',
        'nodes.state as node_state',
        'devices.phase',
        'nodes.phase as node_phase',
        bricksKib.as('bricks_kib'),
      ]);

  type UsageRow = Awaited<ReturnType<ReturnType<typeof usage>['execute']>>[number];

  const toUsage = (row: UsageRow): DeviceUsage => ({
    id: row.id,
    name: row.name,
    nodeId: row.node_id,
    nodeName: row.node_name,
    clusterId: row.cluster_id,
    zone: row.zone,
    totalKib: row.total_kib,
    usedKib: row.foreign_kib + row.bricks_kib,
    extentKib: row.extent_kib,
    tags: {
      ...(JSON.parse(row.node_tags) as Record<string, string>),
      ...(JSON.parse(row.tags) as Record<string, string>),
    },
    state: row.state,
    nodeState: row.node_state,
    isReady: row.phase === 'ready' && row.node_phase === 'ready',
  });

  const byId = fixed(sql, (id: string) => sql.selectFrom('devices').select(columns).where('id', '=', id));
  const ofNode = fixed(sql, (nodeId: string) =>
    sql.selectFrom('devices').select(columns).where('node_id', '=', nodeId).orderBy('id'),
  );
  const lostByIds = fixed(sql, (ids: readonly string[]) =>
    sql.selectFrom('devices').select('id').where('id', 'in', ids).where('lost_at_ms', 'is not', null),
  );
  const usageByIds = fixed(sql, (ids: readonly string[]) => usage().where('devices.id', 'in', ids));

  return {
    async find(id: string): Promise<DeviceRecord | undefined> {
      const [row] = await byId(id);
      return row === undefined ? undefined : toRecord(row);
    },

    /** Those of the devices whose disk was declared gone for good; some hundred at most. */
    async lostAmong(ids: readonly string[]): Promise<Set<string>> {
      return new Set((await lostByIds(ids)).map(({ id }) => id));
    },

    /** The device of a node that was added under this path, or undefined. */
    async findByName(nodeId: string, name: string): Promise<DeviceRecord | undefined> {
      const row = await sql
        .selectFrom('devices')
        .select(columns)
        .where('node_id', '=', nodeId)
        .where('name', '=', name)
        .executeTakeFirst();
      return row === undefined ? undefined : toRecord(row);
    },

    /** The device that carries this physical volume, or undefined. */
    async findByPvUuid(pvUuid: string): Promise<DeviceRecord | undefined> {
      const row = await sql
        .selectFrom('devices')
        .select(columns)
        .where('pv_uuid', '=', pvUuid)
        .executeTakeFirst();
      return row === undefined ? undefined : toRecord(row);
    },

    /** Devices of a node in the order of their ids. */
    async listByNode(nodeId: string): Promise<DeviceRecord[]> {
      return (await ofNode(nodeId)).map(toRecord);
    },

    async listAll(): Promise<DeviceRecord[]> {
      return (await sql.selectFrom('devices').select(columns).orderBy('id').execute()).map(toRecord);
    },

    /** KiB that bricks take on the device, those being made or removed included. */
    async bricksKib(id: string): Promise<number> {
      const row = await sql
        .selectFrom('devices')
        .select(bricksKib.as('kib'))
        .where('id', '=', id)
        .executeTakeFirst();
      return row?.kib ?? 0;
    },

    /** Those of the devices that exist; some hundred at most. */
    async usageOf(ids: readonly string[]): Promise<DeviceUsage[]> {
      return (await usageByIds(ids)).map(toUsage);
    },

    async usageOfNode(nodeId: string): Promise<DeviceUsage[]> {
      return (await usage().where('devices.node_id', '=', nodeId).execute()).map(toUsage);
    },

    async usageOfAll(): Promise<DeviceUsage[]> {
      return (await usage().execute()).map(toUsage);
    },
  };
};

export interface DeviceChange {
  readonly state?: EntryState;
  readonly phase?: Phase;
  readonly tags?: Readonly<Record<string, string>>;
  readonly totalKib?: number;
  readonly foreignKib?: number;
  readonly extentKib?: number;
  readonly paths?: readonly string[];
  readonly lostAtMs?: number | null;
  readonly operationId?: string | null;
}

export const deviceWrites = (sql: Kysely<Schema>, touch: Touch) => ({
  async insert(device: DeviceRecord, nowMs: number): Promise<void> {
    await sql
      .insertInto('devices')
      .values({
        id: device.id,
        node_id: device.nodeId,
        name: device.name,
        state: device.state,
        phase: device.phase,
        tags: JSON.stringify(device.tags),
        total_kib: device.totalKib,
        foreign_kib: device.foreignKib,
        extent_kib: device.extentKib,
        pv_uuid: device.pvUuid,
        paths: JSON.stringify(device.paths),
        lost_at_ms: device.lostAtMs,
        operation_id: device.operationId,
        created_at_ms: nowMs,
      })
      .execute();
    touch.device(device.id);
  },

  async update(id: string, change: DeviceChange): Promise<void> {
    const { state, phase, tags, totalKib, foreignKib, extentKib, paths, lostAtMs, operationId } = change;
    await sql
      .updateTable('devices')
      .set({
        ...(state === undefined ? {} : { state }),
        ...(phase === undefined ? {} : { phase }),
        ...(tags === undefined ? {} : { tags: JSON.stringify(tags) }),
        ...(totalKib === undefined ? {} : { total_kib: totalKib }),
        ...(foreignKib === undefined ? {} : { foreign_kib: foreignKib }),
        ...(extentKib === undefined ? {} : { extent_kib: extentKib }),
        ...(paths === undefined ? {} : { paths: JSON.stringify(paths) }),
        ...(lostAtMs === undefined ? {} : { lost_at_ms: lostAtMs }),
        ...(operationId === undefined ? {} : { operation_id: operationId }),
      })
      .where('id', '=', id)
      .execute();
    if (state !== undefined || tags !== undefined) touch.saying('device', id);
    touch.device(id);
  },

  async delete(id: string): Promise<void> {
    await sql.deleteFrom('devices').where('id', '=', id).execute();
    touch.device(id);
  },
});
