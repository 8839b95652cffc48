import { AppError } from '../../errors.ts';
import type { Action } from '../../operations/kinds.ts';
import { parseLogicalVolumes, parseVolumeGroups } from '../../storage/lvm/reports.ts';
import { volumeGroupName } from '../../storage/naming.ts';
import { GlusterCluster } from '../../volumes/gluster-cluster.ts';
import { assertStillOurs, type VolumeIdentity } from '../../volumes/ownership.ts';
import type { StorageCommands } from '../../volumes/settings.ts';

export interface StartVolumeParams extends VolumeIdentity {
  readonly clusterId: string;
  readonly nodeIds: readonly string[];
  /** Start the volume when it is stopped; else only what a started one lacks. */
  readonly mayStart: boolean;
}

/** Starts a volume, or the brick processes that a started one lacks. @throws AppError `gluster.foreign_volume`, `object.in_use`. */
export const startVolumeAction = ({ gluster }: StorageCommands): Action<StartVolumeParams, null> => ({
  name: 'start-volume',
  title: 'start the volume and its brick processes',
  lanes: ({ clusterId }) => [`gluster:${clusterId}`],
  async run(context, params) {
    const cluster = new GlusterCluster(context, params.nodeIds, gluster);
    const volume = await cluster.look(params.name);
    assertStillOurs(volume, params);
    if (volume.status !== 'started' && !params.mayStart) {
      throw new AppError('object.in_use', `the volume ${params.name} is stopped by now; start it first`);
    }
    await cluster.run([gluster.startVolume(params.name, 'force')]);
    return null;
  },
});

export interface CheckGoneParams extends VolumeIdentity {
  readonly clusterId: string;
  readonly nodeIds: readonly string[];
}

/** Makes sure that gluster has nothing of a volume, before it is struck off the record. */
export const checkVolumeGoneAction = ({ gluster }: StorageCommands): Action<CheckGoneParams, null> => ({
  name: 'check-volume-gone',
  title: 'make sure that gluster has no such volume',
  async run(context, params) {
    const cluster = new GlusterCluster(context, params.nodeIds, gluster);
    const volume = await cluster.look(params.name);
    if (volume === undefined) return null;
    throw new AppError('object.in_use', `gluster has the volume ${params.name} again: it stays on record`);
  },
});

export interface CheckBricksGoneParams {
  readonly bricks: readonly { readonly deviceId: string; readonly lvName: string }[];
}

/** The same for the bricks of one node. A volume group that cannot be seen proves nothing. */
export const checkBricksGoneAction = ({ lvm }: StorageCommands): Action<CheckBricksGoneParams, null> => ({
  name: 'check-bricks-gone',
  title: 'make sure that the bricks are gone',
  async run(context, { bricks }) {
    const groups = [...new Set(bricks.map(({ deviceId }) => volumeGroupName(deviceId)))];
    const [volumes, present] = await context.exec([
      lvm.listLogicalVolumes(groups),
      lvm.listVolumeGroups(groups),
    ]);
    const found = new Set(parseVolumeGroups(present?.stdout ?? '').map(({ name }) => name));
    const unseen = groups.find((group) => !found.has(group));
    if (unseen !== undefined)
      throw new AppError(
        'device.missing',
        `the volume group ${unseen} is not on the node: who knows what is in it`,
      );
    const listed = parseLogicalVolumes(volumes?.stdout ?? '');
    const left = bricks.find(({ deviceId, lvName }) =>
      listed.some(({ volumeGroup, name }) => volumeGroup === volumeGroupName(deviceId) && name === lvName),
    );
    if (left !== undefined)
      throw new AppError(
        'object.in_use',
        `the brick ${left.lvName} is there again: its volume stays on record`,
      );
    return null;
  },
});
