import { AppError } from '../../errors.ts';
import type { Action } from '../../operations/kinds.ts';
import { parseLogicalVolumes, parseVolumeGroups } from '../../storage/lvm/reports.ts';
import type { ImprintBrickParams } from '../../volumes/brick-imprint.ts';
import type { StorageCommands } from '../../volumes/settings.ts';

/** Tags that are Mortar's to change: its own, but not those of the quarantine. */
const isImprint = (tag: string): boolean =>
  tag === 'mortar' || (tag.startsWith('mortar.') && !tag.startsWith('mortar.quarantine='));

const difference = (present: readonly string[], wanted: readonly string[]) => ({
  add: wanted.filter((tag) => !present.includes(tag)),
  remove: present.filter((tag) => isImprint(tag) && !wanted.includes(tag)),
});

export interface ImprintDevicesParams {
  readonly devices: readonly {
    readonly deviceId: string;
    readonly group: string;
    /** All tags that the volume group is to have. */
    readonly tags: readonly string[];
  }[];
}

/** Lets volume groups of a node say what is on record of device, node and cluster. */
export const imprintDevicesAction = ({ lvm }: StorageCommands): Action<ImprintDevicesParams, null> => ({
  name: 'imprint-devices',
  title: 'write node, cluster and device into the tags of the volume groups',
  lanes: ({ devices }) => devices.map(({ deviceId }) => `vg:${deviceId}`),
  async run(context, { devices }) {
    const [listing] = await context.exec([lvm.listVolumeGroups(devices.map(({ group }) => group))]);
    const present = new Map(
      parseVolumeGroups(listing?.stdout ?? '').map((group) => [group.name, group.tags]),
    );
    const missing = devices.find(({ group }) => !present.has(group));
    if (missing !== undefined)
      throw new AppError('device.missing', `the volume group ${missing.group} is not on the node`);
    const commands = devices.flatMap(({ group, tags }) => {
      const change = difference(present.get(group) ?? [], tags);
      return change.add.length + change.remove.length === 0 ? [] : [lvm.tagVolumeGroup(group, change)];
    });
    if (commands.length > 0) await context.exec(commands);
    return null;
  },
});

/** Lets a brick's pool say whose it is. */
export const imprintBrickAction = ({ lvm }: StorageCommands): Action<ImprintBrickParams, null> => ({
  name: 'imprint-brick',
  title: 'write brick and volume into the tags of the pool',
  lanes: ({ deviceId }) => [`vg:${deviceId}`],
  async run(context, { group, pool, tags, mayBeGone = false }) {
    const [listing] = await context.exec([lvm.listLogicalVolumes([group])]);
    const found = parseLogicalVolumes(listing?.stdout ?? '').find(({ name }) => name === pool);
    if (found === undefined) {
      if (mayBeGone) return null;
      throw new AppError('device.missing', `there is no pool ${group}/${pool} any more`);
    }
    const change = difference(found.tags, tags);
    if (change.add.length + change.remove.length > 0)
      await context.exec([lvm.tagLogicalVolumes([`${group}/${pool}`], change)]);
    return null;
  },
});
