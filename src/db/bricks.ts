import type { Kysely, Selectable } from 'kysely';
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

export type BrickReads = ReturnType<typeof brickReads>;
export type BrickWrites = ReturnType<typeof brickWrites>;

export const brickReads = (sql: Kysely<Schema>) => {
  const bricks = () =>
    sql
      .selectFrom('bricks')
      .innerJoin('devices', 'devices.id', 'bricks.device_id')
      .selectAll('bricks')
      .select('devices.node_id');

  return {
    async find(id: string): Promise<BrickRecord | undefined> {
      const row = await bricks().where('bricks.id', '=', id).executeTakeFirst();
      return row === undefined ? undefined : toRecord(row);
    },

    /** Bricks of a volume in gluster's order: set by set, place by place. */
    async listByVolume(volumeId: string): Promise<BrickRecord[]> {
      const rows = await bricks()
        .where('bricks.volume_id', '=', volumeId)
        .orderBy('bricks.set_index')
        .orderBy('bricks.position')
        .execute();
      return rows.map(toRecord);
    },

    /** Bricks on a device in the order of their ids. */
    async listByDevice(deviceId: string): Promise<BrickRecord[]> {
      const rows = await bricks().where('bricks.device_id', '=', deviceId).orderBy('bricks.id').execute();
      return rows.map(toRecord);
    },

    /** Bricks that an operation makes or removes. */
    async listByOperation(operationId: string): Promise<BrickRecord[]> {
      const rows = await bricks()
        .where('bricks.operation_id', '=', operationId)
        .orderBy('bricks.set_index')
        .orderBy('bricks.position')
        .execute();
      return rows.map(toRecord);
    },

    async listAll(): Promise<BrickRecord[]> {
      return (await bricks().orderBy('bricks.id').execute()).map(toRecord);
    },
  };
};

export const brickWrites = (sql: Kysely<Schema>, touch: Touch) => ({
  async insert(brick: BrickRecord): Promise<void> {
    await sql
      .insertInto('bricks')
      .values({
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
      })
      .execute();
    touch.device(brick.deviceId);
  },

  async update(
    brick: BrickRecord,
    change: { phase?: Phase; operationId?: string | null; volumeId?: string | null },
  ): Promise<void> {
    const { phase, operationId, volumeId } = change;
    await sql
      .updateTable('bricks')
      .set({
        ...(phase === undefined ? {} : { phase }),
        ...(operationId === undefined ? {} : { operation_id: operationId }),
        ...(volumeId === undefined ? {} : { volume_id: volumeId }),
      })
      .where('id', '=', brick.id)
      .execute();
    touch.device(brick.deviceId);
  },

  async delete(brick: BrickRecord): Promise<void> {
    await sql.deleteFrom('bricks').where('id', '=', brick.id).execute();
    touch.device(brick.deviceId);
  },
});
