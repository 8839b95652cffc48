import type { Node } from '../../client/wire-types.ts';
import { tagWords } from '../text/tag-lines.ts';
import { deviceTable } from './device-screen.ts';
import type { Style } from './style.ts';
import { renderFields, renderTable } from './table.ts';
import { gibCell, stateCell } from './wording.ts';

export async function nodeScreen(node: Node, style: Style): Promise<string> {
  const fields: [string, string][] = [
    ['Node', style.bold(node.id)],
    ['Managed at', node.hostnames.manage.join(', ')],
    ['Storage at', node.hostnames.storage.join(', ')],
    ['State', stateCell(node.state, style)],
    ['Zone', String(node.zone)],
    ['Cluster', node.cluster],
    ['Tags', tagWords(node.tags)],
  ];
  return `${renderFields(fields, style)}\n${await deviceTable(node.devices, style)}`;
}

export function nodeListScreen(nodes: readonly Node[], style: Style): Promise<string> {
  const rows = nodes.map(({ id, hostnames, zone, state, devices, cluster }) => [
    id,
    hostnames.manage[0] ?? '',
    String(zone),
    stateCell(state, style),
    String(devices.length),
    gibCell(devices.reduce((sum, { storage }) => sum + storage.free, 0)),
    cluster,
  ]);
  const head = ['Node', 'Name', 'Zone', 'State', 'Devices', 'Free GiB', 'Cluster'];
  return renderTable({ head, rows, right: [2, 4, 5] }, style);
}
