import { type Answer, failed } from '../../world/answer.ts';
import { addVolume, freeExtents, removeVolume, spareExtents } from '../../world/lvm.ts';
import type { VolumeGroup } from '../../world/state.ts';
import { type Options, parseOptions } from '../options.ts';
import { type Call, NotSimulated } from '../program.ts';
import { parseSizeKib } from '../sizes.ts';
import { backupWords, doneSaying, groupMissing, lvmFailure, overbooked, spareName } from './groups.ts';

/** LVM's smallest pool metadata. */
const leastMetadataKib = 2048;

/** `lvm lvcreate`: a thin pool with one thin volume, a copy of a thin volume, or a linear volume. */
export function lvcreate(call: Call): Answer {
  const options = parseOptions(call.args, {
    flags: ['-qq', '-q', '-y', '--snapshot'],
    values: [
      '--autobackup',
      '--poolmetadataspare',
      '--poolmetadatasize',
      '--chunksize',
      '--size',
      '-L',
      '-l',
      '--thin',
      '--virtualsize',
      '--name',
      '-n',
      '--addtag',
      '--setactivationskip',
    ],
  });
  const thinPool = options.value('--thin');
  const groupName = (thinPool ?? options.rest[0] ?? '').split('/')[0] ?? '';
  const group = call.node.groups.get(groupName);
  if (group === undefined) return groupMissing(groupName);
  if (options.has('--snapshot')) return createCopy(call, group, options);
  return thinPool === undefined ? createLinear(call, group, options) : createThin(call, group, options);
}

const extentsOf = (group: VolumeGroup, sizeKib: number): number => Math.ceil(sizeKib / group.extentKib);

const nameOf = (options: Options): string => options.value('--name') ?? options.value('-n') ?? '';

const nameTaken = (name: string, group: VolumeGroup): string =>
  `  Logical Volume "${name}" already exists in volume group "${group.name}"`;

const tooLittle = (group: VolumeGroup, wanted: number): string =>
  `  Volume group "${group.name}" has insufficient free space (${freeExtents(group)} extents): ${wanted} required.`;

function createLinear(call: Call, group: VolumeGroup, options: Options): Answer {
  const name = nameOf(options);
  const extents = linearExtents(group, options);
  if (group.volumes.has(name)) return failed(lvmFailure, nameTaken(name, group));
  if (extents > freeExtents(group)) return failed(lvmFailure, tooLittle(group, extents));
  addVolume(call.world, call.node, group, {
    name,
    kind: 'linear',
    extents,
    tags: options.values('--addtag'),
  });
  return doneSaying(backupWords(options.value('--autobackup')));
}

function linearExtents(group: VolumeGroup, options: Options): number {
  const count = options.value('-l');
  if (count === '100%FREE') return freeExtents(group);
  if (count !== undefined && /^\d+$/.test(count)) return Number(count);
  const sizeKib = parseSizeKib(options.value('--size') ?? options.value('-L') ?? '');
  if (sizeKib === undefined) throw new NotSimulated('a volume without a size');
  return extentsOf(group, sizeKib);
}

/**
 * The pool comes first: when the thin volume then fails for its name, the pool stays, as with the real one. LVM asks for
 * room in two ways: for the data alone, then for data, metadata and the spare together.
 */
function createThin(call: Call, group: VolumeGroup, options: Options): Answer {
  const poolName = (options.value('--thin') ?? '').split('/')[1] ?? '';
  if (group.volumes.has(poolName)) {
    return failed(lvmFailure, `  Logical volume ${poolName} already exists in Volume group ${group.name}.`);
  }
  const data = extentsOf(group, parseSizeKib(options.value('--size') ?? '') ?? 0);
  const metadataKib = parseSizeKib(options.value('--poolmetadatasize') ?? '') ?? leastMetadataKib;
  const metadata = extentsOf(group, Math.max(metadataKib, leastMetadataKib));
  const hasSpare = options.value('--poolmetadataspare') !== 'n';
  const words = hasSpare
    ? []
    : ['  WARNING: recovery of pools without pool metadata spare LV is not automated.'];
  const spare = hasSpare ? Math.max(0, metadata - spareExtents(group)) : 0;
  if (data > freeExtents(group)) return failed(lvmFailure, ...words, tooLittle(group, data));
  if (data + metadata + spare > freeExtents(group)) {
    return failed(
      lvmFailure,
      ...words,
      `  Insufficient free space: ${data + metadata + spare} extents needed, but only ${freeExtents(group)} available`,
    );
  }
  if (spare > 0) growSpare(call, group, metadata);
  addVolume(call.world, call.node, group, {
    name: poolName,
    kind: 'pool',
    extents: data,
    metadataExtents: metadata,
    tags: options.values('--addtag'),
  });
  return addThin(call, group, { options, poolName, words });
}

/** Of a thin volume, without a size: it lives in the same pool and takes nothing of the group. */
function createCopy(call: Call, group: VolumeGroup, options: Options): Answer {
  const [name, place] = [nameOf(options), options.rest[0] ?? ''];
  const source = group.volumes.get(place.split('/')[1] ?? '');
  if (source === undefined)
    return failed(
      lvmFailure,
      `  Snapshot origin LV ${place.split('/')[1]} not found in Volume group ${group.name}.`,
    );
  // Otherwise the copy has no device after a boot.
  if (source.kind !== 'thin' || options.value('--setactivationskip') !== 'n')
    throw new NotSimulated('a copy of other than a thin volume, or one that is not activated');
  if (group.volumes.has(name)) return failed(lvmFailure, nameTaken(name, group));
  const { extents, pool, content } = source;
  const copy = addVolume(call.world, call.node, group, {
    name,
    kind: 'thin',
    extents,
    pool,
    tags: options.values('--addtag'),
  });
  copy.content = structuredClone(content);
  return doneSaying([...overbooked(group, pool), ...backupWords(options.value('--autobackup'))]);
}

interface ThinRequest {
  readonly options: Options;
  readonly poolName: string;
  readonly words: readonly string[];
}

function addThin(call: Call, group: VolumeGroup, { options, poolName, words }: ThinRequest): Answer {
  const name = nameOf(options);
  const backup = backupWords(options.value('--autobackup'));
  if (group.volumes.has(name)) return failed(lvmFailure, ...words, nameTaken(name, group), ...backup);
  const extents = extentsOf(group, parseSizeKib(options.value('--virtualsize') ?? '') ?? 0);
  addVolume(call.world, call.node, group, { name, kind: 'thin', extents, pool: poolName });
  return doneSaying([...words, ...overbooked(group, poolName), ...backup]);
}

function growSpare(call: Call, group: VolumeGroup, extents: number): void {
  const spare = group.volumes.get(spareName);
  if (spare !== undefined) removeVolume(call.world, call.node, group, spare);
  addVolume(call.world, call.node, group, { name: spareName, kind: 'spare', extents });
}
