import type { RebuildHost } from '../../doctor/rebuild/host-look.ts';
import type { RebuildReport } from '../../doctor/rebuild/rebuild.ts';
import type * as wire from '../schema/doctor.ts';
import { toDocument } from '../topology/document.ts';

/** The hosts that a request names, in its order. */
export function toHosts({ topology, hosts }: wire.RebuildRequest): RebuildHost[] {
  if (topology === undefined) return (hosts ?? []).map((address) => ({ address, clusterKey: null }));
  return toDocument(topology).clusters.flatMap(({ nodes, file, block }, index) =>
    nodes.map(({ zone, tags, manageNames, storageNames }) => ({
      address: manageNames[0] ?? '',
      clusterKey: String(index),
      described: { zone, tags, manageNames, storageNames, file, block },
    })),
  );
}

export const presentReport = (report: RebuildReport): wire.RebuildReport => ({
  done: report.isDone,
  clusters: report.clusters.map(({ id }) => id),
  nodes: report.nodes.map(({ id, manageNames, clusterId }) => ({
    id,
    host: manageNames[0] ?? '',
    cluster: clusterId,
  })),
  devices: report.devices.map(({ id, name, nodeId }) => ({ id, name, node: nodeId })),
  volumes: report.volumes.map(({ id, name, sizeGib, clusterId }) => ({
    id,
    name,
    size: sizeGib,
    cluster: clusterId,
  })),
  bricks: report.bricks.length,
  problems: [...report.problems],
  notes: [...report.notes],
});
