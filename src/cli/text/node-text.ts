/** heketi-cli's texts for nodes (wire contract section 18.3). */
import type { Node } from '../../client/wire-types.ts';
import { deviceLine } from './device-text.ts';
import { stateWord } from './entry-state.ts';
import { tagLines } from './tag-lines.ts';

function headText({ id, state, cluster, zone, hostnames, tags }: Node): string {
  const lines = [
    `Node Id: ${id}`,
    `State: ${stateWord(state)}`,
    `Cluster Id: ${cluster}`,
    `Zone: ${zone}`,
    `Management Hostname: ${hostnames.manage[0] ?? ''}`,
    `Storage Hostname: ${hostnames.storage[0] ?? ''}`,
  ];
  return `${lines.join('\n')}\n${tagLines(tags)}`;
}

export const nodeText = (node: Node): string =>
  `${headText(node)}Devices:\n${node.devices.map(deviceLine).join('')}`;

/** What `node add` says: without devices. */
export const addedNodeText = (node: Node): string => `Node information:\n${headText(node)}`;

export const nodeLine = (nodeId: string, clusterId: string): string => `Id:${nodeId}\tCluster:${clusterId}\n`;
