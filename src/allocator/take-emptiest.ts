import type { Attempt } from './attempt.ts';
import type { Draft, Spread } from './draft.ts';
import { OpenDevices } from './open-devices.ts';
import type { BrickKind } from './request.ts';
import type { ArbiterTag } from './tags.ts';

/** So many bricks of a kind that the draft still lacks. */
export interface Wish {
  readonly kind: BrickKind;
  readonly count: number;
  readonly spread: Spread;
  /** Only devices with this value of the tag `arbiter`. */
  readonly tag?: ArbiterTag;
}

/**
 * Adds bricks to the draft, each on the emptiest device that has room for it and whose node (zone) is not full.
 *
 * For bricks of one size this greedy choice is exact: the limits per device, node and zone are nested, so the bricks that
 * can be chosen together form a matroid, and every choice that cannot be made larger has the same number of bricks. What
 * it cannot reach, no other choice reaches. A device that was refused once stays refused, so one pass is enough.
 *
 * @returns how many bricks were added.
 */
export function takeEmptiest(attempt: Attempt, draft: Draft, wish: Wish): number {
  const open = new OpenDevices(attempt, draft, wish.tag);
  let added = 0;
  while (added < wish.count && draft.full(wish.spread) < groups(attempt, wish.spread)) {
    const candidate = open.next();
    if (candidate === undefined) break;
    if (!draft.take(candidate, wish.kind, wish.spread)) continue;
    added += 1;
    open.giveBack(candidate);
  }
  return added;
}

/** Nodes, or zones, that have a usable device. */
function groups({ inventory }: Attempt, spread: Spread): number {
  return spread === 'node' ? inventory.usableNodes : inventory.usableZones;
}
