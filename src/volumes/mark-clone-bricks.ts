import { AppError } from '../errors.ts';
import type { Action, StepContext } from '../operations/kinds.ts';
import { findMounts } from '../storage/filesystem/brick-folder.ts';
import { flushState } from '../storage/filesystem/files.ts';
import { parseMountinfo } from '../storage/filesystem/mountinfo.ts';
import { parseVolumeInfo } from '../storage/gluster/volume-info.ts';
import { toGuestTags } from '../storage/imprints.ts';
import type { BrickPlace } from '../storage/lvm/brick-commands.ts';
import { parseLogicalVolumes } from '../storage/lvm/reports.ts';
import { guestMountPoint, mapperPath } from '../storage/naming.ts';
import { pathOf } from './ownership.ts';
import type { StorageCommands } from './settings.ts';

/** A brick of a clone: its place is that of the brick it is a copy of. */
export interface CloneBrick extends BrickPlace {
  readonly brickId: string;
  readonly volumeId: string;
  /** Which brick of the volume, counted from 0 in gluster's order. */
  readonly order: number;
  readonly sizeKib: number;
}

export interface MarkCloneBricksParams {
  /** The clone's name. */
  readonly clone: string;
  readonly bricks: readonly CloneBrick[];
}

export interface MarkedBrick {
  readonly brickId: string;
  readonly lvName: string;
  readonly path: string;
}

/**
 * Finds out where gluster has put the bricks of a clone, and marks their thin volumes (law 5): it chooses paths and names
 * itself. What was marked goes with the clone when it is undone.
 */
export const markCloneBricksAction = ({
  gluster,
  lvm,
}: StorageCommands): Action<MarkCloneBricksParams, readonly MarkedBrick[]> => ({
  name: 'mark-clone-bricks',
  title: 'find and mark the bricks of the clone',
  async run(context, { clone, bricks }) {
    const [info] = await context.exec([gluster.volumeInfo(clone)]);
    const names = parseVolumeInfo(info?.stdout ?? '')?.bricks ?? [];
    const found = bricks.map((brick) => ({ ...brick, path: pathOf(names[brick.order] ?? '') }));
    const lvNames = await lvNamesOf(context, found, lvm);
    const marked = found.map((brick, index) => ({ ...brick, lvName: lvNames[index] ?? '' }));
    await context.exec([
      ...marked.map(({ volumeGroup, lvName, ...brick }) =>
        lvm.tagLogicalVolumes([`${volumeGroup}/${lvName}`], { add: toGuestTags(brick), remove: [] }),
      ),
      flushState(marked.map(({ path }) => guestMountPoint(path))),
    ]);
    return marked.map(({ brickId, lvName, path }) => ({ brickId, lvName, path }));
  },
});

/** By what is mounted where gluster says that the bricks are. @throws AppError `gluster.failed`. */
async function lvNamesOf(
  context: StepContext,
  bricks: readonly (CloneBrick & { readonly path: string })[],
  lvm: StorageCommands['lvm'],
): Promise<string[]> {
  const points = bricks.map(({ path }) => guestMountPoint(path));
  const [table, listing] = await context.exec([findMounts(points), lvm.listBrickVolumes(bricks)]);
  const mounts = parseMountinfo(table?.stdout ?? '');
  const volumes = parseLogicalVolumes(listing?.stdout ?? '');
  return bricks.map(({ volumeGroup, poolName, path }, index) => {
    const source = mounts.find(({ mountPoint }) => mountPoint === points[index])?.source;
    const own = volumes.find(
      (volume) =>
        volume.volumeGroup === volumeGroup &&
        volume.pool === poolName &&
        mapperPath(volumeGroup, volume.name) === source,
    );
    if (own !== undefined) return own.name;
    throw new AppError(
      'gluster.failed',
      `no thin volume of ${volumeGroup}/${poolName} is mounted at ${points[index]}, where gluster says that the brick ${path} is`,
    );
  });
}
