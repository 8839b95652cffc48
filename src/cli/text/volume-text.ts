/** heketi-cli's texts for volumes (wire contract section 18.3). */
import type { Volume } from '../../client/wire-types.ts';
import { pad } from './pad.ts';

/** Copies of a replica volume that does not say (wire contract section 11). */
const defaultReplica = 2;
const idColumns = 35;

const replicaOf = ({ durability }: Volume): number => durability.replicate.replica ?? defaultReplica;

/** Bricks that hold the same data. */
function setSize(volume: Volume): number {
  const { type, disperse } = volume.durability;
  if (type === 'replicate') return replicaOf(volume);
  return type === 'disperse' ? Math.max(1, (disperse.data ?? 0) + (disperse.redundancy ?? 0)) : 1;
}

function durabilityLines(volume: Volume): string[] {
  const { type, disperse } = volume.durability;
  const lines = [
    `Durability Type: ${type}`,
    `Distribute Count: ${Math.floor((volume.bricks.length + (volume.foreign_bricks ?? []).length) / setSize(volume))}`,
  ];
  if (type === 'replicate') lines.push(`Replica Count: ${replicaOf(volume)}`);
  if (type === 'disperse') {
    lines.push(`Disperse Data Count: ${disperse.data ?? 0}`);
    lines.push(`Disperse Redundancy Count: ${disperse.redundancy ?? 0}`);
  }
  return lines;
}

export function volumeText(volume: Volume): string {
  const { mount, blockinfo, snapshot } = volume;
  const lines = [
    `Name: ${volume.name}`,
    `Size: ${volume.size}`,
    `Volume Id: ${volume.id}`,
    `Cluster Id: ${volume.cluster}`,
    `Mount: ${mount.glusterfs.device}`,
    `Mount Options: ${mountOptions(volume)}`,
    `Block: ${volume.block ?? false}`,
    `Free Size: ${blockinfo.freesize ?? 0}`,
    `Reserved Size: ${blockinfo.reservedsize ?? 0}`,
    `Block Hosting Restriction: ${blockinfo.restriction ?? '(none)'}`,
    `Block Volumes: [${(blockinfo.blockvolume ?? []).join(' ')}]`,
    ...durabilityLines(volume),
    ...(snapshot.enable ? [`Snapshot Factor: ${snapshot.factor.toFixed(2)}`, ''] : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** `backup-volfile-servers=10.0.0.2,10.0.0.3` */
export const mountOptions = ({ mount }: Volume): string =>
  Object.entries(mount.glusterfs.options)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');

export const volumeLine = ({ id, cluster, name, block }: Volume): string =>
  `Id:${pad(id, idColumns)} Cluster:${pad(cluster, idColumns)} Name:${name}${block === true ? ' [block]' : ''}\n`;

/** What `kubectl patch endpoints` takes: one subset for each host. */
export function endpointPatchText({ mount }: Volume): string {
  const subsets = mount.glusterfs.hosts.map((ip) => ({ addresses: [{ ip }], ports: [{ port: 1 }] }));
  return `{"subsets": ${JSON.stringify(subsets)}}`;
}
