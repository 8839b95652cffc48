import type { Reads } from '../../db/queries.ts';
import { isInReach } from '../examination.ts';

/** Ids of the nodes of a cluster that may be asked to run gluster's commands. */
export async function clusterNodes(reads: Reads, clusterId: string): Promise<string[]> {
  return (await reads.nodes.listByCluster(clusterId)).filter(isInReach).map(({ id }) => id);
}
