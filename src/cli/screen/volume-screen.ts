import type { Volume } from '../../client/wire-types.ts';
import { mountOptions } from '../text/volume-text.ts';
import type { Style } from './style.ts';
import { renderFields, renderTable } from './table.ts';
import { gibCell } from './wording.ts';

function durabilityCell({ durability: { type, replicate, disperse } }: Volume): string {
  if (type === 'replicate') return `replica ${replicate.replica ?? 2}`;
  return type === 'disperse' ? `disperse ${disperse.data ?? 0}+${disperse.redundancy ?? 0}` : type;
}

export function volumeListScreen(volumes: readonly Volume[], style: Style): Promise<string> {
  const rows = volumes.map((volume) => [
    volume.id,
    `${volume.name}${volume.block === true ? ' [block]' : ''}`,
    String(volume.size),
    durabilityCell(volume),
    volume.cluster,
  ]);
  return renderTable({ head: ['Volume', 'Name', 'GiB', 'Durability', 'Cluster'], rows, right: [2] }, style);
}

export async function volumeScreen(volume: Volume, style: Style): Promise<string> {
  const { mount, snapshot, blockinfo, bricks } = volume;
  const options = (volume.glustervolumeoptions ?? []).filter((option) => option !== '');
  const fields: [string, string][] = [
    ['Volume', style.bold(volume.id)],
    ['Name', volume.name],
    ['Size', `${volume.size} GiB`],
    ['Durability', durabilityCell(volume)],
    ['Cluster', volume.cluster],
    ['Mount', style.accent(mount.glusterfs.device)],
    ['Mount options', mountOptions(volume)],
    ['Group', volume.gid === undefined ? '' : String(volume.gid)],
    ['Snapshots', snapshot.enable ? `factor ${snapshot.factor}` : ''],
    ['Block hosting', volume.block === true ? `${blockinfo.freesize ?? 0} GiB free` : ''],
    ['Restriction', blockinfo.restriction ?? ''],
    ['Options', options.join(', ')],
  ];
  const foreign = volume.foreign_bricks ?? [];
  const rows = [
    ...foreign.map(({ brick, node }) => [brick, node, 'made by others', '']),
    ...bricks.map(({ id, node, device, size }) => [id, node, device, gibCell(size)]),
  ];
  const table = await renderTable({ head: ['Brick', 'Node', 'Device', 'GiB'], rows, right: [3] }, style);
  return `${renderFields(fields, style)}\n${table}`;
}
