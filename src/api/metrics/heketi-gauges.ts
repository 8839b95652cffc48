import type { ClusterGauge } from '../../db/gauges.ts';
import type { OperationState } from '../../db/schema.ts';
import type { IndexedDevice } from './device-index.ts';
import { type Gauge, labelText, type Sample } from './exposition.ts';

export interface Facts {
  readonly clusters: readonly ClusterGauge[];
  readonly devices: readonly IndexedDevice[];
  readonly unfinished: readonly { readonly state: OperationState; readonly count: number }[];
  /** Operations that this process works on. */
  readonly inFlight: number;
}

const bare = (value: number): Sample[] => [{ labels: '', value }];

/** The gauges of the wire contract, by the names that dashboards and alert rules know (section 15); devices have their own. */
export const heketiGauges = (facts: Facts): Gauge[] => [
  { name: 'heketi_up', help: 'Whether the server can serve.', samples: bare(1) },
  { name: 'heketi_cluster_count', help: 'Number of clusters.', samples: bare(facts.clusters.length) },
  ...clusterGauges(facts.clusters),
  {
    name: 'heketi_device_count',
    help: 'Number of devices of a node.',
    samples: devicesOfNodes(facts.devices),
  },
  ...operationGauges(facts),
];

function clusterGauges(clusters: readonly ClusterGauge[]): Gauge[] {
  const gauge = (name: string, help: string, valueOf: (cluster: ClusterGauge) => number): Gauge => ({
    name,
    help,
    samples: clusters.map((cluster) => ({
      labels: labelText({ cluster: cluster.id }),
      value: valueOf(cluster),
    })),
  });
  return [
    gauge('heketi_volumes_count', 'Number of volumes of a cluster.', ({ volumes }) => volumes),
    gauge(
      'heketi_block_volumes_count',
      'Number of block volumes of a cluster.',
      ({ blockVolumes }) => blockVolumes,
    ),
    gauge('heketi_nodes_count', 'Number of nodes of a cluster.', ({ nodes }) => nodes),
  ];
}

function devicesOfNodes(devices: readonly IndexedDevice[]): Sample[] {
  const nodes = new Map<string, { labels: string; value: number }>();
  for (const { clusterId, hostname, storageHostname } of devices) {
    const known = nodes.get(hostname);
    if (known !== undefined) known.value += 1;
    else {
      const labels = labelText({ cluster: clusterId, hostname, storage_hostname: storageHostname });
      nodes.set(hostname, { labels, value: 1 });
    }
  }
  return [...nodes.values()];
}

/**
 * Heketi's words for operations, as far as there is such a thing here: none is ever stale, since what a dead manager left is
 * taken up; failed are those that need somebody's help; new are all others that have not ended.
 */
function operationGauges({ unfinished, inFlight }: Facts): Gauge[] {
  const total = unfinished.reduce((sum, { count }) => sum + count, 0);
  const failed = unfinished.find(({ state }) => state === 'stuck')?.count ?? 0;
  const gauge = (name: string, help: string, value: number): Gauge => ({
    name: `heketi_operations_${name}`,
    help,
    samples: bare(value),
  });
  return [
    gauge('stale_count', 'Unfinished operations that nobody works on any more.', 0),
    gauge('failed_count', 'Unfinished operations that are stuck.', failed),
    gauge('new_count', 'Unfinished operations that wait or go on.', total - failed),
    gauge('total_count', 'Unfinished operations.', total),
    gauge('inFlight_count', 'Operations that the server is at work on.', inFlight),
  ];
}
