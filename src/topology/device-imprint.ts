import type { ClusterRecord } from '../db/clusters.ts';
import type { DeviceRecord } from '../db/devices.ts';
import type { NodeRecord } from '../db/nodes.ts';
import type { DeviceImprint } from '../storage/imprints.ts';

/** What a device's volume group is to say of it, its node and its cluster. */
export const deviceImprint = (
  device: DeviceRecord,
  node: NodeRecord,
  { id, file, block }: ClusterRecord,
): DeviceImprint => ({
  device: { id: device.id, name: device.name, state: device.state, tags: device.tags },
  node: {
    id: node.id,
    zone: node.zone,
    state: node.state,
    tags: node.tags,
    manageNames: node.manageNames,
    storageNames: node.storageNames,
  },
  cluster: { id, file, block },
});
