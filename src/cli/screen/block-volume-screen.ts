import type { BlockVolume } from '../../client/wire-types.ts';
import type { Style } from './style.ts';
import { renderFields, renderTable } from './table.ts';

const usableGib = ({ size, usablesize = size }: BlockVolume): number => usablesize;

export function blockVolumeListScreen(blocks: readonly BlockVolume[], style: Style): Promise<string> {
  const rows = blocks.map((block) => [
    block.id,
    block.name,
    String(block.size),
    block.blockhostingvolume ?? '',
    block.cluster ?? '',
  ]);
  return renderTable(
    { head: ['Block volume', 'Name', 'GiB', 'Hosting volume', 'Cluster'], rows, right: [2] },
    style,
  );
}

export function blockVolumeScreen(block: BlockVolume, style: Style): string {
  const { hosts, iqn, lun, username, password } = block.blockvolume;
  const usable = usableGib(block);
  return renderFields(
    [
      ['Block volume', style.bold(block.id)],
      ['Name', block.name],
      ['Size', `${block.size} GiB${usable < block.size ? `, of which ${usable} usable` : ''}`],
      ['Cluster', block.cluster ?? ''],
      ['Hosting volume', block.blockhostingvolume ?? ''],
      ['Hosts', hosts.join(', ')],
      ['Target', style.accent(iqn)],
      ['LUN', String(lun)],
      ['User', username],
      ['Password', password],
    ],
    style,
  );
}
