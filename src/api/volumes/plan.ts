import type { Reads } from '../../db/queries.ts';
import { detailsOf } from '../../volumes/choose-cluster.ts';
import type { VolumePlan as Plan } from '../../volumes/plan-volume.ts';
import type { VolumePlan } from '../schema/volumes.ts';

/** A dry run's result on the wire, with the names of nodes and devices for people. */
export async function presentPlan(reads: Reads, plan: Plan): Promise<VolumePlan> {
  if (!plan.possible) {
    return { possible: false, refusals: plan.refusals.map((refusal) => detailsOf(refusal) as never) };
  }
  const { placement, clusterId, way } = plan;
  const ids = [...new Set(placement.sets.flat().map(({ deviceId }) => deviceId))];
  const devices = new Map((await reads.devices.usageOf(ids)).map((usage) => [usage.id, usage]));
  return {
    possible: true,
    cluster: clusterId,
    ...(way === undefined ? {} : { way }),
    brick_size_kib: placement.brickSizeKib,
    sets: placement.sets.map((set) =>
      set.map((brick) => ({
        node: brick.nodeId,
        node_name: devices.get(brick.deviceId)?.nodeName ?? '',
        zone: devices.get(brick.deviceId)?.zone ?? 0,
        device: brick.deviceId,
        device_name: devices.get(brick.deviceId)?.name ?? '',
        kind: brick.kind,
        size_kib: brick.sizeKib,
        taken_kib: brick.poolKib + brick.metadataKib,
      })),
    ),
  };
}
