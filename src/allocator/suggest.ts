import { type Change, helps, type Refused } from './change.ts';
import { MAX_SUGGESTIONS } from './refusal.ts';
import { deviceAdded, nodesAdded } from './suggest-hardware.ts';
import {
  averageFileLowered,
  biggerSize,
  durabilityLowered,
  limitsRaised,
  ruleDropped,
  smallerSize,
  zonesLoosened,
} from './suggest-options.ts';
import { arbiterAllowed, broughtBack } from './suggest-states.ts';

/** Kinds of changes, the smallest first: what is there is used, then the wish is trimmed, then something is bought. */
const kinds: readonly ((refused: Refused) => Iterable<Change>)[] = [
  broughtBack,
  zonesLoosened,
  arbiterAllowed,
  ruleDropped,
  smallerSize,
  biggerSize,
  averageFileLowered,
  deviceAdded,
  nodesAdded,
  durabilityLowered,
  limitsRaised,
];

/** The smallest changes that let the request pass, one of a kind, each tried out. */
export function suggest(refused: Refused): string[] {
  const texts: string[] = [];
  for (const changesOf of kinds) {
    if (texts.length === MAX_SUGGESTIONS) break;
    const change = firstThatHelps(changesOf(refused));
    if (change !== undefined) texts.push(change.text);
  }
  return texts;
}

function firstThatHelps(changes: Iterable<Change>): Change | undefined {
  for (const change of changes) if (helps(change)) return change;
  return undefined;
}
