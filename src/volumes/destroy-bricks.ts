import type { Reads } from '../db/queries.ts';
import { AppError } from '../errors.ts';
import type { Action, StepContext } from '../operations/kinds.ts';
import { findMounts, unmount } from '../storage/filesystem/brick-folder.ts';
import { flushState, removeEmptyFolder } from '../storage/filesystem/files.ts';
import { parseMountinfo } from '../storage/filesystem/mountinfo.ts';
import { type LogicalVolume, parseLogicalVolumes, parseVolumeGroups } from '../storage/lvm/reports.ts';
import { deviceOfGroup, idTag, isGuestPath } from '../storage/naming.ts';
import { type BrickSpec, groupLanes, groupOf, isGuest, mountOf, toBrickVolume } from './brick-volumes.ts';
import type { StorageCommands } from './settings.ts';

export interface DestroyBricksParams {
  readonly bricks: readonly BrickSpec[];
}

/** A brick process needs a moment to let go of its mount after its volume is gone. */
export const unmountTries = 100;
export const unmountPauseMs = 200;

/** What becomes of volumes that have a brick's name but not its mark: they are never removed, but are they a failure? */
type Strangers = 'refuse' | 'spare';

interface DestroyOptions {
  readonly commands: StorageCommands;
  readonly strangers: Strangers;
  /** Which of these devices have a disk that was declared lost: no proof is asked that nothing of a brick is there. */
  lostAmong?(deviceIds: readonly string[]): Promise<ReadonlySet<string>>;
}

/**
 * Removes bricks from a node, whatever of them is there (engine reference 3.4). Bricks that are there whole go in one batch;
 * otherwise there is a look, then one batch that takes away what it found. Absence is proven by LVM's listing of a volume
 * group that is there itself, never guessed from an error's text (W18).
 *
 * @param strangers `spare` while a creation is undone: what took the name before us is none of it.
 * @throws AppError `device.missing` when a volume group is not there; `object.in_use` when a pool holds volumes of others,
 * or a volume of the brick's name is not ours.
 */
export async function destroyBricks(
  context: StepContext,
  bricks: readonly BrickSpec[],
  options: DestroyOptions,
): Promise<void> {
  if (!context.isRepeat && (await destroyWholeBricks(context, bricks, options))) return;
  for (let tries = 1; ; tries += 1) {
    const busy = await tryToDestroy(context, bricks, options);
    if (busy === undefined) return;
    if (tries === unmountTries) throw busy;
    await context.sleep(unmountPauseMs);
  }
}

/** @returns whether they are gone; if not, something is not as it was made, and the careful way finds out what. */
async function destroyWholeBricks(
  context: StepContext,
  bricks: readonly BrickSpec[],
  { commands: { lvm, mounts } }: DestroyOptions,
): Promise<boolean> {
  if (bricks.some(isGuest)) return false;
  const targets = bricks.map(mountOf);
  const mountPoints = targets.map(({ mountPoint }) => mountPoint);
  const names = bricks.flatMap((brick) =>
    [brick.lvName, brick.poolName].map((name) => `${groupOf(brick)}/${name}`),
  );
  try {
    await context.exec([
      lvm.assureBrickVolumes(bricks.map(toBrickVolume)),
      ...mountPoints.map(unmount),
      ...mounts.forget(targets),
      lvm.removeLogicalVolumes(names),
      ...mountPoints.map(removeEmptyFolder),
      flushState(),
    ]);
    return true;
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'node.command_failed') return false;
    throw thrown;
  }
}

/** @returns the failure of an unmount that something still stands in the way of: then no volume was removed. */
async function tryToDestroy(
  context: StepContext,
  bricks: readonly BrickSpec[],
  options: DestroyOptions,
): Promise<AppError | undefined> {
  const {
    commands: { lvm, mounts },
    strangers,
  } = options;
  const targets = bricks.map(mountOf);
  const mountPoints = targets.map(({ mountPoint }) => mountPoint);
  const [listing, mountTable] = await context.exec([
    lvm.listBrickVolumes(bricks.map(toBrickVolume)),
    findMounts(mountPoints),
  ]);
  const present = parseLogicalVolumes(listing?.stdout ?? '');
  const mounted = new Set(parseMountinfo(mountTable?.stdout ?? '').map(({ mountPoint }) => mountPoint));
  const doomed = bricks.map((brick) => volumesOf(brick, present, strangers));
  const absent = bricks.filter((_, index) => doomed[index]?.length === 0);
  await proveGroups(context, await groupsToProve(absent, options), lvm);

  const names = doomed.flat().map((volume) => `${volume.volumeGroup}/${volume.name}`);
  try {
    await context.exec([
      ...mountPoints.filter((mountPoint) => mounted.has(mountPoint)).map(unmount),
      ...mounts.forget(targets.filter(({ mountPoint }) => !isGuestPath(`${mountPoint}/`))),
      ...(names.length === 0 ? [] : [lvm.removeLogicalVolumes(names)]),
      ...[...mountPoints, ...guestFolders(mountPoints)].map(removeEmptyFolder),
      flushState(),
    ]);
    return undefined;
  } catch (thrown) {
    if (isUnmountBusy(thrown)) return thrown;
    throw thrown;
  }
}

async function groupsToProve(absent: readonly BrickSpec[], options: DestroyOptions): Promise<string[]> {
  if (absent.length === 0) return [];
  const deviceIds = [...new Set(absent.map(({ deviceId }) => deviceId))];
  const lost = await options.lostAmong?.(deviceIds);
  return absent.filter(({ deviceId }) => lost?.has(deviceId) !== true).map(groupOf);
}

/** umount says so itself. */
export function isUnmountBusy(thrown: unknown): thrown is AppError {
  if (!(thrown instanceof AppError) || thrown.code !== 'node.command_failed') return false;
  const { stderr } = thrown.details;
  return typeof stderr === 'string' && /^umount: .*busy/im.test(stderr);
}

/** Removes bricks; or leaves them over while their node is out of reach. */
export const destroyBricksAction = (
  commands: StorageCommands,
  reads: Reads,
): Action<DestroyBricksParams, null> => ({
  ...destroyLeftBricksAction(commands, reads),
  name: 'destroy-bricks',
  canBeLeft: true,
});

/** Removes bricks that were left over: waits for their node. */
export const destroyLeftBricksAction = (
  commands: StorageCommands,
  reads: Reads,
): Action<DestroyBricksParams, null> => ({
  name: 'destroy-left-bricks',
  title: 'remove the bricks',
  lanes: ({ bricks }) => groupLanes(bricks),
  run: async (context, { bricks }) => {
    await destroyBricks(context, bricks, {
      commands,
      strangers: 'refuse',
      lostAmong: (deviceIds) => reads.devices.lostAmong(deviceIds),
    });
    return null;
  },
});

/**
 * The brick's thin volume and its pool, as far as they exist and are ours: the pool carries the brick's mark (law 5), the
 * thin volume lives in it. A pool goes only when nothing else lives in it.
 */
function volumesOf(
  brick: BrickSpec,
  present: readonly LogicalVolume[],
  strangers: Strangers,
): LogicalVolume[] {
  const inGroup = present.filter((volume) => volume.volumeGroup === groupOf(brick));
  if (isGuest(brick)) return guestOf(brick, inGroup, strangers);
  const namedPool = inGroup.find((volume) => volume.name === brick.poolName);
  const pool = namedPool?.tags.includes(idTag('brick', brick.brickId)) === true ? namedPool : undefined;
  const namedThin = inGroup.find((volume) => volume.name === brick.lvName);
  const thin = pool !== undefined && namedThin?.pool === pool.name ? namedThin : undefined;
  const foreign = [namedThin, namedPool].filter(
    (volume) => volume !== undefined && volume !== thin && volume !== pool,
  );
  if (foreign.length > 0 && strangers === 'refuse')
    throw strangerError(
      brick,
      foreign.map((volume) => volume?.name ?? ''),
    );
  if (pool === undefined) return [];
  const others = inGroup.filter((volume) => volume.pool === brick.poolName && volume.name !== brick.lvName);
  if (others.length > 0) {
    throw new AppError(
      'object.in_use',
      `the thin pool ${groupOf(brick)}/${brick.poolName} of brick ${brick.brickId} also holds ${others.map(({ name }) => name).join(', ')}; remove those first (gluster snapshots?)`,
      { details: { brickId: brick.brickId, others: others.map(({ name }) => name) } },
    );
  }
  return [thin, pool].filter((volume) => volume !== undefined);
}

/** Of a brick that lives in another's pool only the thin volume is its own; it carries the mark itself. */
function guestOf(brick: BrickSpec, inGroup: readonly LogicalVolume[], strangers: Strangers): LogicalVolume[] {
  const thin = inGroup.find(({ name }) => name === brick.lvName);
  if (thin === undefined) return [];
  if (thin.tags.includes(idTag('brick', brick.brickId))) return [thin];
  if (strangers === 'refuse') throw strangerError(brick, [thin.name]);
  return [];
}

function strangerError(brick: BrickSpec, names: readonly string[]): AppError {
  const mark = idTag('brick', brick.brickId);
  const words = names.map((name) => `${groupOf(brick)}/${name}`).join(', ');
  return new AppError(
    'object.in_use',
    `${words} has the name of the brick ${brick.brickId}, but not its mark (the LVM tag ${mark} on its pool), so it is not removed; rename it or remove it, or put the mark on it if it is the brick`,
    { details: { brickId: brick.brickId, names } },
  );
}

/** A volume group that cannot be seen proves nothing about what was in it. */
async function proveGroups(
  context: StepContext,
  groups: readonly string[],
  lvm: StorageCommands['lvm'],
): Promise<void> {
  if (groups.length === 0) return;
  const [listing] = await context.exec([lvm.listVolumeGroups(groups)]);
  const present = new Set(parseVolumeGroups(listing?.stdout ?? '').map(({ name }) => name));
  const missing = groups.find((group) => !present.has(group));
  if (missing === undefined) return;
  throw new AppError(
    'device.missing',
    `the volume group ${missing} is not on the node: connect its disk again, or, if it is gone for good, say so (mortar device lost ${deviceOfGroup(missing)})`,
    {
      details: { volumeGroup: missing },
    },
  );
}

/** The folders above the mount points of a clone's bricks. */
const guestFolders = (mountPoints: readonly string[]): string[] => [
  ...new Set(
    mountPoints
      .filter((mountPoint) => isGuestPath(`${mountPoint}/`))
      .map((mountPoint) => mountPoint.slice(0, mountPoint.lastIndexOf('/'))),
  ),
];
