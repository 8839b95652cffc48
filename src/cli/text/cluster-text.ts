/** heketi-cli's texts for clusters (wire contract section 18.3). */
import type { Cluster } from '../../client/wire-types.ts';

export function clusterText({ id, nodes, volumes, block, file }: Cluster): string {
  return [
    `Cluster id: ${id}`,
    'Nodes:',
    nodes.join('\n'),
    'Volumes:',
    volumes.join('\n'),
    `Block: ${block}`,
    '',
    `File: ${file}`,
    '',
  ].join('\n');
}

export function clusterListText(clusters: readonly Cluster[]): string {
  return `Clusters:\n${clusters.map((cluster) => `Id:${cluster.id} ${kinds(cluster)}\n`).join('')}`;
}

function kinds({ file, block }: Cluster): string {
  if (!file && !block) return '[]';
  return `${file ? '[file]' : ''}${block ? '[block]' : ''}`;
}
