import type { ClusterRecord } from '../db/clusters.ts';
import type { DeviceRecord } from '../db/devices.ts';
import type { NodeRecord } from '../db/nodes.ts';
import type { Reads } from '../db/queries.ts';

/** What there is, for comparing with a topology document. */
export interface PresentTopology {
  readonly clusters: readonly PresentCluster[];
}

export interface PresentCluster extends ClusterRecord {
  readonly nodes: readonly PresentNode[];
  readonly hasVolumes: boolean;
}

export interface PresentNode extends NodeRecord {
  readonly devices: readonly PresentDevice[];
}

export interface PresentDevice extends DeviceRecord {
  readonly brickCount: number;
}

export async function readTopology(reads: Reads): Promise<PresentTopology> {
  const clusters: PresentCluster[] = [];
  for (const cluster of await reads.clusters.list()) {
    const nodes: PresentNode[] = [];
    for (const node of await reads.nodes.listByCluster(cluster.id)) {
      const devices: PresentDevice[] = [];
      for (const device of await reads.devices.listByNode(node.id)) {
        devices.push({ ...device, brickCount: (await reads.bricks.listByDevice(device.id)).length });
      }
      nodes.push({ ...node, devices });
    }
    clusters.push({ ...cluster, nodes, hasVolumes: await reads.volumes.hasAtLeast(cluster.id, 1) });
  }
  return { clusters };
}
