/** What the reports of LVM show of physical volumes, volume groups and logical volumes. */
import { knownDevice } from '../../world/devices.ts';
import { freeExtents, totalExtents } from '../../world/lvm.ts';
import type { Disk, LogicalVolume, NodeState, PhysicalVolume, VolumeGroup } from '../../world/state.ts';
import { thinVolumesOf } from '../../world/thin-volumes.ts';
import type { Candidate } from './selection.ts';

/** A number of KiB in the unit that was asked for. */
export type SizeText = (kib: number) => string;

/** A row by its fields: what a field shows, or undefined for one that is not simulated. */
export type Row = (field: string, size: SizeText) => string | undefined;

interface RowRequest {
  /** Names given as arguments: devices for pvs, groups for vgs and lvs. */
  readonly names: readonly string[];
  /** Groups to which the selection limits the rows; undefined for all. */
  readonly groups: readonly string[] | undefined;
  readonly withHidden: boolean;
  /** What the selection limits logical volumes to; undefined when that cannot be told. */
  readonly candidates: readonly Candidate[] | undefined;
}

export interface RowSource {
  readonly kind: 'pv' | 'vg' | 'lv';
  readonly defaultFields: string;
  rows(node: NodeState, request: RowRequest): { readonly rows: Row[]; readonly missing: readonly string[] };
}

/** What fields show, for items of one kind. */
type Fields<Item> = Readonly<Record<string, (item: Item, size: SizeText) => string>>;

interface PhysicalItem {
  readonly disk: Disk;
  readonly label: PhysicalVolume;
  readonly group: VolumeGroup | undefined;
}

const physicalFields: Fields<PhysicalItem> = {
  pv_name: ({ disk }) => disk.path,
  pv_uuid: ({ label }) => label.uuid,
  pv_size: (item, size) => size(usableKib(item)),
  dev_size: ({ disk }, size) => size(disk.sizeKib),
  pe_start: ({ label }, size) => size(label.startKib),
  vg_name: ({ label }) => label.group,
  vg_tags: ({ group }) => (group === undefined ? '' : tagsOf(group)),
};

const tagsOf = ({ tags }: { readonly tags: readonly string[] }): string => tags.join(',');

/** In a group whole extents count, otherwise the disk as it is. */
function usableKib({ disk, group }: PhysicalItem): number {
  const member = group?.members.find(({ device }) => device === disk.path);
  return group === undefined || member === undefined ? disk.sizeKib : member.extents * group.extentKib;
}

export const physicalVolumes: RowSource = {
  kind: 'pv',
  defaultFields: 'pv_name,vg_name,pv_size',
  rows(node, { names, groups }) {
    const paths = names.map((name) => knownDevice(node, name)?.path ?? name);
    const disks =
      names.length === 0 ? [...node.disks.values()] : paths.flatMap((path) => node.disks.get(path) ?? []);
    const found = new Set<string>();
    const rows = disks.flatMap((disk) => {
      const { content: label, path } = disk;
      if (label?.kind !== 'pv') return [];
      found.add(path);
      if (groups?.includes(label.group) === false) return [];
      const item = { disk, label, group: node.groups.get(label.group) };
      return [(field: string, size: SizeText) => physicalFields[field]?.(item, size)];
    });
    return { rows, missing: names.filter((_, index) => !found.has(paths[index] ?? '')) };
  },
};

const groupFields: Fields<VolumeGroup> = {
  vg_name: (group) => group.name,
  vg_uuid: (group) => group.uuid,
  vg_tags: tagsOf,
  vg_extent_size: (group, size) => size(group.extentKib),
  vg_extent_count: (group) => String(totalExtents(group)),
  vg_free_count: (group) => String(freeExtents(group)),
  vg_size: (group, size) => size(totalExtents(group) * group.extentKib),
  vg_free: (group, size) => size(freeExtents(group) * group.extentKib),
};

export const volumeGroups: RowSource = {
  kind: 'vg',
  defaultFields: 'vg_name,vg_size,vg_free',
  rows(node, { names, groups }) {
    const { present, missing } = findGroups(node, names, groups);
    return { rows: present.flatMap(groupRows), missing };
  },
};

/** One row for each physical volume, as LVM does when fields of physical volumes are asked for. */
const groupRows = (group: VolumeGroup): Row[] =>
  group.members.map(({ device, uuid }) => (field, size) => {
    if (field === 'pv_name') return device;
    return field === 'pv_uuid' ? uuid : groupFields[field]?.(group, size);
  });

interface VolumeItem {
  readonly name: string;
  readonly group: VolumeGroup;
  readonly extents: number;
  /** Absent for hidden volumes: the parts of a pool, and the spare. */
  readonly volume?: LogicalVolume;
}

/** What a fresh pool with 8 MiB of metadata reports. */
const freshMetadataPercent = 10.45;

const volumeFields: Fields<VolumeItem> = {
  lv_name: ({ name, volume }) => (volume === undefined ? `[${name}]` : name),
  lv_uuid: ({ volume }) => volume?.uuid ?? '',
  lv_size: ({ extents, group }, size) => size(extents * group.extentKib),
  pool_lv: ({ volume }) => volume?.pool ?? '',
  thin_count: ({ volume, group }) =>
    volume?.kind === 'pool' ? String(thinVolumesOf(group, volume.name).length) : '',
  lv_tags: ({ volume }) => (volume === undefined ? '' : tagsOf(volume)),
  data_percent: ({ volume }) =>
    volume === undefined || volume.kind === 'linear' ? '' : volume.dataPercent.toFixed(2),
  // Volumes keep no time of their own: the same calls give the same world.
  lv_time: () => '2026-01-01 00:00:00 +0000',
  metadata_percent: ({ volume }) =>
    volume?.kind === 'pool' ? (volume.metadataPercent ?? freshMetadataPercent).toFixed(2) : '',
};

export const logicalVolumes: RowSource = {
  kind: 'lv',
  defaultFields: 'lv_name,vg_name,lv_size,pool_lv',
  rows(node, request) {
    const { present, missing } = findGroups(node, request.names, request.groups);
    const items = present.flatMap((group) => itemsOf(group, request));
    const rows = items.map(
      (item): Row =>
        (field, size) =>
          volumeFields[field]?.(item, size) ?? groupFields[field]?.(item.group, size),
    );
    return { rows, missing };
  },
};

function itemsOf(
  group: VolumeGroup,
  { withHidden, candidates }: Pick<RowRequest, 'withHidden' | 'candidates'>,
): VolumeItem[] {
  const items: VolumeItem[] = [];
  const offer = (item: Omit<VolumeItem, 'group'>): void => void items.push({ ...item, group });
  for (const volume of candidates === undefined ? group.volumes.values() : volumesOf(group, candidates)) {
    const { name, extents, kind, metadataExtents } = volume;
    if (kind !== 'spare') offer({ name, extents, volume });
    else if (withHidden) offer({ name, extents });
    if (kind !== 'pool' || !withHidden) continue;
    offer({ name: `${name}_tdata`, extents });
    offer({ name: `${name}_tmeta`, extents: metadataExtents });
  }
  return items.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function volumesOf(group: VolumeGroup, candidates: readonly Candidate[]): Set<LogicalVolume> {
  const found = new Set<LogicalVolume>();
  for (const { field, value } of candidates) {
    const volume = field === 'lv_name' ? group.volumes.get(value) : undefined;
    if (volume !== undefined) found.add(volume);
    if (field === 'pool_lv') for (const thin of thinVolumesOf(group, value)) found.add(thin);
  }
  return found;
}

/** Groups by the names asked for, or else by the selection: only those are looked at. */
function findGroups(
  node: NodeState,
  names: readonly string[],
  selected: readonly string[] | undefined,
): { readonly present: VolumeGroup[]; readonly missing: readonly string[] } {
  const bare = names.map((name) => name.replace(/^\/dev\//, '').split('/')[0] ?? '');
  const wanted = bare.length > 0 ? bare : (selected ?? [...node.groups.keys()]);
  const present = [...new Set(wanted)].sort().flatMap((name) => node.groups.get(name) ?? []);
  return { present, missing: bare.filter((name) => !node.groups.has(name)) };
}
