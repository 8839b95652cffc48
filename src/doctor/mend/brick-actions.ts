import { AppError } from '../../errors.ts';
import type { Action } from '../../operations/kinds.ts';
import { readMounts } from '../../storage/filesystem/brick-folder.ts';
import { makeFolders, removeEmptyFolder } from '../../storage/filesystem/files.ts';
import { parseMountinfo } from '../../storage/filesystem/mountinfo.ts';
import type { BrickMount } from '../../storage/filesystem/mounts.ts';
import { type BrickSpec, groupLanes, mountOf } from '../../volumes/brick-volumes.ts';
import type { StorageCommands } from '../../volumes/settings.ts';

export interface RemountParams {
  readonly brick: BrickSpec;
}

/** Mounts a brick, unless it is, and writes its boot entry anew. */
export const remountBrickAction = ({ mounts }: StorageCommands): Action<RemountParams, null> => ({
  name: 'remount-brick',
  title: 'mount the brick, now and at boot',
  lanes: ({ brick }) => groupLanes([brick]),
  async run(context, { brick }) {
    const target = mountOf(brick);
    await context.exec([
      makeFolders([target.mountPoint]),
      mounts.mount(target, true),
      // A wrong line of a table would else be taken for ours.
      ...mounts.forget([target]),
      ...mounts.persist([target]),
    ]);
    return null;
  },
});

/** Removes a boot entry of no brick. @throws AppError `object.in_use` when something is mounted there. */
export const forgetBootMountAction = ({ mounts }: StorageCommands): Action<BrickMount, null> => ({
  name: 'forget-boot-mount',
  title: 'remove the boot entry',
  async run(context, target) {
    const [table] = await context.exec([readMounts()]);
    const isMounted = parseMountinfo(table?.stdout ?? '').some(
      ({ mountPoint }) => mountPoint === target.mountPoint,
    );
    if (isMounted) {
      throw new AppError('object.in_use', `${target.mountPoint} is mounted by now: its boot entry stays`);
    }
    await context.exec(mounts.forget([target]));
    return null;
  },
});

export interface RemoveFolderParams {
  readonly path: string;
}

/** Removes an empty folder; one that is not empty any more stays. */
export const removeFolderAction = (): Action<RemoveFolderParams, null> => ({
  name: 'remove-folder',
  title: 'remove the empty folder',
  async run(context, { path }) {
    await context.exec([removeEmptyFolder(path)]);
    return null;
  },
});
