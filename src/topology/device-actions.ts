import type { Database } from '../db/database.ts';
import { AppError } from '../errors.ts';
import type { Command, CommandResult } from '../lib/command.ts';
import type { Action, StepContext } from '../operations/kinds.ts';
import { judgeDevice, type RefusalReason } from '../storage/block-device/gate.ts';
import { type DeviceProbe, probeCommands, pvOf, readProbe } from '../storage/block-device/probe.ts';
import { wipe } from '../storage/block-device/wipe.ts';
import { makeFolders, removeEmptyFolder } from '../storage/filesystem/files.ts';
import type { Lvm } from '../storage/lvm/lvm.ts';
import { type PhysicalVolume, parsePhysicalVolumes, parseVolumeGroups } from '../storage/lvm/reports.ts';
import { deviceFolder, sharedFolders, volumeGroupName } from '../storage/naming.ts';
import { leftDeviceOn } from './left-device.ts';

export interface DeviceParams {
  readonly deviceId: string;
  readonly nodeId: string;
  /** The path it is added with. */
  readonly name: string;
  /** The UUID its physical volume gets, or has. */
  readonly pvUuid: string;
  /** The user's word that contents may be destroyed. */
  readonly destroyData: boolean;
  /** Tags that its volume group gets; the bare ones in journals of earlier versions. */
  readonly imprint?: readonly string[];
}

export interface DeviceProbed {
  /** What stood on the device and is destroyed on the user's word; for the record. */
  readonly destroys: readonly string[];
}

const laneOf = ({ nodeId, name }: DeviceParams): string[] => [`device:${nodeId}:${name}`];

/** Looks whether the device may be taken; reads only. What speaks against it is the error (wire contract section 9). */
export const probeDeviceAction = (database: Database, lvm: Lvm): Action<DeviceParams, DeviceProbed> => ({
  name: 'probe-device',
  title: 'look whether the device may be taken',
  lanes: laneOf,
  async run(context, params) {
    const probe = readProbe(params.name, await context.exec(probeCommands(params.name, lvm)));
    // Our own physical volume from an earlier try of this very operation.
    if (probe.physicalVolumes.some(({ uuid }) => uuid === params.pvUuid)) return { destroys: [] };
    const owners = await ownersOf(database, probe.physicalVolumes);
    const pv = pvOf(probe);
    const left = pv === undefined ? undefined : await leftDeviceOn(database.read, params.nodeId, pv);
    const reasons = judgeDevice(probe, { deviceOfPv: (uuid) => owners.get(uuid), leftOn: () => left });
    const standing = params.destroyData ? reasons.filter(({ isDestroyable }) => !isDestroyable) : reasons;
    if (standing.length > 0) throw refused(params, standing, probe);
    return { destroys: reasons.map(({ words }) => words) };
  },
});

async function ownersOf(
  database: Database,
  volumes: readonly PhysicalVolume[],
): Promise<Map<string, string>> {
  const owners = new Map<string, string>();
  for (const { uuid } of volumes) {
    const device = await database.read.devices.findByPvUuid(uuid);
    if (device !== undefined) owners.set(uuid, device.id);
  }
  return owners;
}

/** One error with the contract's heading for the case, and every reason. */
function refused(
  { name, destroyData }: DeviceParams,
  reasons: readonly RefusalReason[],
  probe: DeviceProbe,
): AppError {
  const own = reasons.find(({ code }) => code === 'OWN_VG');
  const words = reasons.map((reason) => reason.words).join('; ');
  const device = probe.physicalVolumes.find(
    (pv) => pv.device === probe.resolved || probe.links.includes(pv.device),
  );
  const what = reasons.some(({ code }) => code === 'PROBE_FAILED')
    ? 'failed to check device contents'
    : device === undefined
      ? 'already initialized or contains data?'
      : `aleady contains Physical Volume ${device.uuid}`;
  const ownId = /the device (\w+)/.exec(own?.words ?? '')?.[1];
  const message =
    destroyData && ownId !== undefined
      ? `Device already in use (ID: ${ownId})`
      : `Initializing device ${name} failed (${what}): ${words}${hint(reasons, destroyData)}`;
  return new AppError('device.refused', message, { details: { device: name, reasons } });
}

function hint(reasons: readonly RefusalReason[], destroyData: boolean): string {
  const isAllDestroyable = reasons.every(({ isDestroyable }) => isDestroyable);
  return isAllDestroyable && !destroyData ? '. To destroy what is on it, add it with destroydata' : '';
}

/** Makes the physical volume and the volume group, and the folder that its bricks are mounted under. */
export const makeDeviceAction = (lvm: Lvm): Action<DeviceParams, null> => ({
  name: 'make-device',
  title: 'make the volume group',
  lanes: laneOf,
  async run(context, params) {
    const present = context.isRepeat ? await findOurs(context, params, lvm) : undefined;
    const commands: Command[] = [
      ...(present === undefined && params.destroyData ? [wipe(params.name)] : []),
      ...(present === undefined ? [lvm.createPhysicalVolume(params.name, params.pvUuid)] : []),
      ...(present === undefined || present.volumeGroup === ''
        ? [lvm.createVolumeGroup(params.name, params.deviceId, params.imprint)]
        : []),
      makeFolders([deviceFolder(params.deviceId)]),
    ];
    await context.exec(commands);
    return null;
  },
  undo: async (context, params) => removeDevice(context, params, lvm),
});

export interface DeviceRead {
  readonly totalKib: number;
  readonly freeKib: number;
  readonly extentKib: number;
  readonly paths: readonly string[];
}

/** Reads what LVM says of the volume group, and the names of its disk. */
export const readDeviceAction = (lvm: Lvm): Action<DeviceParams, DeviceRead> => ({
  name: 'read-device',
  title: 'read the size of the volume group',
  async run(context, { deviceId, name }) {
    const group = volumeGroupName(deviceId);
    const [listing] = await context.exec([lvm.listVolumeGroups([group])]);
    const [found] = parseVolumeGroups(listing?.stdout ?? '');
    if (found === undefined) {
      throw new AppError(
        'device.missing',
        `the volume group ${group} is not on the node; is the disk of ${name} connected?`,
        {
          details: { volumeGroup: group },
        },
      );
    }
    const [links] = await context.exec([readLinks(found.pvDevice)]);
    return {
      totalKib: found.totalKib,
      freeKib: found.freeKib,
      extentKib: found.extentKib,
      paths: pathsOf(name, links),
    };
  },
});

/** All names of a disk: the one it was added with, then those that `readLinks` told, in an order that stays: udev's does not. */
export function pathsOf(name: string, links: CommandResult | undefined): string[] {
  const names = links?.status === 'ok' ? links.stdout.split(/\s+/).filter((link) => link !== '') : [];
  const paths = names
    .map((link) => `/dev/${link}`)
    .filter((path) => !path.startsWith('/dev/disk/by-id/lvm-pv-uuid-'));
  return [...new Set([name, ...paths.sort()])];
}

export const readLinks = (device: string): Command => ({
  label: `read the names of ${device}`,
  argv: ['udevadm', 'info', '--query=symlink', `--name=${device}`],
  optional: true,
});

export interface RemoveDeviceParams extends DeviceParams {
  /** Failures on the node are passed over (wire contract section 9, `forceforget`). */
  readonly forceForget: boolean;
  /** Its disk or its node was declared lost: what is not there is fine. Absent in journals of earlier versions. */
  readonly isLost?: boolean;
}

/** Makes sure that the disk is there, before anything of it is removed. With its node lost there is nothing to find. */
export const findDeviceAction = (lvm: Lvm): Action<DeviceParams, null> => ({
  name: 'find-device',
  title: 'find the disk',
  async run(context, params) {
    await assertPresent(context, params, lvm).catch((thrown: unknown) => {
      if (!(thrown instanceof AppError) || thrown.code !== 'node.lost') throw thrown;
    });
    return null;
  },
});

/**
 * Takes volume group, LVM label and folder away again; what is gone already is fine. There is no way back once the volume
 * group is gone: then the rest goes, too.
 */
export const removeDeviceAction = (
  lvm: Lvm,
): Action<RemoveDeviceParams, { readonly warning: string | null }> => ({
  name: 'remove-device',
  title: 'remove the volume group',
  lanes: laneOf,
  async run(context, params) {
    try {
      if (params.forceForget && params.isLost !== true) await assertPresent(context, params, lvm);
      await removeDevice(context, params, lvm);
      return { warning: null };
    } catch (thrown) {
      return forgive(thrown, context, params);
    }
  },

  async undo(context, params) {
    try {
      const ours = await findOurs(context, params, lvm);
      if (ours !== undefined && ours.volumeGroup !== '') return;
      await removeDevice(context, params, lvm);
      return { isFinal: true, output: { warning: null } };
    } catch (thrown) {
      return { isFinal: true, output: forgive(thrown, context, params) };
    }
  },
});

/** What is passed over on the user's word. @throws whatever is not. */
function forgive(thrown: unknown, context: StepContext, params: RemoveDeviceParams): { warning: string } {
  if (!(thrown instanceof AppError) || context.signal.aborted) throw thrown;
  if (!params.forceForget && thrown.code !== 'node.lost') throw thrown;
  return { warning: `forgotten, but left on the node: ${thrown.message}` };
}

async function assertPresent(context: StepContext, params: DeviceParams, lvm: Lvm): Promise<void> {
  if ((await findOurs(context, params, lvm)) !== undefined) return;
  throw new AppError(
    'device.missing',
    `the physical volume ${params.pvUuid} of ${params.name} is not on the node, so its label cannot be removed; connect the disk, or forget it by force (--force-forget)`,
    { details: { pvUuid: params.pvUuid } },
  );
}

async function findOurs(
  context: StepContext,
  { pvUuid }: DeviceParams,
  lvm: Lvm,
): Promise<PhysicalVolume | undefined> {
  const [listing] = await context.exec([lvm.listPhysicalVolumes()]);
  return parsePhysicalVolumes(listing?.stdout ?? '').find(({ uuid }) => uuid === pvUuid);
}

/** The physical volume is known by its UUID, never by its path: letters move (users-want 27). */
async function removeDevice(context: StepContext, params: DeviceParams, lvm: Lvm): Promise<void> {
  const ours = await findOurs(context, params, lvm);
  const group = volumeGroupName(params.deviceId);
  if (ours !== undefined && ours.volumeGroup !== '' && ours.volumeGroup !== group) {
    throw new AppError(
      'object.in_use',
      `the physical volume of ${params.name} now belongs to the volume group ${ours.volumeGroup}`,
    );
  }
  const lvmCommands =
    ours === undefined
      ? []
      : [
          ...(ours.volumeGroup === group ? [lvm.removeVolumeGroup(group)] : []),
          lvm.removePhysicalVolume(ours.device),
        ];
  await context.exec([
    ...lvmCommands,
    removeEmptyFolder(deviceFolder(params.deviceId)),
    // Devices that are removed side by side want to remove these, too.
    ...sharedFolders.map((folder) => ({ ...removeEmptyFolder(folder), optional: true })),
  ]);
}
