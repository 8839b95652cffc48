import type { Kysely } from 'kysely';
import { fixed } from './fixed-query.ts';
import type { EntryState, Phase, Schema } from './schema.ts';
import type { Touch } from './touched.ts';

export interface NodeRecord {
  readonly id: string;
  readonly clusterId: string;
  readonly zone: number;
  readonly state: EntryState;
  readonly phase: Phase;
  readonly tags: Readonly<Record<string, string>>;
  /** When it was declared lost: gone for good, nothing is ever sent to it. Null: it is not. */
  readonly lostAtMs: number | null;
  /** The operation that is adding or removing the node. */
  readonly operationId: string | null;
  /** Where commands are sent; the first counts, all are reserved (wire contract section 8). */
  readonly manageNames: readonly string[];
  /** What gluster calls the node; the first counts. */
  readonly storageNames: readonly string[];
}

interface NodeRow {
  id: string;
  cluster_id: string;
  zone: number;
  state: EntryState;
  phase: Phase;
  tags: string;
  lost_at_ms: number | null;
  operation_id: string | null;
}

type NameRow = { kind: 'manage' | 'storage'; name: string; node_id: string };

function toRecord(row: NodeRow, names: readonly NameRow[]): NodeRecord {
  const namesOf = (kind: NameRow['kind']): string[] =>
    names.filter((name) => name.kind === kind && name.node_id === row.id).map(({ name }) => name);
  return {
    id: row.id,
    clusterId: row.cluster_id,
    zone: row.zone,
    state: row.state,
    phase: row.phase,
    tags: JSON.parse(row.tags) as Record<string, string>,
    lostAtMs: row.lost_at_ms,
    operationId: row.operation_id,
    manageNames: namesOf('manage'),
    storageNames: namesOf('storage'),
  };
}

const columns = ['id', 'cluster_id', 'zone', 'state', 'phase', 'tags', 'lost_at_ms', 'operation_id'] as const;

export type NodeReads = ReturnType<typeof nodeReads>;
export type NodeWrites = ReturnType<typeof nodeWrites>;

export const nodeReads = (sql: Kysely<Schema>) => {
  const byId = fixed(sql, (id: string) => sql.selectFrom('nodes').select(columns).where('id', '=', id));
  const namesFor = fixed(sql, (ids: readonly string[]) =>
    sql
      .selectFrom('node_names')
      .select(['kind', 'name', 'node_id'])
      .where('node_id', 'in', ids)
      .orderBy('position'),
  );

  const withNames = async (rows: readonly NodeRow[]): Promise<NodeRecord[]> => {
    const names = new Map<string, NameRow[]>();
    for (let at = 0; at < rows.length; at += 500) {
      for (const name of await namesFor(rows.slice(at, at + 500).map(({ id }) => id))) {
        names.set(name.node_id, [...(names.get(name.node_id) ?? []), name]);
      }
    }
    return rows.map((row) => toRecord(row, names.get(row.id) ?? []));
  };

  const lostOf = fixed(sql, (clusterId: string) =>
    sql
      .selectFrom('nodes')
      .select(columns)
      .where('cluster_id', '=', clusterId)
      .where('lost_at_ms', 'is not', null)
      .orderBy('id'),
  );
  const visibleOf = fixed(sql, (clusterId: string, limit: number) =>
    sql
      .selectFrom('nodes')
      .select('id')
      .where('cluster_id', '=', clusterId)
      .where('phase', '=', 'ready')
      .orderBy('id')
      .limit(limit),
  );
  const firstStorageNames = fixed(sql, (ids: readonly string[]) =>
    sql
      .selectFrom('node_names')
      .select(['node_id', 'name'])
      .where('node_id', 'in', ids)
      .where('kind', '=', 'storage')
      .where('position', '=', 0),
  );

  return {
    async find(id: string): Promise<NodeRecord | undefined> {
      return (await withNames(await byId(id)))[0];
    },

    /** The node that reserved a host name, or undefined. Manage and storage names are apart (wire contract section 8). */
    async findByName(kind: 'manage' | 'storage', name: string): Promise<string | undefined> {
      const row = await sql
        .selectFrom('node_names')
        .select('node_id')
        .where('kind', '=', kind)
        .where('name', '=', name)
        .executeTakeFirst();
      return row?.node_id;
    },

    /** Nodes of a cluster in the order of their ids. */
    async listByCluster(clusterId: string): Promise<NodeRecord[]> {
      return withNames(
        await sql
          .selectFrom('nodes')
          .select(columns)
          .where('cluster_id', '=', clusterId)
          .orderBy('id')
          .execute(),
      );
    },

    /** Those that were declared lost, in the order of their ids. */
    async listLost(clusterId: string): Promise<NodeRecord[]> {
      return withNames(await lostOf(clusterId));
    },

    async listAll(): Promise<NodeRecord[]> {
      return withNames(await sql.selectFrom('nodes').select(columns).orderBy('id').execute());
    },

    /** Ids of the nodes of a cluster that the API shows, ascending; the first few with a limit. */
    async visibleIds(clusterId: string, limit?: number): Promise<string[]> {
      return (await visibleOf(clusterId, limit ?? Number.MAX_SAFE_INTEGER)).map(({ id }) => id);
    },

    /** The first storage name of each of these nodes, by node id; some hundred nodes at most. */
    async storageHostsOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
      const rows = await firstStorageNames(ids);
      return new Map(rows.map(({ node_id, name }) => [node_id, name]));
    },

    /** First storage names of the cluster's nodes in the order of node ids: what clients mount from. */
    async storageHosts(clusterId: string): Promise<string[]> {
      const rows = await sql
        .selectFrom('nodes')
        .innerJoin('node_names', 'node_names.node_id', 'nodes.id')
        .select('node_names.name')
        .where('nodes.cluster_id', '=', clusterId)
        .where('nodes.phase', '=', 'ready')
        .where('node_names.kind', '=', 'storage')
        .where('node_names.position', '=', 0)
        .orderBy('nodes.id')
        .execute();
      return rows.map(({ name }) => name);
    },
  };
};

export const nodeWrites = (sql: Kysely<Schema>, touch: Touch) => ({
  async insert(node: NodeRecord, nowMs: number): Promise<void> {
    await sql
      .insertInto('nodes')
      .values({
        id: node.id,
        cluster_id: node.clusterId,
        zone: node.zone,
        state: node.state,
        phase: node.phase,
        tags: JSON.stringify(node.tags),
        lost_at_ms: node.lostAtMs,
        operation_id: node.operationId,
        created_at_ms: nowMs,
      })
      .execute();
    const names = [
      ...node.manageNames.map((name, position) => ({
        kind: 'manage' as const,
        name,
        position,
        node_id: node.id,
      })),
      ...node.storageNames.map((name, position) => ({
        kind: 'storage' as const,
        name,
        position,
        node_id: node.id,
      })),
    ];
    await sql.insertInto('node_names').values(names).execute();
    touch.node(node.id);
  },

  async update(
    id: string,
    change: {
      state?: EntryState;
      phase?: Phase;
      zone?: number;
      tags?: Readonly<Record<string, string>>;
      lostAtMs?: number | null;
      operationId?: string | null;
    },
  ): Promise<void> {
    const { tags, lostAtMs, operationId, ...plain } = change;
    await sql
      .updateTable('nodes')
      .set({
        ...plain,
        ...(tags === undefined ? {} : { tags: JSON.stringify(tags) }),
        ...(lostAtMs === undefined ? {} : { lost_at_ms: lostAtMs }),
        ...(operationId === undefined ? {} : { operation_id: operationId }),
      })
      .where('id', '=', id)
      .execute();
    touch.node(id);
  },

  /** Replaces the storage names of a node. */
  async setStorageNames(id: string, names: readonly string[]): Promise<void> {
    await sql.deleteFrom('node_names').where('node_id', '=', id).where('kind', '=', 'storage').execute();
    await sql
      .insertInto('node_names')
      .values(names.map((name, position) => ({ kind: 'storage' as const, name, position, node_id: id })))
      .execute();
    touch.node(id);
  },

  async delete(id: string): Promise<void> {
    await sql.deleteFrom('nodes').where('id', '=', id).execute();
    touch.node(id);
  },
});
