import type { Reads } from '../../db/queries.ts';
import { AppError } from '../../errors.ts';
import type { Action, StepContext } from '../../operations/kinds.ts';
import { readMounts, unmount } from '../../storage/filesystem/brick-folder.ts';
import { removeEmptyFolder } from '../../storage/filesystem/files.ts';
import { parseMountinfo } from '../../storage/filesystem/mountinfo.ts';
import { parseAllVolumes } from '../../storage/gluster/volume-info.ts';
import { quarantinedSince, quarantineTag } from '../../storage/imprints.ts';
import { type LogicalVolume, parseLogicalVolumes } from '../../storage/lvm/reports.ts';
import { brickPath, mapperPath, mountPoint, volumeGroupName } from '../../storage/naming.ts';
import { pathOf } from '../../volumes/ownership.ts';
import type { StorageCommands } from '../../volumes/settings.ts';
import { quarantineVolumeActions } from './quarantine-volume-actions.ts';

export interface QuarantineBrickParams {
  readonly nodeId: string;
  readonly deviceId: string;
  readonly brickId: string;
  readonly names: readonly string[];
  readonly sinceMs: number;
}

const laneOf = ({ deviceId }: QuarantineBrickParams): string[] => [`vg:${deviceId}`];

export const quarantineActions = (commands: StorageCommands, reads: Reads): Action[] => [
  quarantineBrickAction(commands, reads),
  releaseBrickAction(commands),
  destroyBrickAction(commands, reads),
  ...quarantineVolumeActions(commands, reads),
];

/**
 * The brick's volumes as they are on the node now, once it is certain that nobody needs them: they are on no record, and
 * no gluster volume has them (the last good copy is never touched).
 *
 * @throws AppError `object.in_use`.
 */
async function unneeded(
  context: StepContext,
  params: QuarantineBrickParams,
  { lvm, gluster }: StorageCommands,
  reads: Reads,
): Promise<{ readonly volumes: LogicalVolume[]; readonly isMounted: boolean }> {
  const { deviceId, brickId } = params;
  if ((await reads.bricks.find(brickId)) !== undefined) {
    throw new AppError('object.in_use', `the brick ${brickId} is on record by now: it is left alone`);
  }
  const [listing, all, table] = await context.exec([
    lvm.listLogicalVolumes([volumeGroupName(deviceId)]),
    gluster.allVolumes(),
    readMounts(),
  ]);
  const path = brickPath(deviceId, brickId);
  const user = parseAllVolumes(all?.stdout ?? '').find(({ bricks }) =>
    bricks.some((brick) => pathOf(brick) === path),
  );
  if (user !== undefined) {
    throw new AppError(
      'object.in_use',
      `the gluster volume ${user.name} has the brick ${brickId}: it is left alone`,
    );
  }
  const volumes = parseLogicalVolumes(listing?.stdout ?? '').filter(({ name }) =>
    params.names.includes(name),
  );
  const others = parseLogicalVolumes(listing?.stdout ?? '').filter(
    ({ pool, name }) => pool !== '' && params.names.includes(pool) && !params.names.includes(name),
  );
  if (others.length > 0) {
    const names = others.map(({ name }) => name).join(', ');
    throw new AppError('object.in_use', `the pool of brick ${brickId} also holds ${names}: it is left alone`);
  }
  const point = mountPoint(deviceId, brickId);
  const isMounted = parseMountinfo(table?.stdout ?? '').some((mount) => mount.mountPoint === point);
  return { volumes, isMounted };
}

const fullNames = (volumes: readonly LogicalVolume[]): string[] =>
  volumes.map(({ volumeGroup, name }) => `${volumeGroup}/${name}`);

/** Takes an orphan out of use and keeps it, marked with the date. */
const quarantineBrickAction = (
  commands: StorageCommands,
  reads: Reads,
): Action<QuarantineBrickParams, null> => ({
  name: 'quarantine-brick',
  title: 'unmount the orphan, keep it and mark it',
  lanes: laneOf,
  async run(context, params) {
    const { volumes, isMounted } = await unneeded(context, params, commands, reads);
    if (volumes.length === 0) return null;
    const point = mountPoint(params.deviceId, params.brickId);
    const device = mapperPath(volumeGroupName(params.deviceId), params.names.at(-1) ?? '');
    const add = [quarantineTag(params.sinceMs)];
    const remove = volumes.flatMap(({ tags }) => tags.filter((tag) => quarantinedSince([tag]) !== undefined));
    await context.exec([
      commands.lvm.tagLogicalVolumes(fullNames(volumes), {
        add,
        remove: [...new Set(remove)].filter((tag) => !add.includes(tag)),
      }),
      ...(isMounted ? [unmount(point)] : []),
      ...commands.mounts.forget([{ device, mountPoint: point }]),
      removeEmptyFolder(point),
    ]);
    return null;
  },
  undo: async (context, params) => untag(context, params, commands),
});

/** Lets an orphan out again: it is what it was, but not mounted. */
const releaseBrickAction = (commands: StorageCommands): Action<QuarantineBrickParams, null> => ({
  name: 'release-brick',
  title: 'take the mark of the quarantine off',
  lanes: laneOf,
  async run(context, params) {
    await untag(context, params, commands);
    return null;
  },
});

async function untag(
  context: StepContext,
  params: QuarantineBrickParams,
  { lvm }: StorageCommands,
): Promise<void> {
  const [listing] = await context.exec([lvm.listLogicalVolumes([volumeGroupName(params.deviceId)])]);
  const marked = parseLogicalVolumes(listing?.stdout ?? '').filter(
    ({ name, tags }) => params.names.includes(name) && quarantinedSince(tags) !== undefined,
  );
  for (const volume of marked) {
    const remove = volume.tags.filter((tag) => quarantinedSince([tag]) !== undefined);
    await context.exec([lvm.tagLogicalVolumes(fullNames([volume]), { add: [], remove })]);
  }
}

/** Destroys what has been in quarantine since then, and nothing else. @throws AppError `object.in_use`. */
const destroyBrickAction = (
  commands: StorageCommands,
  reads: Reads,
): Action<QuarantineBrickParams, null> => ({
  name: 'destroy-quarantined-brick',
  title: 'destroy the orphan',
  lanes: laneOf,
  async run(context, params) {
    const { volumes, isMounted } = await unneeded(context, params, commands, reads);
    if (volumes.length === 0) return null;
    const unmarked = volumes.find(({ tags }) => quarantinedSince(tags) !== params.sinceMs);
    if (unmarked !== undefined || isMounted) {
      throw new AppError(
        'object.in_use',
        `the brick ${params.brickId} is ${isMounted ? 'mounted' : 'not in quarantine'} by now: it is left alone`,
      );
    }
    await context.exec([commands.lvm.removeLogicalVolumes(fullNames(volumes))]);
    return null;
  },
});
