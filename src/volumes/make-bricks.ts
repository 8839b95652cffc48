import type { Command } from '../lib/command.ts';
import type { Action, StepContext } from '../operations/kinds.ts';
import { giveToGroup } from '../storage/filesystem/brick-folder.ts';
import { makeFolders } from '../storage/filesystem/files.ts';
import {
  askMkfsVersion,
  askXfsState,
  isSmall,
  knowsUnsupported,
  makeXfs,
  parseXfsState,
  type XfsState,
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
function brickCommands(
  { bricks, gid }: MakeBricksParams,
  { lvm, mounts, xfs }: StorageCommands,
  options: {
    readonly isRepeat: boolean;
    readonly knowsUnsupported: boolean;
    /** What an earlier try has left, by brick; absent: nothing. */
    readonly found: ReadonlyMap<BrickSpec, XfsState>;
  },
): Command[] {
  const { isRepeat, found } = options;
  const format = (brick: BrickSpec): Command =>
    makeXfs(xfsTarget(brick, options.knowsUnsupported), xfs, found.get(brick) === 'unfinished');
  const targets = bricks.map(mountOf);
  return [
    makeFolders(targets.map((mount) => mount.mountPoint)),
    ...bricks.flatMap((brick) => [
      lvm.createBrickVolume(toBrickVolume(brick), isRepeat),
      ...(found.get(brick) === 'whole' ? [] : [format(brick)]),
      mounts.mount(mountOf(brick), isRepeat),
    ]),
    ...mounts.persist(targets),
    makeFolders(bricks.map((brick) => brick.path)),
    ...(gid === 0 ? [] : bricks.flatMap((brick) => giveToGroup(brick.path, gid))),
  ];
}

async function lookAtFileSystems(
  context: StepContext,
  bricks: readonly BrickSpec[],
): Promise<Map<BrickSpec, XfsState>> {
  const answers = await context.exec(bricks.map((brick) => askXfsState(deviceOf(brick))));
  return new Map(bricks.map((brick, index) => [brick, parseXfsState(answers[index]?.stdout ?? '')]));
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
    await context.exec(
      brickCommands(params, commands, {
        isRepeat: context.isRepeat,
        knowsUnsupported: knowsUnsupported(version?.stdout ?? ''),
        found: context.isRepeat ? await lookAtFileSystems(context, params.bricks) : new Map(),
      }),
    );
    return null;
  },
  undo: async (context, { bricks }) => destroyBricks(context, bricks, { commands, strangers: 'spare' }),
});
