import type { Cluster } from '../../client/wire-types.ts';
import type { Style } from './style.ts';
import { renderFields, renderTable } from './table.ts';
import { kindsCell } from './wording.ts';

export function clusterListScreen(clusters: readonly Cluster[], style: Style): Promise<string> {
  const rows = clusters.map((cluster) => [
    cluster.id,
    kindsCell(cluster),
    String(cluster.nodes.length),
    String(cluster.volumes.length),
  ]);
  return renderTable({ head: ['Cluster', 'Takes', 'Nodes', 'Volumes'], rows, right: [2, 3] }, style);
}

export function clusterScreen(cluster: Cluster, style: Style): string {
  const fields: [string, string][] = [
    ['Cluster', style.bold(cluster.id)],
    ['Takes', `${kindsCell(cluster)} volumes`],
    ...list('Nodes', cluster.nodes),
    ...list('Volumes', cluster.volumes),
  ];
  return renderFields(fields, style);
}

const list = (name: string, ids: readonly string[]): [string, string][] =>
  ids.length === 0 ? [[name, 'none']] : ids.map((id, index) => [index === 0 ? name : '', id]);
