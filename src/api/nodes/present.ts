import type { NodeRecord } from '../../db/nodes.ts';
import type { Reads } from '../../db/queries.ts';
import { presentDevice } from '../devices/present.ts';
import type { Device } from '../schema/devices.ts';
import type { Node } from '../schema/nodes.ts';

/** A node on the wire, keys in the contract's order (section 8). */
export const presentNode = (node: NodeRecord, devices: Device[]): Node => ({
  zone: node.zone,
  hostnames: { manage: [...node.manageNames], storage: [...node.storageNames] },
  cluster: node.clusterId,
  ...(Object.keys(node.tags).length === 0 ? {} : { tags: { ...node.tags } }),
  id: node.id,
  state: node.state,
  devices,
});

/** Reads a node's devices and bricks and presents them. */
export async function readNode(reads: Reads, node: NodeRecord): Promise<Node> {
  const devices: Device[] = [];
  for (const device of await reads.devices.listByNode(node.id)) {
    if (device.phase !== 'ready') continue;
    devices.push(presentDevice(device, await reads.bricks.listByDevice(device.id)));
  }
  return presentNode(node, devices);
}
