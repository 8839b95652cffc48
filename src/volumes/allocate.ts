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

/** What every cluster says to a request, until one can take it. */
export interface Survey {
  readonly allocation: Allocation | undefined;
  /** Clusters that must not take it, whatever their room. */
  readonly barred: readonly ClusterRefusal[];
  /** Clusters without a layout for it. */
  readonly full: readonly ClusterRefusal[];
}

/**
 * Asks the clusters in order (engine reference 2.7) and stops at the first that has room.
 *
 * @throws AppError `request.invalid`.
 */
export async function survey(
  reads: Reads,
  index: InventoryIndex,
  request: CheckedRequest,
  settings: VolumeSettings,
  options: AllocateOptions,
): Promise<Survey> {
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
    const placement = place(index.of(cluster.id), placeRequest);
    if (placement.ok) return { allocation: { clusterId: cluster.id, placement }, barred, full };
    full.push(toClusterRefusal(cluster.id, placement, (await reads.nodes.visibleIds(cluster.id)).length > 0));
  }
  return { allocation: undefined, barred, full };
}

/**
 * Finds a cluster and a layout for a new volume.
 *
 * @throws AppError `request.invalid`; `placement.no_room` with the reasons of every cluster.
 */
export async function allocate(...parameters: Parameters<typeof survey>): Promise<Allocation> {
  const { allocation, barred, full } = await survey(...parameters);
  if (allocation !== undefined) return allocation;
  if (full.length === 0) throw refusedByAll('No eligible cluster for volume', barred);
  throw refusedByAll('Unable to create volume on any cluster:', full);
}

/** The contract's words first, where it has them; then the explanation (law 7). */
export function toClusterRefusal(clusterId: string, refusal: Refusal, hasNodes: boolean): ClusterRefusal {
  const contractWords = hasNodes ? contractWordsOf[refusal.code] : 'No nodes in cluster';
  const reason = [contractWords, refusal.message].filter((text) => text !== undefined).join('\n');
  return { clusterId, reason, refusal };
}

const contractWordsOf: { readonly [code in Refusal['code']]?: string } = {
  'no-usable-devices': 'No online storage devices in cluster',
  'no-nodes': 'No online storage devices in cluster',
};

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
