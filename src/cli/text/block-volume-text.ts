/** heketi-cli's texts for block volumes (wire contract section 18.3). */
import type { BlockVolume } from '../../client/wire-types.ts';
import { pad } from './pad.ts';

const idColumns = 35;

export function blockVolumeText(block: BlockVolume): string {
  const { hosts, iqn, lun, username, password } = block.blockvolume;
  const lines = [
    `Name: ${block.name}`,
    `Size: ${block.size}`,
    `UsableSize: ${block.usablesize ?? 0}`,
    `Volume Id: ${block.id}`,
    `Cluster Id: ${block.cluster ?? ''}`,
    `Hosts: [${hosts.join(' ')}]`,
    `IQN: ${iqn}`,
    `LUN: ${lun}`,
    `Hacount: ${block.hacount ?? 0}`,
    `Username: ${username}`,
    `Password: ${password}`,
    `Block Hosting Volume: ${block.blockhostingvolume ?? ''}`,
  ];
  return `${lines.join('\n')}\n`;
}

export const blockVolumeLine = ({ id, cluster = '', name }: BlockVolume): string =>
  `Id:${pad(id, idColumns)} Cluster:${pad(cluster, idColumns)} Name:${name}\n`;
