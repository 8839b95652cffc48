/** heketi-cli's text of the topology, its mixture of tabs and blanks included (wire contract section 19.3). */

import type { Topology, TopologyCluster } from '../../client/shapes.ts';
import type { Brick, Device, Node, Volume } from '../../client/wire-types.ts';
import { kibToGib } from '../../lib/sizes.ts';
import { brickLine, topologyDeviceLine } from './device-text.ts';
import { stateWord } from './entry-state.ts';
import { tagWords } from './tag-lines.ts';
import { mountOptions } from './volume-text.ts';

export const topologyText = ({ clusters }: Topology): string => `${clusters.map(clusterText).join('')}\n`;

function clusterText({ id, file, block, volumes, nodes }: TopologyCluster): string {
  const head = `\nCluster Id: ${id}\n\n    File:  ${file}\n    Block: ${block}\n\n    Volumes:\n`;
  return `${head}${volumes.map(volumeText).join('')}\n\n    Nodes:\n${nodes.map(nodeText).join('')}`;
}

function volumeText(volume: Volume): string {
  const { name, size, id, cluster, mount, snapshot } = volume;
  const lines = [
    `Name: ${name}`,
    `Size: ${size}`,
    `Id: ${id}`,
    `Cluster Id: ${cluster}`,
    `Mount: ${mount.glusterfs.device}`,
    `Mount Options: ${mountOptions(volume)}`,
    ...durabilityLines(volume),
    ...(snapshot.enable
      ? ['Snapshot: Enabled', `Snapshot Factor: ${snapshot.factor.toFixed(2)}`]
      : ['Snapshot: Disabled']),
  ];
  return `\n${indented(lines, 1)}\n\t\tBricks:\n${volume.bricks.map(brickText).join('')}`;
}

function durabilityLines({ durability: { type, replicate, disperse } }: Volume): string[] {
  const head = `Durability Type: ${type}`;
  if (type === 'replicate') return [head, `Replica: ${replicate.replica ?? 2}`];
  if (type !== 'disperse') return [head];
  return [head, `Disperse Data: ${disperse.data ?? 0}`, `Disperse Redundancy: ${disperse.redundancy ?? 0}`];
}

function brickText({ id, path, size, node, device }: Brick): string {
  const lines = [
    `Id: ${id}`,
    `Path: ${path}`,
    `Size (GiB): ${kibToGib(size)}`,
    `Node: ${node}`,
    `Device: ${device}`,
  ];
  return `${indented(lines, 3)}\n`;
}

function nodeText({ id, state, cluster, zone, hostnames, tags, devices }: Node): string {
  const lines = [
    `Node Id: ${id}`,
    `State: ${stateWord(state)}`,
    `Cluster Id: ${cluster}`,
    `Zone: ${zone}`,
    `Management Hostnames: ${hostnames.manage.join(', ')}`,
    `Storage Hostnames: ${hostnames.storage.join(', ')}`,
  ];
  return `\n${indented(lines, 1)}${tagsLine(tags, 1)}\tDevices:\n${devices.map(deviceText).join('')}`;
}

function deviceText(device: Device): string {
  const paths = device.paths ?? [device.name];
  return [
    `\t\t${topologyDeviceLine(device)}`,
    tagsLine(device.tags, 3),
    `\t\t\tKnown Paths: ${paths.join(' ')}\n\n`,
    '\t\t\tBricks:\n',
    ...device.bricks.map((brick) => `\t\t\t\t${brickLine(brick)}`),
  ].join('');
}

const tagsLine = (tags: Device['tags'], depth: number): string =>
  tags === undefined ? '' : `${'\t'.repeat(depth)}Tags: ${tagWords(tags)}\n\n`;

const indented = (lines: readonly string[], depth: number): string =>
  lines.map((line) => `${'\t'.repeat(depth)}${line}\n`).join('');
