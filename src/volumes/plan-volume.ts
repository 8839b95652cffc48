import { type Placement, place } from '../allocator/place.ts';
import type { Reads } from '../db/queries.ts';
import { newId } from '../lib/ids.ts';
import { survey, toClusterRefusal, toPlaceRequest } from './allocate.ts';
import type { ClusterRefusal } from './choose-cluster.ts';
import type { CreateVolumeTools } from './create-volume.ts';
import { expansionDemand } from './expand-volume.ts';
import { readyVolume } from './ready-volume.ts';
import type { CheckedRequest } from './volume-request.ts';

/** What a creation or an expansion would do now: where the bricks would go, or why it would be refused. */
export type VolumePlan =
  | { readonly possible: true; readonly clusterId: string; readonly placement: Placement }
  | { readonly possible: false; readonly refusals: readonly ClusterRefusal[] };

/** A dry run of a creation. @throws AppError `request.invalid`. */
export async function dryRunCreation(
  reads: Reads,
  request: CheckedRequest,
  { index, settings }: CreateVolumeTools,
): Promise<VolumePlan> {
  const { allocation, barred, full } = await survey(reads, index, request, settings, { seed: newId() });
  if (allocation !== undefined) return { possible: true, ...allocation };
  return { possible: false, refusals: [...full, ...barred] };
}

/** A dry run of an expansion. @throws AppError `object.not_found`, `object.in_use`. */
export async function dryRunExpansion(
  reads: Reads,
  volumeId: string,
  expandGib: number,
  { index, settings }: CreateVolumeTools,
): Promise<VolumePlan> {
  const volume = await readyVolume(reads, volumeId, 'Failed to allocate volume expansion: ');
  const bricks = await reads.bricks.listByVolume(volumeId);
  const request = toPlaceRequest(expansionDemand(volume, bricks, expandGib), settings, { seed: newId() });
  const placement = place(index.of(volume.clusterId), request);
  if (placement.ok) return { possible: true, clusterId: volume.clusterId, placement };
  return { possible: false, refusals: [toClusterRefusal(volume.clusterId, placement, true)] };
}
