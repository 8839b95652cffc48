import { groupBy } from '../lib/group-by.ts';
import type { Attempt } from './attempt.ts';
import type { Candidate } from './device.ts';
import type { Choice, Spread } from './draft.ts';
import { isEligible, takesKind } from './eligibility.ts';
import { type Curve, type Load, packCurves } from './pack-curves.ts';
import { countFitting } from './sizes.ts';

/** The devices of one node or zone, emptiest first. */
type Group = Candidate[];

/**
 * Finds the bricks for all sets of an arbiter volume whenever there are any: no search that gives up, but a sum over all
 * devices. For each device it is known how many arbiter bricks fit beside 0, 1, 2 … data bricks. These curves are added up
 * within a group (a node, or a zone), cut off at `sets` bricks a group, and added up over the groups. A choice with at most
 * `sets` bricks a group can always be composed to sets (see `composeArbiterSets`), so this is the whole question.
 *
 * Costs devices × sets² steps. Fills groups one after the other, so it is the way out where emptiest-first gets stuck.
 */
export function chooseExactly(attempt: Attempt, spread: Spread): Choice[] | undefined {
  const { sets, inventory } = attempt;
  if ((spread === 'node' ? inventory.usableNodes : inventory.usableZones) < 3) return undefined;
  const groups = eligibleGroups(attempt, spread);
  const most = { data: sets, arbiter: sets };
  const packed = groups.map((group) => {
    const { curve, share } = packCurves(
      group.map((candidate) => curveOf(attempt, candidate)),
      most,
    );
    return { group, share, curve: curve.map((arbiters, data) => Math.min(arbiters, sets - data)) };
  });
  const wanted: Load = { data: 2 * sets, arbiter: sets };
  const all = packCurves(
    packed.map(({ curve }) => curve),
    wanted,
  );
  if ((all.curve[wanted.data] ?? -1) < wanted.arbiter) return undefined;
  const loads = all.share(wanted);
  return packed.flatMap(({ group, share }, at) =>
    choicesOf(group, share(loads[at] ?? { data: 0, arbiter: 0 })),
  );
}

function eligibleGroups({ inventory, request, visits }: Attempt, spread: Spread): Group[] {
  const eligible: Candidate[] = [];
  const walk = inventory.emptiestFirst(request.seed);
  for (let candidate = walk.peek(); candidate !== undefined; candidate = walk.peek()) {
    walk.advance();
    visits.count += 1;
    if (isEligible(request, candidate)) eligible.push(candidate);
  }
  const groups = groupBy(eligible, ({ device }) => (spread === 'node' ? device.nodeId : device.zone));
  return [...groups.values()];
}

/** How many arbiter bricks the device takes beside 0, 1, 2 … data bricks, at most `sets` of each. */
function curveOf({ request, needs, sets }: Attempt, candidate: Candidate): Curve {
  const { freeKib, device } = candidate;
  const mostData = takesKind(request, candidate, 'data') ? sets : 0;
  const mostArbiters = takesKind(request, candidate, 'arbiter') ? sets : 0;
  const dataKib = needs.data.totalKib(device.extentKib);
  const arbiterKib = needs.arbiter.totalKib(device.extentKib);
  const curve = [Math.min(mostArbiters, countFitting(freeKib, arbiterKib))];
  for (let data = 1; data <= mostData && freeKib > data * dataKib; data += 1) {
    curve.push(Math.min(mostArbiters, countFitting(freeKib - data * dataKib, arbiterKib)));
  }
  return curve;
}

function choicesOf(group: Group, loads: readonly Load[]): Choice[] {
  return group.flatMap((candidate, at) => {
    const { data, arbiter } = loads[at] ?? { data: 0, arbiter: 0 };
    return [
      ...Array.from({ length: data }, () => ({ candidate, kind: 'data' as const })),
      ...Array.from({ length: arbiter }, () => ({ candidate, kind: 'arbiter' as const })),
    ];
  });
}
