import type { BrickRecord } from '../db/bricks.ts';
import { AppError } from '../errors.ts';
import type { Command } from '../lib/command.ts';
import { groupBy } from '../lib/group-by.ts';
import type { Action, StepContext, StepPlan } from '../operations/kinds.ts';
import { findMounts, markForVolume, unmount } from '../storage/filesystem/brick-folder.ts';
import { flushState } from '../storage/filesystem/files.ts';
import { parseMountinfo } from '../storage/filesystem/mountinfo.ts';
import { toGuestTags } from '../storage/imprints.ts';
import { type LogicalVolume, parseLogicalVolumes } from '../storage/lvm/reports.ts';
import { type BrickSpec, groupLanes, groupOf, isGuest, mountOf, toSpec } from './brick-volumes.ts';
import { isUnmountBusy, unmountPauseMs, unmountTries } from './destroy-bricks.ts';
import type { StorageCommands } from './settings.ts';

export interface RestoreBricksParams {
  readonly bricks: readonly BrickSpec[];
  /** The volume's name, for words. */
  readonly name: string;
  /** The volume's; null when it is not on record. */
  readonly glusterUuid: string | null;
  readonly snapshot: string;
  /** What the snapshot's thin volumes are called by. */
  readonly snapshotVolume: string;
}

/** On the thin volume that has the snapshot's contents, until the restoration is over. */
const restoreTag = (operationId: string): string => `mortar.restore=${operationId}`;
const copyName = ({ lvName }: BrickSpec): string => `${lvName}_new`;
const replacedName = ({ lvName }: BrickSpec): string => `${lvName}_old`;

/** The thin volumes in a brick's pool. */
interface InPool {
  readonly brick: BrickSpec;
  readonly all: readonly LogicalVolume[];
  /** What the brick lives on. */
  readonly current: LogicalVolume | undefined;
  /** The copy of the snapshot's, whatever it is called by now. */
  readonly copy: LogicalVolume | undefined;
}

/** One step a node for each of the actions here. */
export const restoreBricksSteps = (
  bricks: readonly BrickRecord[],
  params: Omit<RestoreBricksParams, 'bricks'>,
  action: 'copy-snapshot-bricks' | 'exchange-bricks' | 'remove-replaced-bricks',
): StepPlan[] =>
  [...groupBy(bricks, ({ nodeId }) => nodeId)].map(([nodeId, onNode]) => ({
    action,
    nodeId,
    params: {
      ...params,
      bricks: onNode.map((brick) => toSpec(brick, brick.volumeId ?? '')),
    } satisfies RestoreBricksParams,
  }));

/** Copies the snapshot's thin volumes, beside those of the bricks: the snapshot stays, and can be restored again. */
const copySnapshotBricksAction = (commands: StorageCommands): Action<RestoreBricksParams, null> => ({
  name: 'copy-snapshot-bricks',
  title: 'copy what the snapshot holds',
  lanes: ({ bricks }) => groupLanes(bricks),

  async run(context, params) {
    const { pools } = await look(context, params.bricks, commands);
    const missing = pools.filter(({ copy }) => copy === undefined);
    const copies = missing.map((pool) => copyCommand(context, { pool, params }, commands));
    if (copies.length > 0) await context.exec(copies);
    return null;
  },

  async undo(context, { bricks }) {
    const { pools } = await look(context, bricks, commands);
    const names = pools
      .filter(({ brick, copy }) => copy?.name === copyName(brick))
      .map(({ brick }) => `${groupOf(brick)}/${copyName(brick)}`);
    if (names.length > 0) await context.exec([commands.lvm.removeLogicalVolumes(names)]);
  },
});

/** @throws AppError `volume.snapshot_differs`, `object.in_use`. */
function copyCommand(
  { operationId }: StepContext,
  { pool: { brick, all, current }, params }: { readonly pool: InPool; readonly params: RestoreBricksParams },
  { lvm }: StorageCommands,
): Command {
  const stranger = all.find(({ name }) => name === copyName(brick) || name === replacedName(brick));
  if (stranger !== undefined) {
    throw new AppError(
      'object.in_use',
      `${groupOf(brick)}/${stranger.name} is there, and a restoration needs its name; rename it, or remove it if it is not needed`,
    );
  }
  const pattern = new RegExp(`^${params.snapshotVolume}_\\d+$`);
  const source = all.find(({ name, pool }) => pool === brick.poolName && pattern.test(name));
  // Another size: the brick grew where it is, and would be smaller than on record.
  if (source === undefined || source.sizeKib !== current?.sizeKib) throw snapshotDiffers(brick, params);
  return lvm.copyThinVolume(groupOf(brick), {
    source: source.name,
    copy: copyName(brick),
    tags: [restoreTag(operationId)],
  });
}

const snapshotDiffers = (brick: BrickSpec, { name, snapshot }: RestoreBricksParams): AppError =>
  new AppError(
    'volume.snapshot_differs',
    `the snapshot ${snapshot} does not hold the brick ${brick.brickId} of the volume ${name}: the volume was grown, or one of its bricks was moved, after it was taken. Only a snapshot with the same bricks can be restored; files can be copied out of this one (gluster snapshot activate ${snapshot}; mount -t glusterfs HOST:/snaps/${snapshot}/${name} FOLDER)`,
    { details: { brickId: brick.brickId, snapshot } },
  );

/**
 * Lets the bricks live on the copies: the thin volumes change names, so that paths, mounts and records stay as they are. The
 * volume does not run meanwhile. What was there stays beside until the volume runs again.
 */
const exchangeBricksAction = (commands: StorageCommands): Action<RestoreBricksParams, null> => ({
  name: 'exchange-bricks',
  title: 'put the contents of the snapshot in place',
  lanes: ({ bricks }) => groupLanes(bricks),

  async run(context, params) {
    await exchange(context, params, { commands, renames: forward, marks: true });
    return null;
  },

  async undo(context, params) {
    await exchange(context, params, { commands, renames: backward, marks: false });
  },
});

type Renames = readonly (readonly [from: string, to: string])[];

function forward({ brick, current, copy }: InPool): Renames {
  const { lvName } = brick;
  if (copy === undefined) {
    throw new AppError(
      'device.missing',
      `the copy ${groupOf(brick)}/${copyName(brick)} of the snapshot is not on the node any more`,
    );
  }
  if (copy.name === lvName) return [];
  return [
    ...(current === undefined ? [] : [[lvName, replacedName(brick)] as const]),
    [copyName(brick), lvName],
  ];
}

function backward({ brick, all, current, copy }: InPool): Renames {
  const { lvName } = brick;
  const isCopyInPlace = copy !== undefined && copy.name === lvName;
  const isReplaced = all.some(({ name }) => name === replacedName(brick));
  return [
    ...(isCopyInPlace ? [[lvName, copyName(brick)] as const] : []),
    ...(isReplaced && (isCopyInPlace || current === undefined)
      ? [[replacedName(brick), lvName] as const]
      : []),
  ];
}

interface ExchangeOptions {
  readonly commands: StorageCommands;
  readonly renames: (pool: InPool) => Renames;
  /** Write gluster's mark of the volume onto the bricks. */
  readonly marks: boolean;
}

/** Whatever of it was done before, all bricks are mounted afterwards, each from the volume of its name. */
async function exchange(
  context: StepContext,
  { bricks, glusterUuid }: RestoreBricksParams,
  { commands, renames, marks }: ExchangeOptions,
): Promise<void> {
  const { lvm, mounts } = commands;
  for (let tries = 1; ; tries += 1) {
    const { pools, mounted } = await look(context, bricks, commands);
    const change = pools.flatMap((pool): Command[] => {
      const pairs = renames(pool);
      const { mountPoint } = mountOf(pool.brick);
      if (pairs.length === 0) return [];
      return [
        ...(mounted.has(mountPoint) ? [unmount(mountPoint)] : []),
        ...pairs.map(([from, to]) => lvm.renameLogicalVolume(groupOf(pool.brick), from, to)),
      ];
    });
    try {
      await context.exec([
        ...change,
        ...bricks.map((brick) => mounts.mount(mountOf(brick), true)),
        ...(marks && glusterUuid !== null ? bricks.map(({ path }) => markForVolume(path, glusterUuid)) : []),
        flushState(bricks.map((brick) => mountOf(brick).mountPoint)),
      ]);
      return;
    } catch (thrown) {
      if (!isUnmountBusy(thrown) || tries === unmountTries) throw thrown;
      await context.sleep(unmountPauseMs);
    }
  }
}

/** Removes what the bricks lived on before: with it goes what was written since the snapshot. */
const removeReplacedBricksAction = (commands: StorageCommands): Action<RestoreBricksParams, null> => ({
  name: 'remove-replaced-bricks',
  title: 'remove what the bricks held before',
  lanes: ({ bricks }) => groupLanes(bricks),
  async run(context, { bricks }) {
    const { lvm } = commands;
    const { pools } = await look(context, bricks, commands);
    const names = pools
      .filter(({ brick, all }) => all.some(({ name }) => name === replacedName(brick)))
      .map(({ brick }) => `${groupOf(brick)}/${replacedName(brick)}`);
    await context.exec([
      ...(names.length === 0 ? [] : [lvm.removeLogicalVolumes(names)]),
      ...bricks.map((brick) =>
        lvm.tagLogicalVolumes([`${groupOf(brick)}/${brick.lvName}`], {
          // A brick of its own has its mark on its pool.
          add: isGuest(brick) ? toGuestTags(brick) : [],
          remove: [restoreTag(context.operationId)],
        }),
      ),
    ]);
    return null;
  },
});

async function look(
  context: StepContext,
  bricks: readonly BrickSpec[],
  { lvm }: StorageCommands,
): Promise<{ readonly pools: readonly InPool[]; readonly mounted: ReadonlySet<string> }> {
  const places = bricks.map((brick) => ({ ...brick, volumeGroup: groupOf(brick) }));
  const [listing, table] = await context.exec([
    lvm.listBrickVolumes(places),
    findMounts(bricks.map((brick) => mountOf(brick).mountPoint)),
  ]);
  const present = parseLogicalVolumes(listing?.stdout ?? '');
  const tag = restoreTag(context.operationId);
  const pools = bricks.map((brick): InPool => {
    const all = present.filter(
      ({ volumeGroup, pool }) => volumeGroup === groupOf(brick) && pool === brick.poolName,
    );
    // Of several bricks in one pool each has its own.
    const own = all.filter(({ name }) => [brick.lvName, copyName(brick), replacedName(brick)].includes(name));
    return {
      brick,
      all,
      current: own.find(({ name }) => name === brick.lvName),
      copy: own.find(({ tags }) => tags.includes(tag)),
    };
  });
  const mounted = new Set(parseMountinfo(table?.stdout ?? '').map(({ mountPoint }) => mountPoint));
  return { pools, mounted };
}

export const restoreBricksActions = (commands: StorageCommands): Action<RestoreBricksParams>[] => [
  copySnapshotBricksAction(commands),
  exchangeBricksAction(commands),
  removeReplacedBricksAction(commands),
];
