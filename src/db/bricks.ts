import type { Insertable, Kysely, Selectable, Updateable } from 'kysely';
import { chunked } from '../lib/chunked.ts';
import type { Durability } from '../lib/durability.ts';
import { fixed } from './fixed-query.ts';
import type { BrickKind, Phase, Schema } from './schema.ts';
import type { Touch } from './touched.ts';

export interface BrickRecord {
  readonly id: string;
  /** Null for what is left of a deleted volume on a node that could not be reached. */
  readonly volumeId: string | null;
  readonly deviceId: string;
  /** The device's node (joined, not stored twice). */
  readonly nodeId: string;
  /** Which brick set of the volume, counted from 0 in gluster's order. */
  readonly setIndex: number;
  /** Place inside its set, counted from 0. */
  readonly position: number;
  readonly kind: BrickKind;
  readonly sizeKib: number;
  readonly poolKib: number;
  readonly metadataKib: number;
  readonly poolName: string;
  readonly lvName: string;
  /** The directory that gluster is given: mount point + `/brick`. */
  readonly path: string;
  readonly phase: Phase;
  readonly operationId: string | null;
}

/** What is shown of a brick; its node is that of its device. */
export type ShownBrick = Pick<BrickRecord, 'id' | 'volumeId' | 'deviceId' | 'sizeKib' | 'path'>;

/** The same with what is allocated to it on its device. */
export type AllocatedBrick = ShownBrick & Pick<BrickRecord, 'poolKib' | 'metadataKib'>;

/** A brick whose process should run. */
export interface ServedBrick {
  readonly id: string;
  readonly volumeId: string;
  readonly deviceId: string;
  readonly path: string;
  /** Its volume keeps more than one copy: there may be something to heal. */
  readonly canHeal: boolean;
}

type BrickRow = Selectable<Schema['bricks']> & { node_id: string };

const toRecord = (row: BrickRow): BrickRecord => ({
  id: row.id,
  volumeId: row.volume_id,
  deviceId: row.device_id,
  nodeId: row.node_id,
  setIndex: row.set_index,
  position: row.position,
  kind: row.kind,
  sizeKib: row.size_kib,
  poolKib: row.pool_kib,
  metadataKib: row.metadata_kib,
  poolName: row.pool_name,
  lvName: row.lv_name,
  path: row.path,
  phase: row.phase,
  operationId: row.operation_id,
});

const toRow = (brick: BrickRecord): Insertable<Schema['bricks']> => ({
  id: brick.id,
  volume_id: brick.volumeId,
  device_id: brick.deviceId,
  set_index: brick.setIndex,
  position: brick.position,
  kind: brick.kind,
  size_kib: brick.sizeKib,
  pool_kib: brick.poolKib,
  metadata_kib: brick.metadataKib,
  pool_name: brick.poolName,
  lv_name: brick.lvName,
  path: brick.path,
  phase: brick.phase,
  operation_id: brick.operationId,
});

export type BrickReads = ReturnType<typeof brickReads>;
export type BrickWrites = ReturnType<typeof brickWrites>;

export const brickReads = (sql: Kysely<Schema>) => {
  const bricks = () =>
    sql
      .selectFrom('bricks')
      .innerJoin('devices', 'devices.id', 'bricks.device_id')
      .selectAll('bricks')
      .select('devices.node_id');
  const ofVolume = fixed(sql, (volumeId: string) =>
    bricks().where('bricks.volume_id', '=', volumeId).orderBy('bricks.set_index').orderBy('bricks.position'),
  );
  const ofOperation = fixed(sql, (operationId: string) =>
    bricks()
      .where('bricks.operation_id', '=', operationId)
      .orderBy('bricks.set_index')
      .orderBy('bricks.position'),
  );
  const onDevice = fixed(sql, (deviceId: string) =>
    bricks().where('bricks.device_id', '=', deviceId).orderBy('bricks.id'),
  );
  const onDevices = fixed(sql, (deviceIds: readonly string[]) =>
    bricks().where('bricks.device_id', 'in', deviceIds),
  );
  const guestsOf = fixed(sql, (hostIds: readonly string[]) =>
    bricks()
      .innerJoin('bricks as host', (join) =>
        join
          .onRef('host.device_id', '=', 'bricks.device_id')
          .onRef('host.pool_name', '=', 'bricks.pool_name')
          .onRef('host.id', '<>', 'bricks.id'),
      )
      .where('host.pool_kib', '>', 0)
      .where('host.id', 'in', hostIds),
  );

  const served = fixed(sql, (nodeId: string) =>
    sql
      .selectFrom('devices')
      .innerJoin('bricks', 'bricks.device_id', 'devices.id')
      .innerJoin('volumes', 'volumes.id', 'bricks.volume_id')
      .where('devices.node_id', '=', nodeId)
      .where('bricks.phase', '=', 'ready')
      .where('volumes.phase', '!=', 'creating')
      .where('volumes.phase', '!=', 'deleting')
      .select([
        'bricks.id',
        'volumes.id as volume_id',
        'bricks.device_id',
        'bricks.path',
        'volumes.durability',
      ]),
  );

  const shown = () =>
    sql
      .selectFrom('bricks')
      .where('phase', '<>', 'creating')
      .select(['id', 'volume_id as volumeId', 'device_id as deviceId', 'size_kib as sizeKib', 'path']);
  const shownOf = fixed(sql, (volumeIds: readonly string[]) => shown().where('volume_id', 'in', volumeIds));
  const shownOn = fixed(sql, (deviceIds: readonly string[]) =>
    shown()
      .select(['pool_kib as poolKib', 'metadata_kib as metadataKib'])
      .where('device_id', 'in', deviceIds),
  );

  return {
    async find(id: string): Promise<BrickRecord | undefined> {
      const row = await bricks().where('bricks.id', '=', id).executeTakeFirst();
      return row === undefined ? undefined : toRecord(row);
    },

    /** Bricks of a volume in gluster's order: set by set, place by place. */
    async listByVolume(volumeId: string): Promise<BrickRecord[]> {
      return (await ofVolume(volumeId)).map(toRecord);
    },

    /** Bricks on a device in the order of their ids. */
    async listByDevice(deviceId: string): Promise<BrickRecord[]> {
      return (await onDevice(deviceId)).map(toRecord);
    },

    /** Bricks on some hundred devices at most, in the order of their ids. */
    async listByDevices(deviceIds: readonly string[]): Promise<BrickRecord[]> {
      // Ordered by SQLite it would walk over all bricks.
      return (await onDevices(deviceIds)).sort((a, b) => (a.id < b.id ? -1 : 1)).map(toRecord);
    },

    /** Bricks of other volumes that live in the thin pools of these. */
    async listGuestsOf(hosts: readonly BrickRecord[]): Promise<BrickRecord[]> {
      return (await guestsOf(hosts.map(({ id }) => id))).map(toRecord);
    },

    /** Bricks that an operation makes or removes. */
    async listByOperation(operationId: string): Promise<BrickRecord[]> {
      return (await ofOperation(operationId)).map(toRecord);
    },

    /** Bricks of finished volumes on a node, as far as somebody who asks for their processes must know them. */
    async listServed(nodeId: string): Promise<ServedBrick[]> {
      const rows = await served(nodeId);
      return rows.map(({ id, volume_id, device_id, path, durability }) => ({
        id,
        volumeId: volume_id,
        deviceId: device_id,
        path,
        canHeal: (JSON.parse(durability) as Durability).type !== 'none',
      }));
    },

    async listAll(): Promise<BrickRecord[]> {
      return (await bricks().orderBy('bricks.id').execute()).map(toRecord);
    },

    /**
     * Those of some hundred volumes that are not being made, in no order: with one, SQLite walks over all bricks. Whoever
     * reads so many knows the nodes of all devices: to join them would take a quarter longer.
     */
    async listShownOf(volumeIds: readonly string[]): Promise<ShownBrick[]> {
      return shownOf(volumeIds);
    },

    /** Those on some hundred devices, in no order either. */
    async listShownOn(deviceIds: readonly string[]): Promise<AllocatedBrick[]> {
      return shownOn(deviceIds);
    },
  };
};

export const brickWrites = (sql: Kysely<Schema>, touch: Touch) => {
  const insertRows = fixed(sql, (rows: readonly Insertable<Schema['bricks']>[]) =>
    sql.insertInto('bricks').values(rows),
  );
  const updateRows = fixed(sql, (columns: Updateable<Schema['bricks']>, ids: readonly string[]) =>
    sql.updateTable('bricks').set(columns).where('id', 'in', ids),
  );
  const deleteRows = fixed(sql, (ids: readonly string[]) => sql.deleteFrom('bricks').where('id', 'in', ids));
  const touchDevices = (bricks: readonly BrickRecord[]): void => {
    for (const { deviceId } of bricks) touch.device(deviceId);
  };

  return {
    async insert(bricks: readonly BrickRecord[]): Promise<void> {
      for (const group of chunked(bricks, bricksPerStatement)) await insertRows(group.map(toRow));
      touchDevices(bricks);
    },

    /** The same change for all of them. What they take on their devices stays the same. */
    async update(
      bricks: readonly BrickRecord[],
      change: { phase?: Phase; operationId?: string | null; volumeId?: string | null },
    ): Promise<void> {
      const { phase, operationId, volumeId } = change;
      const columns = {
        ...(phase === undefined ? {} : { phase }),
        ...(operationId === undefined ? {} : { operation_id: operationId }),
        ...(volumeId === undefined ? {} : { volume_id: volumeId }),
      };
      for (const group of chunked(bricks, bricksPerStatement)) {
        await updateRows(columns, idsOf(group));
      }
    },

    /** Each of them gets the sizes that stand in its record, and takes that much on its device. */
    async resize(bricks: readonly BrickRecord[]): Promise<void> {
      for (const { id, sizeKib, poolKib, metadataKib } of bricks)
        await updateRows({ size_kib: sizeKib, pool_kib: poolKib, metadata_kib: metadataKib }, [id]);
      touchDevices(bricks);
    },

    async delete(bricks: readonly BrickRecord[]): Promise<void> {
      for (const group of chunked(bricks, bricksPerStatement)) {
        await deleteRows(idsOf(group));
      }
      touchDevices(bricks);
    },
  };
};

/** So many bricks go into one statement: SQLite takes some thousand values. */
const bricksPerStatement = 500;

const idsOf = (bricks: readonly BrickRecord[]): string[] => bricks.map(({ id }) => id);
