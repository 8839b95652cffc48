import type { DeviceView } from '../allocator/device.ts';
import type { Inventory } from '../allocator/inventory.ts';
import type { PlacedBrick } from '../allocator/layout.ts';
import type { ReplacementResult } from '../allocator/place-replacement.ts';
import type { BrickRecord } from '../db/bricks.ts';
import type { Reads } from '../db/queries.ts';
import type { VolumeRecord } from '../db/volumes.ts';
import { findPlace, type PlaceOptions } from './place-brick.ts';

/** Where a brick would go, or why it can go nowhere. */
export interface PlannedMove {
  readonly brick: BrickRecord;
  readonly volume: VolumeRecord;
  readonly result: ReplacementResult;
  /** The brick has no copies: its files are moved one by one, or lost when nobody can read it. */
  readonly isOnlyCopy: boolean;
}

export interface MoveOptions extends PlaceOptions {
  /** The devices as they would be; as they are when absent. Given a cluster's inventory. */
  readonly imagine?: (inventory: Inventory) => Inventory;
}

/**
 * Where bricks would go if they left their devices one after the other, each with the room that the ones before it take.
 * The largest first: what is hard to place is not left for the end. Nothing is changed.
 */
export async function planMoves(
  reads: Reads,
  inventoryOf: (clusterId: string) => Inventory,
  bricks: readonly BrickRecord[],
  { imagine, ...options }: MoveOptions = {},
): Promise<PlannedMove[]> {
  const inventories = new Map<string, Inventory>();
  const moves: PlannedMove[] = [];
  const goneBrickIds = new Set<string>();
  for (const brick of inMovingOrder(bricks)) {
    const volume = brick.volumeId === null ? undefined : await reads.volumes.find(brick.volumeId);
    if (volume === undefined) continue;
    const { clusterId } = volume;
    const inventory = inventories.get(clusterId) ?? (imagine ?? ((same) => same))(inventoryOf(clusterId));
    const newCompanions = moves.flatMap((move) => companionOf(move, brick, inventory));
    const result = await findPlace(reads, inventory, brick, {
      ...options,
      volume,
      goneBrickIds,
      newCompanions,
    });
    if (result.ok) goneBrickIds.add(brick.id);
    inventories.set(clusterId, result.ok ? withBrick(inventory, result.brick) : inventory);
    moves.push({ brick, volume, result, isOnlyCopy: volume.durability.type === 'none' });
  }
  return moves;
}

/** Bricks that belong to a volume, the largest first. */
const inMovingOrder = (bricks: readonly BrickRecord[]): BrickRecord[] =>
  bricks
    .filter(({ volumeId }) => volumeId !== null)
    .sort((a, b) => b.sizeKib - a.sizeKib || (a.id < b.id ? -1 : 1));

/** Where a brick of the same set has moved to, for the ones after it. */
function companionOf(
  { brick: { volumeId, setIndex }, result }: PlannedMove,
  brick: BrickRecord,
  inventory: Inventory,
): { nodeId: string; zone: number }[] {
  if (!result.ok || volumeId !== brick.volumeId || setIndex !== brick.setIndex) return [];
  const { nodeId, deviceId } = result.brick;
  return [{ nodeId, zone: inventory.get(deviceId)?.zone ?? 0 }];
}

function withBrick(inventory: Inventory, placed: PlacedBrick): Inventory {
  const device: DeviceView | undefined = inventory.get(placed.deviceId);
  if (device === undefined) return inventory;
  const usedKib = device.usedKib + placed.poolKib + placed.metadataKib;
  return inventory.with([{ ...device, usedKib }]);
}
