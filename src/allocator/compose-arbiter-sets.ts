import type { Choice } from './draft.ts';

/**
 * Composes the chosen bricks to sets of data, data, arbiter, no two of a set on one node, and with as many different zones
 * in the set that has the fewest as the choice allows.
 *
 * Given twice as many data bricks as sets, as many arbiter bricks as sets and at most `sets` bricks a node, such sets
 * always exist: take nodes on the one side, data and arbiter on the other, bricks as edges; the edges of a bipartite graph
 * can be coloured with `sets` colours (König), each colour a set; the zones only add a level to the nodes' side (nested
 * families balance as well, de Werra). So sets can be taken off one by one as long as the rest keeps to the same limits.
 *
 * @returns undefined when the choice breaks those limits.
 */
export function composeArbiterSets(choices: readonly Choice[], sets: number): Choice[][] | undefined {
  const zonesEach = fewestZones(choices, sets);
  const result: Choice[][] = [];
  let rest = choices;
  for (let left = sets; left > 0; left -= 1) {
    const set = findSet(rest, left - 1, zonesEach);
    if (set === undefined) return undefined;
    result.push(set);
    rest = rest.filter((choice) => !set.includes(choice));
  }
  return result;
}

/** How many different zones every set can have: a set with z zones has 3 - z bricks in a zone it has already. */
function fewestZones(choices: readonly Choice[], sets: number): number {
  return Math.max(1, 3 - Math.ceil(excess(choices, sets) / sets));
}

/** Bricks that must share a zone with another of their set: those beyond one a set in each zone. */
function excess(choices: readonly Choice[], sets: number): number {
  return [...count(choices, zoneOf).values()].reduce((sum, bricks) => sum + Math.max(0, bricks - sets), 0);
}

/** The first set after which `setsAfter` more can be taken from the rest; bricks of the fullest nodes are tried first. */
function findSet(choices: readonly Choice[], setsAfter: number, zonesEach: number): Choice[] | undefined {
  const onNode = count(choices, nodeOf);
  const ordered = choices.toSorted((a, b) => (onNode.get(nodeOf(b)) ?? 0) - (onNode.get(nodeOf(a)) ?? 0));
  const data = onePerNode(ordered, 'data');
  for (const arbiter of onePerNode(ordered, 'arbiter')) {
    for (const [at, first] of data.entries()) {
      for (const second of data.slice(at + 1)) {
        const set = [first, second, arbiter];
        if (isSet(set, zonesEach) && leaves(choices, set, { setsAfter, zonesEach })) return set;
      }
    }
  }
  return undefined;
}

/** Bricks of one kind on one node are as good as each other here: one of them stands for all. */
function onePerNode(choices: readonly Choice[], kind: Choice['kind']): Choice[] {
  const byNode = new Map<string, Choice>();
  for (const choice of choices) {
    if (choice.kind === kind && !byNode.has(nodeOf(choice))) byNode.set(nodeOf(choice), choice);
  }
  return [...byNode.values()];
}

function isSet(set: readonly Choice[], zonesEach: number): boolean {
  return count(set, nodeOf).size === set.length && count(set, zoneOf).size >= zonesEach;
}

/** Whether the rest keeps to the limits: at most one brick a node and set, and no more shared zones than allowed. */
function leaves(
  choices: readonly Choice[],
  set: readonly Choice[],
  { setsAfter, zonesEach }: { readonly setsAfter: number; readonly zonesEach: number },
): boolean {
  const rest = choices.filter((choice) => !set.includes(choice));
  if ([...count(rest, nodeOf).values()].some((bricks) => bricks > setsAfter)) return false;
  return excess(rest, setsAfter) <= setsAfter * (3 - zonesEach);
}

function count<Key>(choices: readonly Choice[], keyOf: (choice: Choice) => Key): Map<Key, number> {
  const counts = new Map<Key, number>();
  for (const choice of choices) counts.set(keyOf(choice), (counts.get(keyOf(choice)) ?? 0) + 1);
  return counts;
}

function nodeOf({ candidate }: Choice): string {
  return candidate.device.nodeId;
}

function zoneOf({ candidate }: Choice): number {
  return candidate.device.zone;
}
