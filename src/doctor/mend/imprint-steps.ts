import type { Reads } from '../../db/queries.ts';
import { groupBy } from '../../lib/group-by.ts';
import type { StepPlan } from '../../operations/kinds.ts';
import { toGroupTags } from '../../storage/imprints.ts';
import { volumeGroupName } from '../../storage/naming.ts';
import { deviceImprint } from '../../topology/device-imprint.ts';
import { isInReach } from '../examination.ts';
import type { ImprintDevicesParams } from './imprint-actions.ts';

/** One step a node that lets the volume groups of these devices say what is on record now. What is gone is left out. */
export async function imprintSteps(reads: Reads, deviceIds: readonly string[]): Promise<StepPlan[]> {
  const found = await Promise.all([...new Set(deviceIds)].map((id) => reads.devices.find(id)));
  const devices = found.filter((device) => device?.phase === 'ready' && device.lostAtMs === null);
  const steps: StepPlan[] = [];
  for (const [nodeId, own] of groupBy(devices, (device) => device?.nodeId ?? '')) {
    const node = await reads.nodes.find(nodeId);
    const cluster = await reads.clusters.find(node?.clusterId ?? '');
    if (node === undefined || cluster === undefined || !isInReach(node)) continue;
    const params: ImprintDevicesParams = {
      devices: own.flatMap((device) =>
        device === undefined
          ? []
          : [
              {
                deviceId: device.id,
                group: volumeGroupName(device.id),
                tags: toGroupTags(deviceImprint(device, node, cluster)),
              },
            ],
      ),
    };
    steps.push({ action: 'imprint-devices', nodeId, params });
  }
  return steps;
}
