import type { DeviceRecord } from '../../db/devices.ts';
import { AppError } from '../../errors.ts';
import type { Action } from '../../operations/kinds.ts';
import { fromGroupTags } from '../../storage/imprints.ts';
import { parseVolumeGroups } from '../../storage/lvm/reports.ts';
import { volumeGroupName } from '../../storage/naming.ts';
import { pathsOf, readLinks } from '../../topology/device-actions.ts';
import type { StorageCommands } from '../../volumes/settings.ts';
import { toDevice } from '../rebuild/to-device.ts';

export interface AdoptDeviceParams {
  readonly nodeId: string;
  readonly deviceId: string;
}

/** Reads from a node what the record of a device has to be. Changes nothing. */
export const lookAtDeviceAction = ({ lvm }: StorageCommands): Action<AdoptDeviceParams, DeviceRecord> => ({
  name: 'look-at-device',
  title: 'read what the volume group says of its device',
  lanes: ({ deviceId }) => [`vg:${deviceId}`],
  async run(context, { nodeId, deviceId }) {
    const name = volumeGroupName(deviceId);
    const [listing] = await context.exec([lvm.listVolumeGroups([name])]);
    const [group] = parseVolumeGroups(listing?.stdout ?? '');
    const imprint = fromGroupTags(group?.tags ?? []);
    if (group === undefined || imprint === undefined || imprint.node.id !== nodeId) {
      throw new AppError(
        'doctor.by_hand',
        `the volume group ${name} is not there, or says that it is another node's`,
      );
    }
    const [links] = await context.exec([readLinks(group.pvDevice)]);
    return toDevice(nodeId, { group, imprint, paths: pathsOf(imprint.device.name, links) });
  },
});
