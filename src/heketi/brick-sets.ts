import { bricksPerSet, type Durability } from '../lib/durability.ts';
import type { GlusterVolume } from '../storage/gluster/volume-info.ts';
import { pathOf } from '../volumes/ownership.ts';

/** A brick as far as its place in the volume matters. */
export interface LooseBrick {
  readonly id: string;
  readonly nodeId: string;
  readonly sizeKib: number;
  readonly path: string;
  readonly isArbiter: boolean;
}

/** Bricks in gluster's order, and where that is known from. */
export interface BrickOrder {
  readonly bricks: readonly LooseBrick[];
  readonly isFromGluster: boolean;
}

/** The bricks in the order of the gluster volume; undefined when it has other ones. */
export function orderFromGluster(
  bricks: readonly LooseBrick[],
  present: GlusterVolume | undefined,
): BrickOrder | undefined {
  if (present === undefined || present.bricks.length !== bricks.length) return undefined;
  const byPath = new Map(bricks.map((brick) => [brick.path, brick]));
  const ordered = present.bricks.flatMap((name) => byPath.get(pathOf(name)) ?? []);
  return ordered.length === bricks.length ? { bricks: ordered, isFromGluster: true } : undefined;
}

/**
 * An order that may be the right one: bricks of one size on different nodes make a set, the arbiter stands last. Which
 * bricks really hold the same data only gluster knows.
 */
export function orderFromDump(bricks: readonly LooseBrick[], durability: Durability): BrickOrder {
  const perSet = bricksPerSet(durability);
  const hasArbiter = durability.type === 'replicate' && durability.arbiter;
  const arbiters = hasArbiter ? arbitersOf(bricks, bricks.length / perSet) : [];
  const data = bricks.filter((brick) => !arbiters.includes(brick));
  const sets = dealSets(data, hasArbiter ? perSet - 1 : perSet);
  return { bricks: hasArbiter ? withArbiters(sets, arbiters) : sets.flat(), isFromGluster: false };
}

/** Those marked as arbiters; in an old dump, which marks none, the smallest. */
function arbitersOf(bricks: readonly LooseBrick[], sets: number): LooseBrick[] {
  const marked = bricks.filter(({ isArbiter }) => isArbiter);
  if (marked.length === sets) return marked;
  return [...bricks].sort((a, b) => a.sizeKib - b.sizeKib).slice(0, sets);
}

/** Takes for each set bricks of one size from the nodes that have most of them left: so the rest can be dealt, too. */
function dealSets(bricks: readonly LooseBrick[], width: number): LooseBrick[][] {
  const sizes = [...new Set(bricks.map(({ sizeKib }) => sizeKib))];
  const groups = sizes.map((size) => bricks.filter(({ sizeKib }) => sizeKib === size));
  const isWhole = groups.every(({ length }) => length % width === 0);
  return (isWhole ? groups : [bricks]).flatMap((group) => dealGroup(group, width));
}

function dealGroup(group: readonly LooseBrick[], width: number): LooseBrick[][] {
  const left = new Map<string, LooseBrick[]>();
  for (const brick of group) left.set(brick.nodeId, [...(left.get(brick.nodeId) ?? []), brick]);
  const sets: LooseBrick[][] = [];
  while (sets.length * width < group.length) {
    const fullest = [...left.values()].sort((a, b) => b.length - a.length);
    const set = fullest.slice(0, width).flatMap((own) => own.shift() ?? []);
    // Fewer nodes than a set has bricks: what is left over fills it up.
    while (set.length < width) set.push(...(fullest.find(({ length }) => length > 0)?.splice(0, 1) ?? []));
    sets.push(set);
  }
  return sets;
}

/** Gives each set an arbiter on a node of its own, as far as there is such a distribution. */
function withArbiters(sets: readonly LooseBrick[][], arbiters: readonly LooseBrick[]): LooseBrick[] {
  const setOf = new Map<LooseBrick, number>();
  const holder = new Map<number, LooseBrick>();
  const settle = (arbiter: LooseBrick, tried: Set<number>): boolean => {
    for (const [index, set] of sets.entries()) {
      if (tried.has(index) || set.some(({ nodeId }) => nodeId === arbiter.nodeId)) continue;
      tried.add(index);
      const other = holder.get(index);
      if (other !== undefined && !settle(other, tried)) continue;
      holder.set(index, arbiter);
      setOf.set(arbiter, index);
      return true;
    }
    return false;
  };
  for (const arbiter of arbiters) settle(arbiter, new Set());
  const homeless = arbiters.filter((arbiter) => !setOf.has(arbiter));
  return sets.flatMap((set, index) => [
    ...set,
    ...[holder.get(index) ?? homeless.shift()].filter((one) => one !== undefined),
  ]);
}
