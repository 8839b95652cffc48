import { type Placement, place, type Refusal } from '../allocator/place.ts';
import type { PlaceRequest } from '../allocator/request.ts';
import { parseTagRule } from '../allocator/tags.ts';
import type { BrickRecord } from '../db/bricks.ts';
import type { Reads } from '../db/queries.ts';
import { AppError } from '../errors.ts';
import { newId } from '../lib/ids.ts';
import { brickLvName, brickPath, thinPoolName } from '../storage/naming.ts';
import { type ClusterRefusal, candidateClusters, refusalOf, refusedByAll } from './choose-cluster.ts';
import type { InventoryIndex } from './inventory-index.ts';
import type { VolumeSettings } from './settings.ts';
import { type CheckedRequest, checkMinimum } from './volume-request.ts';

export interface Allocation {
  readonly clusterId: string;
  readonly placement: Placement;
}

export interface AllocateOptions {
  readonly seed: string;
  readonly excludedNodeIds?: ReadonlySet<string>;
}

/** What the allocator has to know of a volume. */
export type Demand = Pick<CheckedRequest, 'sizeKib' | 'durability'> & {
  readonly snapshotFactor: number;
  readonly zoneChecking: PlaceRequest['zoneChecking'];
  readonly tagRule: string | null;
  readonly averageFileKib: number;
  readonly existingBricks: number;
};

export const demandOf = (request: CheckedRequest): Demand => ({
  sizeKib: request.sizeKib,
  durability: request.durability,
  snapshotFactor: request.snapshot.factor,
  zoneChecking: request.parsedOptions.zoneChecking,
  tagRule: request.parsedOptions.tagRule,
  averageFileKib: request.parsedOptions.averageFileKib,
  existingBricks: 0,
});

export function toPlaceRequest(
  demand: Demand,
  settings: VolumeSettings,
  options: AllocateOptions,
): PlaceRequest {
  return {
    sizeKib: demand.sizeKib,
    durability: demand.durability,
    snapshotFactor: demand.snapshotFactor,
    zoneChecking: demand.zoneChecking,
    ...(demand.tagRule === null ? {} : { tagRule: parseTagRule(demand.tagRule) }),
    averageFileKib: demand.averageFileKib,
    limits: {
      brickMinKib: settings.brickMinKib,
      brickMaxKib: settings.brickMaxKib,
      maxBricks: settings.maxBricksPerVolume,
    },
    existingBricks: demand.existingBricks,
    seed: options.seed,
    ...(options.excludedNodeIds === undefined ? {} : { excludedNodeIds: options.excludedNodeIds }),
  };
}

/**
 * Finds a cluster and a layout for a new volume (engine reference 2.7): the clusters in order, the first that has room.
 *
 * @throws AppError `request.invalid`; `placement.no_room` with the reasons of every cluster.
 */
export async function allocate(
  reads: Reads,
  index: InventoryIndex,
  request: CheckedRequest,
  settings: VolumeSettings,
  options: AllocateOptions,
): Promise<Allocation> {
  const clusters = await candidateClusters(reads, request.clusterIds);
  checkMinimum(request, settings);
  const placeRequest = toPlaceRequest(demandOf(request), settings, options);
  const barred: ClusterRefusal[] = [];
  const full: ClusterRefusal[] = [];
  for (const cluster of clusters) {
    const reason = await refusalOf(reads, cluster, request, settings);
    if (reason !== undefined) {
      barred.push({ clusterId: cluster.id, reason });
      continue;
    }
    const result = place(index.of(cluster.id), placeRequest);
    if (result.ok) return { clusterId: cluster.id, placement: result };
    full.push(toClusterRefusal(cluster.id, result, (await reads.nodes.visibleIds(cluster.id)).length > 0));
  }
  if (full.length === 0) throw refusedByAll('No eligible cluster for volume', barred);
  throw refusedByAll('Unable to create volume on any cluster:', full);
}

/** The contract's words first, where it has them; then the explanation (law 7). */
export function toClusterRefusal(clusterId: string, refusal: Refusal, hasNodes: boolean): ClusterRefusal {
  const contractWords = hasNodes
    ? { 'no-usable-devices': 'No online storage devices in cluster' }[refusal.code as string]
    : 'No nodes in cluster';
  const reason = [contractWords, refusal.message].filter((text) => text !== undefined).join('\n');
  const { code, devices, largestSizeGib, suggestions } = refusal;
  return { clusterId, reason, details: { reason: code, devices, largestSizeGib, suggestions } };
}

/** The bricks of a placement, with new ids and the names they get on their nodes. */
export function toBricks(
  placement: Placement,
  owner: { readonly volumeId: string; readonly operationId: string; readonly firstSet: number },
): BrickRecord[] {
  return placement.sets.flatMap((set, index) =>
    set.map((placed, position) => {
      const id = newId();
      return {
        id,
        volumeId: owner.volumeId,
        deviceId: placed.deviceId,
        nodeId: placed.nodeId,
        setIndex: owner.firstSet + index,
        position,
        kind: placed.kind,
        sizeKib: placed.sizeKib,
        poolKib: placed.poolKib,
        metadataKib: placed.metadataKib,
        poolName: thinPoolName(id),
        lvName: brickLvName(id),
        path: brickPath(placed.deviceId, id),
        phase: 'creating' as const,
        operationId: owner.operationId,
      };
    }),
  );
}

/** Makes sure, inside the transaction, that no device holds more than it has: the index was right. */
export async function assertRoom(reads: Reads, bricks: readonly BrickRecord[]): Promise<void> {
  const ids = [...new Set(bricks.map(({ deviceId }) => deviceId))];
  for (const usage of await reads.devices.usageOf(ids)) {
    if (usage.usedKib <= usage.totalKib) continue;
    throw new AppError(
      'server.internal',
      `device ${usage.id} would hold ${usage.usedKib} of ${usage.totalKib} KiB`,
    );
  }
}
