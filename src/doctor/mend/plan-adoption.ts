import type { Writes } from '../../db/queries.ts';
import { visibleNode } from '../../topology/nodes.ts';
import type { AdoptParams } from './adopt-action.ts';
import type { AdoptDeviceParams } from './adopt-device-action.ts';
import { clusterNodes } from './cluster-nodes.ts';
import type { MendWork } from './mend-kind.ts';

/** Plans how a volume's records are made of what the nodes say. */
export async function planAdoption(
  tx: Writes,
  { clusterId, name }: { readonly clusterId: string; readonly name: string },
): Promise<MendWork> {
  const params: AdoptParams = { clusterId, nodeIds: await clusterNodes(tx, clusterId), name };
  return { clusterId, stages: [[{ action: 'look-at-orphan', nodeId: null, params }]] };
}

/** Plans how a volume group is taken up again as a device. */
export async function planDeviceAdoption(
  tx: Writes,
  { nodeId, deviceId }: AdoptDeviceParams,
): Promise<MendWork> {
  const node = await visibleNode(tx, nodeId);
  const params: AdoptDeviceParams = { nodeId, deviceId };
  return { clusterId: node.clusterId, stages: [[{ action: 'look-at-device', nodeId, params }]] };
}
