import { AppError } from '../errors.ts';
import type { Command } from '../lib/command.ts';
import type { Action, StepContext } from '../operations/kinds.ts';
import { findMounts } from '../storage/filesystem/brick-folder.ts';
import { flushState } from '../storage/filesystem/files.ts';
import { parseMountinfo } from '../storage/filesystem/mountinfo.ts';
import { growXfs } from '../storage/filesystem/xfs.ts';
import { growingTag, toPoolTags } from '../storage/imprints.ts';
import { spareVolumeName } from '../storage/lvm/lvm.ts';
import { type LogicalVolume, parseLogicalVolumes, parseVolumeGroups } from '../storage/lvm/reports.ts';
import { idTag } from '../storage/naming.ts';
import { type BrickSpec, deviceOf, groupLanes, groupOf, mountOf } from './brick-volumes.ts';
import type { StorageCommands } from './settings.ts';

export interface GrowBricksParams {
  /** With the sizes that they are to have. */
  readonly bricks: readonly BrickSpec[];
}

/** A brick's volumes as they are now. */
interface Found {
  readonly brick: BrickSpec;
  readonly pool: LogicalVolume;
  readonly thin: LogicalVolume;
  readonly metadataKib: number;
}

/**
 * Looks whether bricks can grow where they are, before anything is touched: they are ours, mounted, alone in their pools, and
 * their volume groups have the room. What grows cannot shrink, so all that can be known is found out here.
 */
export const checkGrowthAction = (commands: StorageCommands): Action<GrowBricksParams, null> => ({
  name: 'check-growth',
  title: 'look whether the bricks can grow where they are',
  lanes: ({ bricks }) => groupLanes(bricks),
  async run(context, { bricks }) {
    const groups = groupsOf(bricks);
    const [volumeText, groupText, mountText] = await context.exec([
      commands.lvm.listLogicalVolumes(groups),
      commands.lvm.listVolumeGroups(groups),
      findMounts(bricks.map((brick) => mountOf(brick).mountPoint)),
    ]);
    const present = parseLogicalVolumes(volumeText?.stdout ?? '');
    const found = bricks.map((brick) => findBrick(brick, present));
    for (const each of found) assertAlone(each, present);
    assertMounted(bricks, mountText?.stdout ?? '');
    const free = new Map(
      parseVolumeGroups(groupText?.stdout ?? '').map(({ name, freeKib }) => [name, freeKib]),
    );
    for (const group of groups) {
      const inGroup = found.filter(({ brick }) => groupOf(brick) === group);
      assertNoSpare(group, inGroup, present);
      assertRoom(group, inGroup, free.get(group) ?? 0);
    }
    return null;
  },
});

/**
 * Grows bricks: pool metadata, pool, thin volume, file system, tags. Each run looks first and does what is missing, so it
 * can be repeated from any point; there is no way back.
 */
export const growBricksAction = (commands: StorageCommands): Action<GrowBricksParams, null> => ({
  name: 'grow-bricks',
  title: 'grow the bricks where they are',
  lanes: ({ bricks }) => groupLanes(bricks),
  async run(context, { bricks }) {
    const { lvm } = commands;
    const present = await listVolumes(context, bricks, commands);
    const found = bricks.map((brick) => findBrick(brick, present));
    await context.exec([
      ...markBare(found, present, commands),
      ...found.flatMap((each) => growVolumes(each, lvm)),
      ...bricks.map((brick) => growXfs(mountOf(brick).mountPoint)),
      flushState(bricks.map((brick) => mountOf(brick).mountPoint)),
    ]);
    const now = await listVolumes(context, bricks, commands);
    const last = bricks.flatMap((brick) => tidy(findBrick(brick, now), now, commands));
    if (last.length > 0) await context.exec(uniqueByLabel(last));
    return null;
  },
});

const groupsOf = (bricks: readonly BrickSpec[]): string[] => [...new Set(bricks.map(groupOf))];

async function listVolumes(
  context: StepContext,
  bricks: readonly BrickSpec[],
  { lvm }: StorageCommands,
): Promise<LogicalVolume[]> {
  const [listing] = await context.exec([lvm.listLogicalVolumes(groupsOf(bricks))]);
  return parseLogicalVolumes(listing?.stdout ?? '');
}

/** @throws AppError `device.missing` when a volume of the brick is not there; `object.in_use` when it lacks the brick's mark. */
function findBrick(brick: BrickSpec, present: readonly LogicalVolume[]): Found {
  const group = groupOf(brick);
  const named = (name: string): LogicalVolume | undefined =>
    present.find((volume) => volume.volumeGroup === group && volume.name === name);
  const [pool, thin, metadata] = [brick.poolName, brick.lvName, `${brick.poolName}_tmeta`].map(named);
  if (pool === undefined || thin?.pool !== brick.poolName || metadata === undefined) {
    throw new AppError(
      'device.missing',
      `${group} has no thin volume ${brick.lvName} in a pool ${brick.poolName}: the brick ${brick.brickId} cannot grow; let the doctor look`,
      { details: { brickId: brick.brickId, volumeGroup: group } },
    );
  }
  const mark = idTag('brick', brick.brickId);
  if (!pool.tags.includes(mark)) {
    throw new AppError(
      'object.in_use',
      `the pool ${group}/${pool.name} lacks the mark of the brick ${brick.brickId} (the LVM tag ${mark}), so it is not changed; the doctor can write it`,
      { details: { brickId: brick.brickId } },
    );
  }
  return { brick, pool, thin, metadataKib: metadata.sizeKib };
}

/** A snapshot that is restored would bring the old size back; a clone shares the room. */
function assertAlone({ brick, pool }: Found, present: readonly LogicalVolume[]): void {
  const others = present.filter(
    (volume) =>
      volume.volumeGroup === pool.volumeGroup &&
      volume.pool === brick.poolName &&
      volume.name !== brick.lvName,
  );
  if (others.length === 0) return;
  const names = others.map(({ name }) => name);
  throw new AppError(
    'object.in_use',
    `the thin pool ${pool.volumeGroup}/${pool.name} also holds ${names.join(', ')} (snapshots or clones): the brick cannot grow where it is; delete those first, or let the volume grow by more bricks`,
    { details: { brickId: brick.brickId, others: names } },
  );
}

function assertMounted(bricks: readonly BrickSpec[], mountTable: string): void {
  const mounts = parseMountinfo(mountTable);
  const missing = bricks.find(
    (brick) =>
      !mounts.some(
        ({ mountPoint, source }) => mountPoint === mountOf(brick).mountPoint && source === deviceOf(brick),
      ),
  );
  if (missing === undefined) return;
  throw new AppError(
    'device.missing',
    `the brick ${missing.brickId} is not mounted at ${mountOf(missing).mountPoint}, so it cannot grow; let the doctor mount it`,
    { details: { brickId: missing.brickId } },
  );
}

const moreMetadataKib = ({ brick, metadataKib }: Found): number =>
  Math.max(0, brick.metadataKib - metadataKib);
const moreKib = (found: Found): number =>
  Math.max(0, found.brick.poolKib - found.pool.sizeKib) + moreMetadataKib(found);
const spareIn = (group: string, present: readonly LogicalVolume[]): LogicalVolume | undefined =>
  present.find(({ volumeGroup, name }) => volumeGroup === group && name === spareVolumeName);

/** LVM lets its spare grow along with the largest metadata, into room that is promised to others. */
function assertNoSpare(group: string, found: readonly Found[], present: readonly LogicalVolume[]): void {
  const spare = spareIn(group, present);
  if (spare === undefined || found.every((each) => moreMetadataKib(each) === 0)) return;
  throw new AppError(
    'object.in_use',
    `the volume group ${group} has a spare for pool metadata (${spareVolumeName}), which LVM would let grow along; remove it (lvremove ${group}/${spareVolumeName}), or let the volume grow by more bricks`,
    { details: { volumeGroup: group } },
  );
}

function assertRoom(group: string, found: readonly Found[], freeKib: number): void {
  const neededKib = found.reduce((sum, each) => sum + moreKib(each), 0);
  if (neededKib <= freeKib) return;
  throw new AppError(
    'placement.no_room',
    `the volume group ${group} has ${freeKib} KiB free, ${neededKib} KiB are needed for its bricks to grow; somebody else uses it (device resync shows what is true)`,
    { details: { volumeGroup: group, freeKib, neededKib } },
  );
}

/**
 * With the metadata LVM makes a spare of the same size, wanted or not. Where there was none, the pool says so before, so that
 * the spare is known as ours to remove, whatever happens in between.
 */
function markBare(
  found: readonly Found[],
  present: readonly LogicalVolume[],
  { lvm }: StorageCommands,
): Command[] {
  return found
    .filter((each) => moreMetadataKib(each) > 0 && !each.pool.tags.includes(growingTag))
    .filter(
      ({ pool }) => spareIn(pool.volumeGroup, present) === undefined || isMarked(pool.volumeGroup, found),
    )
    .map(({ pool }) =>
      lvm.tagLogicalVolumes([`${pool.volumeGroup}/${pool.name}`], { add: [growingTag], remove: [] }),
    );
}

const isMarked = (group: string, found: readonly Found[]): boolean =>
  found.some(({ pool }) => pool.volumeGroup === group && pool.tags.includes(growingTag));

function growVolumes(found: Found, lvm: StorageCommands['lvm']): Command[] {
  const { brick, pool, thin } = found;
  const group = groupOf(brick);
  return [
    ...(moreMetadataKib(found) > 0 ? [lvm.growPoolMetadata(`${group}/${pool.name}`, brick.metadataKib)] : []),
    ...(pool.sizeKib < brick.poolKib ? [lvm.growLogicalVolume(`${group}/${pool.name}`, brick.poolKib)] : []),
    ...(thin.sizeKib < brick.sizeKib ? [lvm.growLogicalVolume(`${group}/${thin.name}`, brick.sizeKib)] : []),
  ];
}

/** Removes the spare that came along, and lets the pool tell the new size. */
function tidy(
  { brick, pool }: Found,
  present: readonly LogicalVolume[],
  { lvm }: StorageCommands,
): Command[] {
  const group = groupOf(brick);
  const wanted = toPoolTags(brick.brickId, brick.volumeId, brick.sizeKib);
  const isBare = pool.tags.includes(growingTag);
  const add = wanted.filter((tag) => !pool.tags.includes(tag));
  const remove = pool.tags.filter(
    (tag) => tag === growingTag || (tag.startsWith('mortar.size=') && !wanted.includes(tag)),
  );
  return [
    ...(isBare && spareIn(group, present) !== undefined
      ? [lvm.removeLogicalVolumes([`${group}/${spareVolumeName}`])]
      : []),
    ...(add.length + remove.length > 0
      ? [lvm.tagLogicalVolumes([`${group}/${pool.name}`], { add, remove })]
      : []),
  ];
}

/** Several bricks of one volume group remove the same spare. */
const uniqueByLabel = (commands: readonly Command[]): Command[] => [
  ...new Map(commands.map((command) => [command.label, command])).values(),
];
