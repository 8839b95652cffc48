import type { DeviceRecord } from '../../db/devices.ts';
import type { FoundDevice } from './host-look.ts';

/** The record of a device as its volume group tells it. All that is taken counts as foreign until its bricks are known. */
export function toDevice(nodeId: string, { group, imprint, paths }: FoundDevice): DeviceRecord {
  const { id, name, state, tags } = imprint.device;
  return {
    id,
    nodeId,
    name,
    state,
    tags,
    totalKib: group.totalKib,
    foreignKib: group.totalKib - group.freeKib,
    extentKib: group.extentKib,
    pvUuid: group.pvUuid,
    paths,
    phase: 'ready',
    operationId: null,
    lostAtMs: null,
  };
}
