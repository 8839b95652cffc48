import type { Topology, TopologyCluster } from '../../client/shapes.ts';
import { tagWords } from '../text/tag-lines.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';
import { volumeListScreen } from './volume-screen.ts';
import { countOf, gibCell, kindsCell, stateCell } from './wording.ts';

export async function topologyScreen({ clusters }: Topology, style: Style): Promise<string> {
  if (clusters.length === 0)
    return `${style.dim('No clusters. Describe them in a file: mortar topology apply FILE')}\n`;
  const texts = await Promise.all(clusters.map((cluster) => clusterScreen(cluster, style)));
  return texts.join('\n');
}

async function clusterScreen(cluster: TopologyCluster, style: Style): Promise<string> {
  const { id, nodes, volumes } = cluster;
  const counts = `${countOf(nodes.length, 'node')}, ${countOf(volumes.length, 'volume')}`;
  const head = `${style.bold(`Cluster ${id}`)}  ${style.dim(`${kindsCell(cluster)} · ${counts}`)}\n`;
  const table = volumes.length === 0 ? '' : await volumeListScreen(volumes, style);
  return `${head}${await nodeTable(cluster, style)}${table}`;
}

/** A line for each device; a node's name stands at its first. */
function nodeTable({ nodes }: TopologyCluster, style: Style): Promise<string> {
  const byName = [...nodes].sort((a, b) => nameOf(a).localeCompare(nameOf(b), 'en', { numeric: true }));
  const rows = byName.flatMap(({ hostnames, zone, state, tags, devices }) => {
    const node = [hostnames.manage[0] ?? '', String(zone), stateCell(state, style)];
    if (devices.length === 0) return [[...node, '–', '', '', '', '', tagWords(tags)]];
    return devices.map((device, index) => [
      ...(index === 0 ? node : ['', '', '']),
      device.name,
      stateCell(device.state, style),
      gibCell(device.storage.total),
      gibCell(device.storage.free),
      String(device.bricks.length),
      tagWords(device.tags ?? tags),
    ]);
  });
  const head = ['Node', 'Zone', 'State', 'Device', 'State', 'GiB', 'Free', 'Bricks', 'Tags'];
  return renderTable({ head, rows, right: [1, 5, 6, 7] }, style);
}

const nameOf = ({ hostnames }: TopologyCluster['nodes'][number]): string => hostnames.manage[0] ?? '';
