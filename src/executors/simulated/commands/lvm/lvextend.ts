import { type Answer, done, failed } from '../../world/answer.ts';
import { addVolume, freeExtents, growVolume, spareExtents } from '../../world/lvm.ts';
import type { LogicalVolume, VolumeGroup } from '../../world/state.ts';
import { parseOptions } from '../options.ts';
import { type Call, NotSimulated } from '../program.ts';
import { parseSizeKib } from '../sizes.ts';
import {
  backupWords,
  doneSaying,
  groupMissing,
  lvmFailure,
  overbooked,
  spareName,
  splitVolumeName,
} from './groups.ts';

interface Wanted {
  readonly group: VolumeGroup;
  readonly volume: LogicalVolume;
  readonly extents: number;
  readonly backup: readonly string[];
}

/** `lvm lvextend`: to an absolute size, of a volume, or of the metadata of a pool. */
export function lvextend(call: Call): Answer {
  const options = parseOptions(call.args, {
    flags: ['-qq', '-q', '-y'],
    values: ['--autobackup', '--size', '-L', '--poolmetadatasize'],
  });
  const [name = ''] = options.rest;
  const place = splitVolumeName(call.node, name);
  const group = call.node.groups.get(place.group);
  if (group === undefined) return groupMissing(place.group);
  const volume = group.volumes.get(place.volume ?? '');
  if (volume === undefined)
    return failed(lvmFailure, `  Logical volume ${place.volume} not found in volume group ${group.name}.`);
  const [size, metadata] = [
    options.value('--size') ?? options.value('-L'),
    options.value('--poolmetadatasize'),
  ];
  const sizeKib = parseSizeKib(size ?? metadata ?? '');
  if (sizeKib === undefined || (size !== undefined && metadata !== undefined))
    throw new NotSimulated('lvextend without one size');
  const wanted: Wanted = {
    group,
    volume,
    extents: Math.ceil(sizeKib / group.extentKib),
    backup: backupWords(options.value('--autobackup')),
  };
  return metadata === undefined ? extendVolume(call, wanted) : extendMetadata(call, wanted);
}

const tooLittle = (group: VolumeGroup, needed: number): string =>
  `  Insufficient free space: ${needed} extents needed, but only ${freeExtents(group)} available`;

const notLarger = (wanted: number, present: number): Answer =>
  failed(
    lvmFailure,
    `  New size given (${wanted} extents) not larger than existing size (${present} extents)`,
  );

function extendVolume({ world }: Call, { group, volume, extents, backup }: Wanted): Answer {
  const more = extents - volume.extents;
  if (more === 0) {
    return failed(
      lvmFailure,
      `  New size (${extents} extents) matches existing size (${volume.extents} extents).`,
    );
  }
  if (more < 0) return notLarger(extents, volume.extents);
  if (volume.kind !== 'thin' && more > freeExtents(group))
    return failed(lvmFailure, tooLittle(group, more), ...backup);
  growVolume(world, group, volume, { extents });
  return doneSaying([...(volume.kind === 'thin' ? overbooked(group, volume.pool) : []), ...backup]);
}

/** The same size once more is no failure here, unlike with volumes. */
function extendMetadata(call: Call, { group, volume, extents, backup }: Wanted): Answer {
  if (volume.kind !== 'pool')
    return failed(lvmFailure, '  --poolmetadatasize can be used only with thin pools.');
  const more = extents - volume.metadataExtents;
  if (more === 0) return done();
  if (more < 0) return notLarger(extents, volume.metadataExtents);
  if (more > freeExtents(group)) return failed(lvmFailure, tooLittle(group, more));
  growVolume(call.world, group, volume, { metadataExtents: extents });
  return doneSaying([...growSpare(call, group), ...backup]);
}

/** The spare follows the largest metadata, nobody can tell LVM not to; where there is no room it only says so. */
function growSpare({ world, node }: Call, group: VolumeGroup): string[] {
  const spare = group.volumes.get(spareName);
  const extents = spareExtents(group);
  const more = extents - (spare?.extents ?? 0);
  if (more <= 0) return [];
  if (more > freeExtents(group)) {
    if (spare !== undefined) return [tooLittle(group, more)];
    return [
      `  Volume group "${group.name}" has insufficient free space (${freeExtents(group)} extents): ${more} required.`,
    ];
  }
  if (spare === undefined) addVolume(world, node, group, { name: spareName, kind: 'spare', extents });
  else growVolume(world, group, spare, { extents });
  return [];
}
