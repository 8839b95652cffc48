import type { Reads } from '../db/queries.ts';
import { AppError } from '../errors.ts';
import type { Command } from '../lib/command.ts';
import type { Action, StepContext } from '../operations/kinds.ts';
import type { LeftDevice } from '../storage/block-device/gate.ts';
import { probeCommands, pvOf, readProbe } from '../storage/block-device/probe.ts';
import { readMounts, unmount } from '../storage/filesystem/brick-folder.ts';
import { removeEmptyFolder } from '../storage/filesystem/files.ts';
import { parseMountinfo } from '../storage/filesystem/mountinfo.ts';
import type { Mounts } from '../storage/filesystem/mounts.ts';
import type { Gluster } from '../storage/gluster/gluster.ts';
import { parseAllVolumes } from '../storage/gluster/volume-info.ts';
import { fromGroupTags, fromPoolTags } from '../storage/imprints.ts';
import type { Lvm } from '../storage/lvm/lvm.ts';
import { type LogicalVolume, type PhysicalVolume, parseLogicalVolumes } from '../storage/lvm/reports.ts';
import {
  brickLvName,
  deviceFolder,
  deviceOfGroup,
  mapperPath,
  mountPoint,
  volumeGroupName,
} from '../storage/naming.ts';
import type { DeviceParams } from './device-actions.ts';

/**
 * Whether a physical volume was a device of the node's own cluster that is on no record any more: its node was declared
 * lost and removed, or it was forgotten by force. The tags of its volume group say so, not its name (law 5).
 */
export async function leftDeviceOn(
  reads: Reads,
  nodeId: string,
  { volumeGroup, volumeGroupTags }: PhysicalVolume,
): Promise<LeftDevice | undefined> {
  const imprint = fromGroupTags(volumeGroupTags);
  const deviceId = deviceOfGroup(volumeGroup);
  if (imprint === undefined || deviceId === undefined || imprint.device.id !== deviceId) return undefined;
  const node = await reads.nodes.find(nodeId);
  if (node === undefined || imprint.cluster.id !== node.clusterId) return undefined;
  if ((await reads.devices.find(deviceId)) !== undefined) return undefined;
  return {
    folder: deviceFolder(deviceId),
    words: `it was the device ${imprint.device.name} (${deviceId}) of the node ${imprint.node.manageNames[0]}, which is on no record any more; what it held is still on it (volume group ${volumeGroup})`,
  };
}

interface Tools {
  readonly reads: Reads;
  readonly lvm: Lvm;
  readonly gluster: Gluster;
  readonly mounts: Mounts;
}

/**
 * Takes away what an earlier device of ours left on the disk: mounts, boot entries, bricks, volume group. Only on the
 * user's word that contents may be destroyed, and never what a gluster volume has as a brick (the last good copy).
 */
export const clearLeftDeviceAction = (tools: Tools): Action<DeviceParams, { removed: string | null }> => ({
  name: 'clear-device',
  title: 'take away what an earlier device left',
  lanes: ({ nodeId, name }) => [`device:${nodeId}:${name}`],
  async run(context, params) {
    const probe = readProbe(params.name, await context.exec(probeCommands(params.name, tools.lvm)));
    const pv = pvOf(probe);
    if (!params.destroyData || pv === undefined || pv.uuid === params.pvUuid) return { removed: null };
    if ((await leftDeviceOn(tools.reads, params.nodeId, pv)) === undefined) return { removed: null };
    await clear(context, pv, tools);
    return { removed: pv.volumeGroup };
  },
});

async function clear(context: StepContext, pv: PhysicalVolume, tools: Tools): Promise<void> {
  const { lvm, gluster, mounts } = tools;
  const deviceId = deviceOfGroup(pv.volumeGroup) ?? '';
  const [listing, all, table] = await context.exec([
    lvm.listLogicalVolumes([pv.volumeGroup]),
    gluster.allVolumes(),
    readMounts(),
  ]);
  const folder = deviceFolder(deviceId);
  assertUnused(folder, all?.stdout ?? '');
  const bricks = bricksOf(deviceId, parseLogicalVolumes(listing?.stdout ?? ''));
  const mounted = parseMountinfo(table?.stdout ?? '')
    .map((mount) => mount.mountPoint)
    .filter((point) => point.startsWith(`${folder}/`));
  const points = bricks.ids.map((brickId) => ({
    device: mapperPath(pv.volumeGroup, brickLvName(brickId)),
    mountPoint: mountPoint(deviceId, brickId),
  }));
  const commands: Command[] = [
    ...mounted.map(unmount),
    ...(points.length === 0 ? [] : mounts.forget(points)),
    ...(bricks.names.length === 0 ? [] : [lvm.removeLogicalVolumes(bricks.names)]),
    ...[...points.map((point) => point.mountPoint), folder].map(removeEmptyFolder),
    lvm.removeVolumeGroup(volumeGroupName(deviceId)),
    lvm.removePhysicalVolume(pv.device),
  ];
  await context.exec(commands);
}

function assertUnused(folder: string, volumes: string): void {
  const user = parseAllVolumes(volumes).find(({ bricks }) =>
    bricks.some((brick) => brick.includes(`:${folder}/`)),
  );
  if (user === undefined) return;
  throw new AppError(
    'object.in_use',
    `the gluster volume ${user.name} has bricks below ${folder}: the disk is left alone. Settle the volume first (mortar doctor)`,
    { details: { volume: user.name, folder } },
  );
}

/** Thin volumes before their pools. @throws AppError `object.in_use` when there is anything but bricks of ours. */
function bricksOf(
  deviceId: string,
  present: readonly LogicalVolume[],
): { readonly ids: string[]; readonly names: string[] } {
  const group = volumeGroupName(deviceId);
  const volumes = present.filter(({ isHidden, volumeGroup }) => !isHidden && volumeGroup === group);
  const pools = new Map(
    volumes.flatMap(({ name, tags, thinCount }) => {
      const brickId = thinCount === null ? undefined : fromPoolTags(tags)?.brickId;
      return brickId === undefined ? [] : [[name, brickId] as const];
    }),
  );
  const isBrick = ({ name, pool }: LogicalVolume): boolean =>
    pools.has(pool) && name === brickLvName(pools.get(pool) ?? '');
  const strangers = volumes.filter((volume) => !pools.has(volume.name) && !isBrick(volume));
  if (strangers.length > 0) {
    const names = strangers.map(({ name }) => `${group}/${name}`);
    throw new AppError(
      'object.in_use',
      `${group} also holds what is no brick of ours: ${names.join(', ')}; the disk is left alone. Remove that first`,
      { details: { names } },
    );
  }
  const ordered = [...volumes.filter(isBrick), ...volumes.filter(({ name }) => pools.has(name))];
  return { ids: [...new Set(pools.values())], names: ordered.map(({ name }) => `${group}/${name}`) };
}
