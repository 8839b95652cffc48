import type { Reads } from '../../db/queries.ts';

/** A node that can export block volumes. */
export interface BlockNode {
  readonly nodeId: string;
  /** Its first storage host name: what initiators are told. */
  readonly host: string;
}

/** All nodes of a cluster that are there and not lost, in the order of their ids. */
export async function blockNodesOf(reads: Reads, clusterId: string): Promise<BlockNode[]> {
  const nodes = await reads.nodes.listByCluster(clusterId);
  return nodes
    .filter(({ phase, lostAtMs }) => phase === 'ready' && lostAtMs === null)
    .map(({ id, storageNames }) => ({ nodeId: id, host: storageNames[0] ?? '' }));
}

/** The same with those first that export the block volume: they certainly have the programs. */
export const exportersFirst = (nodes: readonly BlockNode[], hosts: readonly string[]): string[] => {
  const exports = ({ host }: BlockNode): boolean => hosts.includes(host);
  return [...nodes.filter(exports), ...nodes.filter((node) => !exports(node))].map(({ nodeId }) => nodeId);
};
