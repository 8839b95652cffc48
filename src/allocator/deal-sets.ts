import { groupBy } from '../lib/group-by.ts';
import type { Choice } from './draft.ts';

/**
 * Deals the chosen bricks to the sets like cards, so that no set gets two bricks of a node and each set gets as many zones
 * as the choice allows.
 *
 * The bricks of a node lie side by side, and there are at most `sets` of them, so they go to different sets. So do the
 * nodes of a zone: a zone with at least `sets` bricks reaches every set, and the smaller zones, which come last, are shared
 * out evenly. With at most `sets` bricks in every zone no set has two of one zone.
 */
export function dealSets(choices: readonly Choice[], sets: number): Choice[][] {
  const nodes = groupBy(choices, ({ candidate }) => candidate.device.nodeId).values();
  const zones = [...groupBy(nodes, ([first]) => first?.candidate.device.zone).values()].map((zone) =>
    zone.flat(),
  );
  const ordered = [
    ...zones.filter(({ length }) => length >= sets),
    ...zones.filter(({ length }) => length < sets),
  ].flat();
  return Array.from({ length: sets }, (_, set) => ordered.filter((_choice, at) => at % sets === set));
}
