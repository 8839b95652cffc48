import { bricksPerSet, dataBricks } from '../lib/durability.ts';
import { KIB_PER_GIB } from '../lib/sizes.ts';
import { hasArbiter } from './durability.ts';
import { isEligible } from './eligibility.ts';
import { lastPassing } from './halving.ts';
import type { Inventory } from './inventory.ts';
import { findLayout, fits, isLayout } from './layout.ts';
import type { PlaceRequest } from './request.ts';
import type { SizePair } from './sizes.ts';

/**
 * The largest volume (expansion) with the options of the request that would be placed now, in whole GiB; 0 when none.
 *
 * Exact: for each set count smaller bricks fit wherever larger ones do, so the largest size is found by halving, with the
 * exact test of `fits`; the largest over all set counts is then placed once as a proof.
 */
export function largestSizeGib(inventory: Inventory, request: PlaceRequest): number {
  const { durability, limits, existingBricks } = request;
  const room = eligibleRoom(inventory, request);
  let largestGib = 0;
  for (let sets = 1; ; sets *= 2) {
    const { lowGib, highGib } = sizeRange(request, sets, room);
    const tooManyBricks = sets * bricksPerSet(durability) + existingBricks > limits.maxBricks;
    if (tooManyBricks || lowGib * KIB_PER_GIB > room.totalKib) break;
    const test = (sizeGib: number): boolean => fits(inventory, request, pairOf(request, sets, sizeGib));
    largestGib = Math.max(largestGib, lastPassing(Math.max(lowGib, largestGib), highGib, test));
  }
  return largestGib > 0 && isPlaced(inventory, request, largestGib) ? largestGib : 0;
}

function isPlaced(inventory: Inventory, request: PlaceRequest, sizeGib: number): boolean {
  return isLayout(findLayout(inventory, { ...request, sizeKib: sizeGib * KIB_PER_GIB }, { count: 0 }));
}

/** Free room that the request may use, KiB. */
interface Room {
  readonly totalKib: number;
  /** On the device that has most. */
  readonly largestKib: number;
}

function eligibleRoom(inventory: Inventory, request: PlaceRequest): Room {
  let totalKib = 0;
  let largestKib = 0;
  for (const candidate of inventory.candidates()) {
    if (candidate.device.unusable !== undefined || !isEligible(request, candidate)) continue;
    totalKib += Math.max(0, candidate.freeKib);
    largestKib = Math.max(largestKib, candidate.freeKib);
  }
  return { totalKib, largestKib };
}

/** The whole GiB whose bricks, cut into `sets` sets, keep to the limits of brick size and to the bytes there are. */
function sizeRange(
  { durability, limits, averageFileKib }: PlaceRequest,
  sets: number,
  room: Room,
): { lowGib: number; highGib: number } {
  const parts = sets * dataBricks(durability);
  const smallestKib = Math.max(1, limits.brickMinKib, hasArbiter(durability) ? averageFileKib : 0);
  const largestKib = Math.min(limits.brickMaxKib, room.largestKib);
  return {
    lowGib: Math.ceil((parts * smallestKib) / KIB_PER_GIB),
    highGib: Math.floor(Math.min(parts * (largestKib + 1) - 1, room.totalKib) / KIB_PER_GIB),
  };
}

function pairOf({ durability }: PlaceRequest, sets: number, sizeGib: number): SizePair {
  const setKib = Math.floor((sizeGib * KIB_PER_GIB) / sets);
  return { sets, brickSizeKib: Math.floor(setKib / dataBricks(durability)) };
}
