import { type Kysely, sql as raw } from 'kysely';
import type { OperationState, Schema } from './schema.ts';

/** A device as the metrics show it. */
export interface DeviceGauge {
  readonly id: string;
  readonly clusterId: string;
  /** The first manage and storage names of its node. */
  readonly hostname: string;
  readonly storageHostname: string;
  readonly name: string;
  readonly pvUuid: string;
  readonly totalKib: number;
  /** Bricks (also those being made or removed) and foreign things. */
  readonly usedKib: number;
  readonly bricks: number;
}

export interface ClusterGauge {
  readonly id: string;
  readonly nodes: number;
  readonly volumes: number;
  readonly blockVolumes: number;
}

export type GaugeReads = ReturnType<typeof gaugeReads>;

/** Sums and counts for the metrics, each from an index. */
export const gaugeReads = (sql: Kysely<Schema>) => {
  const devices = () =>
    sql
      .selectFrom('devices')
      .innerJoin('nodes', 'nodes.id', 'devices.node_id')
      .innerJoin('node_names as manage', (join) =>
        join
          .onRef('manage.node_id', '=', 'nodes.id')
          .on('manage.kind', '=', 'manage')
          .on('manage.position', '=', 0),
      )
      .innerJoin('node_names as storage', (join) =>
        join
          .onRef('storage.node_id', '=', 'nodes.id')
          .on('storage.kind', '=', 'storage')
          .on('storage.position', '=', 0),
      )
      .where('devices.phase', '=', 'ready')
      .where('nodes.phase', '=', 'ready')
      .select([
        'devices.id',
        'nodes.cluster_id as clusterId',
        'manage.name as hostname',
        'storage.name as storageHostname',
        'devices.name',
        'devices.pv_uuid as pvUuid',
        'devices.total_kib as totalKib',
        raw<number>`devices.foreign_kib + coalesce((select sum(b.pool_kib + b.metadata_kib) from bricks b where b.device_id = devices.id), 0)`.as(
          'usedKib',
        ),
        raw<number>`(select count(*) from bricks b where b.device_id = devices.id)`.as('bricks'),
      ]);

  return {
    /** Every device that is there. */
    async allDevices(): Promise<DeviceGauge[]> {
      return devices().execute();
    },

    /** Those of the devices that are there; some hundred at most. */
    async devices(ids: readonly string[]): Promise<DeviceGauge[]> {
      return devices().where('devices.id', 'in', ids).execute();
    },

    async clusters(): Promise<ClusterGauge[]> {
      return sql
        .selectFrom('clusters')
        .select([
          'clusters.id',
          raw<number>`(select count(*) from nodes n where n.cluster_id = clusters.id and n.phase = 'ready')`.as(
            'nodes',
          ),
          raw<number>`(select count(*) from volumes v where v.cluster_id = clusters.id and v.phase in ('ready', 'expanding'))`.as(
            'volumes',
          ),
          raw<number>`(select count(*) from block_volumes t where t.cluster_id = clusters.id and t.phase in ('ready', 'expanding'))`.as(
            'blockVolumes',
          ),
        ])
        .orderBy('clusters.id')
        .execute();
    },

    /** How many unfinished operations there are in each state. */
    async unfinishedOperations(): Promise<{ readonly state: OperationState; readonly count: number }[]> {
      return sql
        .selectFrom('operations')
        .select(['state', ({ fn }) => fn.countAll<number>().as('count')])
        .where('finished_at_ms', 'is', null)
        .groupBy('state')
        .execute();
    },
  };
};
