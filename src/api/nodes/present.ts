import type { BrickRecord } from '../../db/bricks.ts';
import type { NodeRecord } from '../../db/nodes.ts';
import type { Reads } from '../../db/queries.ts';
import { groupBy } from '../../lib/group-by.ts';
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
  const devices = (await reads.devices.listByNode(node.id)).filter(({ phase }) => phase === 'ready');
  const bricks = await reads.bricks.listByDevices(devices.map(({ id }) => id));
  const byDevice = groupBy(bricks, ({ deviceId }) => deviceId);
  const shown = devices.map((device) => presentDevice(device, byDevice.get(device.id) ?? []));
  return presentNode(node, shown, bricks.flatMap(leftOver));
}

/** A brick that belongs to no volume any more waits for its node. */
const leftOver = ({ id, deviceId, volumeId, operationId }: BrickRecord): PendingBrick[] =>
  volumeId === null && operationId !== null ? [{ brick: id, device: deviceId, operation: operationId }] : [];
