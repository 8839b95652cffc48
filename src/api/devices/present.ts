import type { AllocatedBrick } from '../../db/bricks.ts';
import type { DeviceRecord } from '../../db/devices.ts';
import type { Device } from '../schema/devices.ts';
import { presentBrick } from '../volumes/present.ts';

const isEmpty = (value: object): boolean => Object.keys(value).length === 0;

/** A device on the wire: total = free + used, keys in the contract's order (section 9). */
export function presentDevice(device: DeviceRecord, bricks: readonly AllocatedBrick[]): Device {
  const ofBricks = bricks.reduce((sum, { poolKib, metadataKib }) => sum + poolKib + metadataKib, 0);
  const used = Math.min(device.totalKib, device.foreignKib + ofBricks);
  return {
    name: device.name,
    ...(isEmpty(device.tags) ? {} : { tags: { ...device.tags } }),
    storage: { total: device.totalKib, free: device.totalKib - used, used },
    id: device.id,
    ...(device.paths.length === 0 ? {} : { paths: [...device.paths] }),
    ...(device.pvUuid === '' ? {} : { pv_uuid: device.pvUuid }),
    state: device.state,
    ...(device.lostAtMs === null ? {} : { lost: true }),
    bricks: bricks.map((brick) => presentBrick(brick, device.nodeId)),
  };
}
