import type { NodeHealthEntry } from '../../topology/health.ts';
import { type Gauge, labelText } from './exposition.ts';

/** Whether nodes answer, as the last probes said. */
export const nodeGauges = (entries: Iterable<NodeHealthEntry>): Gauge[] => [
  {
    name: 'mortar_node_up',
    help: 'Whether a node answered the last probe, and its glusterd runs.',
    samples: [...entries].map(({ nodeId, clusterId, hostname, isUp }) => ({
      labels: labelText({ cluster: clusterId, node: nodeId, hostname }),
      value: isUp ? 1 : 0,
    })),
  },
];
