import type { Inventory } from '../allocator/inventory.ts';
import {
  placeReplacement,
  type ReplacementRequest,
  type ReplacementResult,
} from '../allocator/place-replacement.ts';
import { parseTagRule } from '../allocator/tags.ts';
import type { BrickRecord } from '../db/bricks.ts';
import type { Reads } from '../db/queries.ts';
import type { VolumeRecord } from '../db/volumes.ts';

export interface PlaceOptions {
  /** Only these devices; all when absent. */
  readonly onlyDeviceIds?: ReadonlySet<string>;
  readonly excludedNodeIds?: ReadonlySet<string>;
  /** Bricks of the set that will have left by then, and where others will have come. */
  readonly goneBrickIds?: ReadonlySet<string>;
  readonly newCompanions?: ReplacementRequest['companions'];
}

/** What a brick's set and volume demand of its new place. */
async function replacementRequest(
  reads: Reads,
  volume: VolumeRecord,
  brick: BrickRecord,
  { goneBrickIds = new Set(), newCompanions = [], ...options }: PlaceOptions,
): Promise<ReplacementRequest> {
  const companions = (await reads.bricks.listByVolume(volume.id)).filter(
    ({ id, setIndex, phase }) =>
      setIndex === brick.setIndex && id !== brick.id && phase === 'ready' && !goneBrickIds.has(id),
  );
  const zones = new Map<string, number>();
  for (const { nodeId } of companions) zones.set(nodeId, (await reads.nodes.find(nodeId))?.zone ?? 0);
  return {
    durability: volume.durability,
    snapshotFactor: volume.snapshot.factor,
    zoneChecking: volume.zoneChecking,
    ...(volume.tagRule === null ? {} : { tagRule: parseTagRule(volume.tagRule) }),
    kind: brick.kind,
    sizeKib: brick.sizeKib,
    oldDeviceId: brick.deviceId,
    companions: [
      ...companions.map(({ nodeId }) => ({ nodeId, zone: zones.get(nodeId) ?? 0 })),
      ...newCompanions,
    ],
    ...options,
  };
}

export async function findPlace(
  reads: Reads,
  inventory: Inventory,
  brick: BrickRecord,
  options: PlaceOptions & { readonly volume: VolumeRecord },
): Promise<ReplacementResult> {
  const { volume, ...rest } = options;
  return placeReplacement(inventory, await replacementRequest(reads, volume, brick, rest));
}
