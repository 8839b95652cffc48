import { chooseExactly } from './arbiter-exact.ts';
import type { Attempt } from './attempt.ts';
import { composeArbiterSets } from './compose-arbiter-sets.ts';
import { type Choice, Draft, type Spread } from './draft.ts';
import { isEligible, takesKind } from './eligibility.ts';
import type { ZoneChecking } from './request.ts';
import { countFitting } from './sizes.ts';
import { takeEmptiest, type Wish } from './take-emptiest.ts';

/** A way to choose the bricks of all sets; undefined when it finds none. */
type Strategy = (attempt: Attempt) => readonly Choice[] | undefined;

/** Dedicated devices first (engine 2.4). Data bricks are the large ones, so they choose before shared arbiters do. */
const order = [
  { kind: 'arbiter', tag: 'required' },
  { kind: 'data', tag: 'disabled' },
  { kind: 'data', tag: 'supported' },
  { kind: 'arbiter', tag: 'supported' },
] as const satisfies Partial<Wish>[];

const strategies: Readonly<Record<ZoneChecking, readonly Strategy[]>> = {
  none: [byFill('node'), exactly('node')],
  strict: [byFill('zone'), exactly('zone')],
  soft: [byFill('zone'), exactly('zone'), byFill('zone', 'node'), exactly('node')],
};

/**
 * Sets of data, data, arbiter. Bricks of two sizes that share devices are a packing problem: the emptiest-first choice
 * comes first, and where it gets stuck `chooseExactly` decides whether there is a layout at all.
 *
 * Limits: `chooseExactly` fills one node after the other, not evenly, and does not prefer dedicated devices. With soft zone
 * checking three zones a set are found whenever they exist; where only two are possible they are sought, not proven.
 */
export function chooseArbiterSets(attempt: Attempt): Choice[][] | undefined {
  if (!hasRoomForData(attempt)) return undefined;
  for (const choose of strategies[attempt.request.zoneChecking]) {
    const choices = choose(attempt);
    if (choices !== undefined) return composeArbiterSets(choices, attempt.sets);
  }
  return undefined;
}

/** A first glance, which ends most hopeless attempts: do the data bricks fit when nodes and zones do not count? */
function hasRoomForData({ inventory, request, needs, sets, visits }: Attempt): boolean {
  const walk = inventory.emptiestFirst(request.seed);
  let missing = 2 * sets;
  for (let candidate = walk.peek(); candidate !== undefined && missing > 0; candidate = walk.peek()) {
    walk.advance();
    visits.count += 1;
    if (!takesKind(request, candidate, 'data') || !isEligible(request, candidate)) continue;
    missing -= countFitting(candidate.freeKib, needs.data.totalKib(candidate.device.extentKib));
  }
  return missing <= 0;
}

function byFill(...spreads: readonly Spread[]): Strategy {
  return (attempt) => {
    const draft = new Draft(attempt.sets, attempt.needs);
    const missing = { data: 2 * attempt.sets, arbiter: attempt.sets };
    for (const spread of spreads) {
      for (const { kind, tag } of order) {
        missing[kind] -= takeEmptiest(attempt, draft, { kind, tag, count: missing[kind], spread });
      }
    }
    return missing.data + missing.arbiter === 0 ? draft.choices : undefined;
  };
}

function exactly(spread: Spread): Strategy {
  return (attempt) => chooseExactly(attempt, spread);
}
