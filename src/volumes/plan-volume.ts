import type { PresentBrick } from '../allocator/grow.ts';
import type { Layout } from '../allocator/layout.ts';
import { place } from '../allocator/place.ts';
import type { BrickRecord } from '../db/bricks.ts';
import type { Reads } from '../db/queries.ts';
import { groupBy } from '../lib/group-by.ts';
import { newId } from '../lib/ids.ts';
import { survey, toClusterRefusal, toPlaceRequest } from './allocate.ts';
import type { ClusterRefusal } from './choose-cluster.ts';
import type { CreateVolumeTools } from './create-volume.ts';
import { expansionDemand } from './expand-volume.ts';
import { withForeign } from './foreign-bricks.ts';
import { cannotGrow, type Expansion, expansionPrefix, tryGrowth, wayOf } from './grow-volume.ts';
import { readyVolume } from './ready-volume.ts';
import type { CheckedRequest } from './volume-request.ts';

/** What a creation or an expansion would do now: where the bricks would go, or why it would be refused. */
export type VolumePlan =
  | {
      readonly possible: true;
      readonly clusterId: string;
      readonly placement: Layout;
      /** Of an expansion: whether these are the present bricks with their new sizes, or further ones. */
      readonly way?: 'in-place' | 'add-bricks';
    }
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
  expansion: Expansion,
  tools: CreateVolumeTools,
): Promise<VolumePlan> {
  const { expandGib } = expansion;
  const volume = await readyVolume(reads, volumeId, expansionPrefix);
  const { clusterId } = volume;
  const bricks = await reads.bricks.listByVolume(volumeId);
  const way = wayOf(expansion, tools.settings);
  if (way !== 'add-bricks') {
    const growth = await tryGrowth(reads, volume, bricks, { expandGib, tools });
    if (growth.ok)
      return { possible: true, clusterId, way: 'in-place', placement: toLayout(bricks, growth.bricks) };
    if (way === 'in-place') return { possible: false, refusals: [{ clusterId, reason: cannotGrow(growth) }] };
  }
  const demand = expansionDemand(volume, await withForeign(reads, volumeId, bricks), expandGib);
  const request = toPlaceRequest(demand, tools.settings, { seed: newId() });
  const placement = place(tools.index.of(clusterId), request);
  if (placement.ok) return { possible: true, clusterId, way: 'add-bricks', placement };
  return { possible: false, refusals: [toClusterRefusal(clusterId, placement, true)] };
}

/** The bricks that are there, with their new sizes, set by set. */
function toLayout(bricks: readonly BrickRecord[], grown: readonly PresentBrick[]): Layout {
  const sizes = new Map(grown.map((brick) => [brick.id, brick]));
  const after = bricks.map((brick) => ({ ...brick, ...sizes.get(brick.id) }));
  return {
    sets: [...groupBy(after, ({ setIndex }) => setIndex).values()],
    brickSizeKib: Math.max(...after.map(({ sizeKib }) => sizeKib)),
  };
}
