import type { BrickRecord } from '../../db/bricks.ts';
import type { NodeRecord } from '../../db/nodes.ts';
import type { Reads } from '../../db/queries.ts';
import { presentDevice } from '../devices/present.ts';
import type { Device } from '../schema/devices.ts';
import type { Node } from '../schema/nodes.ts';

type PendingBrick = NonNullable<Node['pending']>[number];

/** A node on the wire, keys in the contract's order (section 8). */
export const presentNode = (
  node: NodeRecord,
  devices: Device[],
  pending: readonly PendingBrick[] = [],
): Node => ({
  zone: node.zone,
  hostnames: { manage: [...node.manageNames], storage: [...node.storageNames] },
  cluster: node.clusterId,
  ...(Object.keys(node.tags).length === 0 ? {} : { tags: { ...node.tags } }),
  id: node.id,
  state: node.state,
  ...(node.lostAtMs === null ? {} : { lost: true }),
  ...(pending.length === 0 ? {} : { pending: [...pending] }),
  devices,
});

/** Reads a node's devices and bricks and presents them. */
export async function readNode(reads: Reads, node: NodeRecord): Promise<Node> {
  const devices: Device[] = [];
  const pending: PendingBrick[] = [];
  for (const device of await reads.devices.listByNode(node.id)) {
    if (device.phase !== 'ready') continue;
    const bricks = await reads.bricks.listByDevice(device.id);
    devices.push(presentDevice(device, bricks));
    pending.push(...bricks.flatMap(leftOver));
  }
  return presentNode(node, devices, pending);
}

/** A brick that belongs to no volume any more waits for its node. */
const leftOver = ({ id, deviceId, volumeId, operationId }: BrickRecord): PendingBrick[] =>
  volumeId === null && operationId !== null ? [{ brick: id, device: deviceId, operation: operationId }] : [];
