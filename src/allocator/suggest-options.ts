import { bricksPerSet, type Durability, dataBricks } from '../lib/durability.ts';
import { KIB_PER_GIB } from '../lib/sizes.ts';
import type { Change, Refused } from './change.ts';
import { describeDurability, hasArbiter } from './durability.ts';
import { findLayout, isLayout } from './layout.ts';
import type { SizeLimits } from './sizes.ts';
import { formatTagRule } from './tags.ts';
import { formatKib } from './wording.ts';

/** Soft accepts whatever none accepts. */
export function* zonesLoosened({ inventory, request }: Refused): Generator<Change> {
  if (request.zoneChecking !== 'strict') return;
  const text = 'use zone checking soft or none instead of strict';
  yield { text, inventory, request: { ...request, zoneChecking: 'soft' } };
}

export function* smallerSize({ inventory, request, largestGib }: Refused): Generator<Change> {
  const sizeKib = largestGib * KIB_PER_GIB;
  if (largestGib === 0 || sizeKib >= request.sizeKib) return;
  yield { text: `ask for ${largestGib} GiB or less`, inventory, request: { ...request, sizeKib } };
}

/** For a volume whose bricks would be too small: the first size that gives bricks of the minimum. */
export function* biggerSize({ inventory, request }: Refused): Generator<Change> {
  const { durability, limits, averageFileKib } = request;
  const smallestKib = Math.max(limits.brickMinKib, hasArbiter(durability) ? averageFileKib : 0);
  const sizeGib = Math.ceil((smallestKib * dataBricks(durability)) / KIB_PER_GIB);
  const sizeKib = sizeGib * KIB_PER_GIB;
  if (sizeKib <= request.sizeKib) return;
  yield { text: `ask for at least ${sizeGib} GiB`, inventory, request: { ...request, sizeKib } };
}

/** Bricks that get too small for the average file: an average as small as the smallest brick always goes. */
export function* averageFileLowered({ inventory, request }: Refused): Generator<Change> {
  const averageFileKib = Math.max(1, Math.min(request.limits.brickMinKib, request.sizeKib));
  if (!hasArbiter(request.durability) || averageFileKib >= request.averageFileKib) return;
  const text = `give an average file size of ${averageFileKib} KiB or less`;
  yield { text, inventory, request: { ...request, averageFileKib } };
}

export function* ruleDropped({ inventory, request }: Refused): Generator<Change> {
  const { tagRule, ...withoutRule } = request;
  if (tagRule === undefined) return;
  yield { text: `leave out the tag rule ${formatTagRule(tagRule)}`, inventory, request: withoutRule };
}

/** Not for an expansion: a volume keeps the durability it was made with. */
export function* durabilityLowered({ inventory, request }: Refused): Generator<Change> {
  if (request.existingBricks > 0) return;
  for (const durability of weakerThan(request.durability)) {
    yield { text: `use ${describeDurability(durability)}`, inventory, request: { ...request, durability } };
  }
}

/** What the wire contract allows (engine 1.5) with fewer or smaller bricks a set, the nearest first. */
function weakerThan(durability: Durability): Durability[] {
  if (durability.type === 'replicate' && durability.replica === 3) {
    const others: Durability[] = [
      { type: 'replicate', replica: 3, arbiter: !durability.arbiter },
      { type: 'replicate', replica: 2, arbiter: false },
    ];
    return others;
  }
  if (durability.type !== 'disperse') return [];
  const known = [
    [8, 4],
    [8, 3],
    [4, 2],
    [2, 1],
  ] as const;
  return known
    .map(([data, redundancy]): Durability => ({ type: 'disperse', data, redundancy }))
    .filter((other) => bricksPerSet(other) < bricksPerSet(durability));
}

/** How far a limit is widened to see what would be enough. */
const WIDER = 8;

/** The limits of the configuration, to exactly what would be enough. */
export function* limitsRaised(refused: Refused): Generator<Change> {
  const { limits, durability, existingBricks } = refused.request;
  const more = layoutWith(refused, { maxBricks: limits.maxBricks * WIDER });
  if (more !== undefined) {
    const maxBricks = existingBricks + more.sets.length * bricksPerSet(durability);
    yield {
      ...withLimits(refused, { maxBricks }),
      text: `raise the limit of bricks a volume from ${limits.maxBricks} to ${maxBricks}`,
    };
  }
  const smaller = layoutWith(refused, { brickMinKib: Math.ceil(limits.brickMinKib / WIDER) });
  if (smaller === undefined) return;
  const brickMinMib = Math.max(1, Math.floor(smaller.brickSizeKib / 1024));
  yield {
    ...withLimits(refused, { brickMinKib: brickMinMib * 1024 }),
    text: `lower the smallest brick size from ${formatKib(limits.brickMinKib)} to ${brickMinMib} MiB`,
  };
}

function layoutWith(refused: Refused, changes: Partial<SizeLimits>) {
  const { inventory, request } = withLimits(refused, changes);
  const result = findLayout(inventory, request, { count: 0 });
  return isLayout(result) ? result : undefined;
}

function withLimits({ inventory, request }: Refused, changes: Partial<SizeLimits>): Omit<Change, 'text'> {
  return { inventory, request: { ...request, limits: { ...request.limits, ...changes } } };
}
