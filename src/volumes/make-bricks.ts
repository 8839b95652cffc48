import type { Command } from '../lib/command.ts';
import type { Action } from '../operations/kinds.ts';
import { giveToGroup } from '../storage/filesystem/brick-folder.ts';
import { makeFolders } from '../storage/filesystem/files.ts';
import {
  askMkfsVersion,
  isSmall,
  knowsUnsupported,
  makeXfs,
  type XfsTarget,
} from '../storage/filesystem/xfs.ts';
import { type BrickSpec, deviceOf, groupLanes, mountOf, toBrickVolume } from './brick-volumes.ts';
import { destroyBricks } from './destroy-bricks.ts';
import type { StorageCommands } from './settings.ts';

export interface MakeBricksParams {
  readonly bricks: readonly BrickSpec[];
  /** Group that owns the brick directories; 0 for none. */
  readonly gid: number;
}

/** The commands that make a node's bricks, in one batch (engine reference 3.3). */
export function brickCommands(
  { bricks, gid }: MakeBricksParams,
  { lvm, mounts, xfs }: StorageCommands,
  options: { readonly isRepeat: boolean; readonly knowsUnsupported: boolean },
): Command[] {
  const { isRepeat } = options;
  const targets = bricks.map(mountOf);
  return [
    makeFolders(targets.map((mount) => mount.mountPoint)),
    ...bricks.flatMap((brick) => [
      lvm.createBrickVolume(toBrickVolume(brick), isRepeat),
      makeXfs(xfsTarget(brick, options.knowsUnsupported), xfs, isRepeat),
      mounts.mount(mountOf(brick), isRepeat),
    ]),
    ...mounts.persist(targets),
    makeFolders(bricks.map((brick) => brick.path)),
    ...(gid === 0 ? [] : bricks.flatMap((brick) => giveToGroup(brick.path, gid))),
  ];
}

const xfsTarget = (brick: BrickSpec, knowsWord: boolean): XfsTarget => ({
  device: deviceOf(brick),
  kind: brick.kind,
  isUnsupported: knowsWord && isSmall(brick.sizeKib),
});

/** Makes all bricks that one node contributes to a volume. */
export const makeBricksAction = (commands: StorageCommands): Action<MakeBricksParams, null> => ({
  name: 'make-bricks',
  title: 'make the bricks',
  canBeLeft: true,
  lanes: ({ bricks }) => groupLanes(bricks),
  run: async (context, params) => {
    const isSmallOne = params.bricks.some(({ sizeKib }) => isSmall(sizeKib));
    const [version] = isSmallOne ? await context.exec([askMkfsVersion()]) : [];
    const options = { isRepeat: context.isRepeat, knowsUnsupported: knowsUnsupported(version?.stdout ?? '') };
    await context.exec(brickCommands(params, commands, options));
    return null;
  },
  undo: async (context, { bricks }) => destroyBricks(context, bricks, commands),
});
