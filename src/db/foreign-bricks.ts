import type { Kysely, Selectable } from 'kysely';
import { fixed } from './fixed-query.ts';
import type { BrickKind, FolderFate, Schema } from './schema.ts';

/** A brick of a managed volume that others made: a folder on a node that Mortar knows, on no device of its own. */
export interface ForeignBrickRecord {
  readonly volumeId: string;
  readonly nodeId: string;
  /** Which brick set of the volume, counted from 0 in gluster's order. */
  readonly setIndex: number;
  /** Place inside its set, counted from 0. */
  readonly position: number;
  readonly kind: BrickKind;
  /** `host:path` as gluster says it. */
  readonly name: string;
  /** What becomes of the folder when the volume is deleted. */
  readonly onDelete: FolderFate;
}

const toRecord = (row: Selectable<Schema['foreign_bricks']>): ForeignBrickRecord => ({
  volumeId: row.volume_id,
  nodeId: row.node_id,
  setIndex: row.set_index,
  position: row.position,
  kind: row.kind,
  name: row.name,
  onDelete: row.on_delete,
});

export type ForeignBrickReads = ReturnType<typeof foreignBrickReads>;
export type ForeignBrickWrites = ReturnType<typeof foreignBrickWrites>;

export const foreignBrickReads = (sql: Kysely<Schema>) => {
  const ofVolume = fixed(sql, (volumeId: string) =>
    sql
      .selectFrom('foreign_bricks')
      .selectAll()
      .where('volume_id', '=', volumeId)
      .orderBy('set_index')
      .orderBy('position'),
  );

  return {
    /** In gluster's order: set by set, place by place. */
    async listByVolume(volumeId: string): Promise<ForeignBrickRecord[]> {
      return (await ofVolume(volumeId)).map(toRecord);
    },

    async listByNode(nodeId: string): Promise<ForeignBrickRecord[]> {
      const rows = await sql
        .selectFrom('foreign_bricks')
        .selectAll()
        .where('node_id', '=', nodeId)
        .orderBy('name')
        .execute();
      return rows.map(toRecord);
    },

    /** By volume, in gluster's order. */
    async listAll(): Promise<ForeignBrickRecord[]> {
      const rows = await sql
        .selectFrom('foreign_bricks')
        .selectAll()
        .orderBy('volume_id')
        .orderBy('set_index')
        .orderBy('position')
        .execute();
      return rows.map(toRecord);
    },
  };
};

export const foreignBrickWrites = (sql: Kysely<Schema>) => ({
  /** They go with their volume's record. */
  async insert(bricks: readonly ForeignBrickRecord[]): Promise<void> {
    for (const brick of bricks)
      await sql
        .insertInto('foreign_bricks')
        .values({
          volume_id: brick.volumeId,
          node_id: brick.nodeId,
          set_index: brick.setIndex,
          position: brick.position,
          kind: brick.kind,
          name: brick.name,
          on_delete: brick.onDelete,
        })
        .execute();
  },

  async deleteOf(volumeId: string): Promise<void> {
    await sql.deleteFrom('foreign_bricks').where('volume_id', '=', volumeId).execute();
  },
});
