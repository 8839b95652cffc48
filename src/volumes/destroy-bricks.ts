import { AppError } from '../errors.ts';
import type { Command } from '../lib/command.ts';
import type { Action, StepContext } from '../operations/kinds.ts';
import { readMounts, unmount } from '../storage/filesystem/brick-folder.ts';
import { removeEmptyFolders } from '../storage/filesystem/files.ts';
import { parseMountinfo } from '../storage/filesystem/mountinfo.ts';
import { type LogicalVolume, parseLogicalVolumes, parseVolumeGroups } from '../storage/lvm/reports.ts';
import { type BrickSpec, groupLanes, groupOf, mountOf } from './brick-volumes.ts';
import type { StorageCommands } from './settings.ts';

export interface DestroyBricksParams {
  readonly bricks: readonly BrickSpec[];
}

/** A brick process needs a moment to let go of its mount after its volume is gone. */
const unmountTries = 20;
const unmountPauseMs = 1000;

/**
 * Removes bricks from a node, whatever of them is there (engine reference 3.4). Absence is proven by LVM's listing of a
 * volume group that is there itself, never guessed from an error's text (W18).
 *
 * @throws AppError `device.missing` when a volume group is not there; `object.in_use` when a pool holds volumes of others.
 */
export async function destroyBricks(
  context: StepContext,
  bricks: readonly BrickSpec[],
  { lvm, mounts }: StorageCommands,
): Promise<void> {
  const groups = [...new Set(bricks.map(groupOf))];
  const [listing, mountTable] = await context.exec([lvm.listLogicalVolumes(groups), readMounts()]);
  const present = parseLogicalVolumes(listing?.stdout ?? '');
  const mounted = new Set(parseMountinfo(mountTable?.stdout ?? '').map((mount) => mount.mountPoint));
  const doomed = bricks.map((brick) => volumesOf(brick, present));
  await proveGroups(context, bricks.filter((_, index) => doomed[index]?.length === 0).map(groupOf), lvm);

  const targets = bricks.map(mountOf);
  for (const { mountPoint } of targets)
    if (mounted.has(mountPoint)) await unmountPatiently(context, mountPoint);
  const names = doomed.flat().map((volume) => `${volume.volumeGroup}/${volume.name}`);
  await context.exec([
    ...mounts.forget(targets),
    ...(names.length === 0 ? [] : [lvm.removeLogicalVolumes(names)]),
    removeMountPoints(targets.map((target) => target.mountPoint)),
  ]);
}

export const destroyBricksAction = (commands: StorageCommands): Action<DestroyBricksParams, null> => ({
  name: 'destroy-bricks',
  title: 'remove the bricks',
  canBeLeft: true,
  lanes: ({ bricks }) => groupLanes(bricks),
  run: async (context, { bricks }) => {
    await destroyBricks(context, bricks, commands);
    return null;
  },
});

/** The brick's thin volume and its pool, as far as they exist. A pool goes only when nothing else lives in it. */
function volumesOf(brick: BrickSpec, present: readonly LogicalVolume[]): LogicalVolume[] {
  const inGroup = present.filter((volume) => volume.volumeGroup === groupOf(brick));
  const thin = inGroup.find((volume) => volume.name === brick.lvName);
  const pool = inGroup.find((volume) => volume.name === brick.poolName);
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
    `the volume group ${missing} is not on the node; is its disk connected?`,
    {
      details: { volumeGroup: missing },
    },
  );
}

async function unmountPatiently(context: StepContext, mountPoint: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const [result] = await context.exec([{ ...unmount(mountPoint), optional: true }]);
    if (result?.status === 'ok') return;
    const isBusy = /busy/i.test(result?.stderr ?? '');
    if (!isBusy || tries === unmountTries) {
      throw new AppError(
        'node.command_failed',
        `${mountPoint} cannot be unmounted: ${result?.stderr.trim()}`,
      );
    }
    await context.sleep(unmountPauseMs);
  }
}

/** Folders that are gone already are fine. */
const removeMountPoints = (mountPoints: readonly string[]): Command => ({
  ...removeEmptyFolders(mountPoints),
  optional: true,
});
