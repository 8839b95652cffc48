import { mapperPath } from '../../../../storage/naming.ts';
import { type Answer, done, failed } from '../../world/answer.ts';
import { type BlockDevice, diskDevice, findDevice, mapperMajor, partitionsOf } from '../../world/devices.ts';
import type { Disk, LogicalVolume, Minors, NodeState, VolumeGroup } from '../../world/state.ts';
import { thinVolumesOf } from '../../world/thin-volumes.ts';
import { parseOptions } from '../options.ts';
import { type Call, NotSimulated } from '../program.ts';

interface Row {
  readonly values: Readonly<Record<string, string | number | boolean | null>>;
  readonly children: readonly Row[];
}

/** `lsblk -J -b -o COLUMNS [DEVICE]`: the devices with what is built on them. */
export function lsblk(call: Call): Answer {
  const options = parseOptions(call.args, { flags: ['-J', '-b'], values: ['-o'] });
  if (!options.has('-J') || !options.has('-b')) throw new NotSimulated('lsblk without -J -b');
  const columns = (options.value('-o') ?? 'NAME,MAJ:MIN,RM,SIZE,RO,TYPE,MOUNTPOINT').toLowerCase().split(',');
  const { node } = call;
  const rows: Row[] = [];
  for (const path of options.rest) {
    const device = findDevice(call.world, node, path);
    if (device === undefined) return failed(32, `lsblk: ${path}: not a block device`);
    rows.push(rowOfDevice(node, device));
  }
  if (options.rest.length === 0) {
    rows.push(
      ...[...node.disks.values()]
        .filter(({ parent }) => parent === undefined)
        .map((disk) => diskRow(node, disk)),
    );
  }
  const document = { blockdevices: rows.map((row) => present(row, columns)) };
  return done(`${JSON.stringify(document, null, 3)}\n`);
}

function present({ values, children }: Row, columns: readonly string[]): object {
  const pairs = columns.map((column) => {
    const value = values[column];
    if (value === undefined) throw new NotSimulated(`the column ${column}`);
    return [column, value] as const;
  });
  const below = children.map((child) => present(child, columns));
  return { ...Object.fromEntries(pairs), ...(below.length === 0 ? {} : { children: below }) };
}

function rowOfDevice(node: NodeState, device: BlockDevice): Row {
  const disk = node.disks.get(device.path);
  if (disk !== undefined) return diskRow(node, disk);
  return { values: { ...lvmValues(node, device), type: 'lvm' }, children: [] };
}

function diskRow(node: NodeState, disk: Disk): Row {
  const device = diskDevice(disk);
  const table = disk.parent === undefined ? disk : node.disks.get(disk.parent);
  const pttype = table?.content?.kind === 'partition-table' ? table.content.type : null;
  const group = disk.content?.kind === 'pv' ? node.groups.get(disk.content.group) : undefined;
  return {
    values: {
      ...commonValues(node, device),
      type: disk.type,
      ro: disk.isReadOnly,
      rm: disk.isRemovable,
      serial: disk.serial,
      wwn: disk.wwn,
      pttype,
    },
    children: [
      ...partitionsOf(node, disk).map((part) => diskRow(node, part)),
      ...(group === undefined ? [] : groupRows(node, group)),
    ],
  };
}

function commonValues(node: NodeState, device: BlockDevice): Row['values'] {
  const mount = [...node.mounts.values()].find((candidate) => candidate.device === device.path);
  return {
    name: device.name,
    path: device.path,
    kname: device.kernelPath.slice('/dev/'.length),
    'maj:min': device.number,
    size: device.sizeKib * 1024,
    fstype: device.holder.content?.kind === 'file-system' ? device.holder.content.type : null,
    mountpoint: node.swaps.has(device.path) ? '[SWAP]' : (mount?.mountPoint ?? null),
  };
}

const lvmValues = (node: NodeState, device: BlockDevice): Row['values'] => ({
  ...commonValues(node, device),
  type: 'lvm',
  ro: false,
  rm: false,
  serial: null,
  wwn: null,
  pttype: null,
});

function groupRows(node: NodeState, group: VolumeGroup): Row[] {
  return [...group.volumes.values()].flatMap((volume) => {
    if (volume.kind === 'linear') return [mappedRow(node, group, { volume, part: '' })];
    return volume.kind === 'pool' ? poolRows(node, group, volume) : [];
  });
}

/** A pool stands on two devices, and each of them carries all that is above. */
function poolRows(node: NodeState, group: VolumeGroup, pool: LogicalVolume): Row[] {
  const own = mappedRow(node, group, { volume: pool, part: '' });
  const thin = thinVolumesOf(group, pool.name).map((volume) => mappedRow(node, group, { volume, part: '' }));
  const above =
    pool.minors['-tpool'] !== undefined
      ? [mappedRow(node, group, { volume: pool, part: '-tpool', children: [own, ...thin] })]
      : [own];
  return (['_tmeta', '_tdata'] as const).map((part) =>
    mappedRow(node, group, { volume: pool, part, children: above }),
  );
}

interface MappedPart {
  readonly volume: LogicalVolume;
  readonly part: keyof Minors;
  readonly children?: readonly Row[];
}

function mappedRow(node: NodeState, group: VolumeGroup, { volume, part, children = [] }: MappedPart): Row {
  const path = `${mapperPath(group.name, volume.name)}${part}`;
  const minor = volume.minors[part] ?? 0;
  const extents = part === '_tmeta' ? volume.metadataExtents : volume.extents;
  const device: BlockDevice = {
    path,
    kernelPath: `/dev/dm-${minor}`,
    name: path.slice('/dev/mapper/'.length),
    number: `${mapperMajor}:${minor}`,
    sizeKib: extents * group.extentKib,
    isReadOnly: false,
    holder: part === '' ? volume : { content: null },
  };
  return { values: lvmValues(node, device), children };
}
