import { bricksPerSet } from '../lib/durability.ts';
import { chooseArbiterSets } from './arbiter-sets.ts';
import type { Attempt, Visits } from './attempt.ts';
import { type BrickNeeds, brickNeeds } from './brick-needs.ts';
import { dealSets } from './deal-sets.ts';
import { type Choice, Draft, type Spread } from './draft.ts';
import { hasArbiter } from './durability.ts';
import type { Inventory } from './inventory.ts';
import type { BrickKind, PlaceRequest, ZoneChecking } from './request.ts';
import { brickSizes, type SizePair, type SizesEnd } from './sizes.ts';
import { takeEmptiest } from './take-emptiest.ts';

/** One brick and where it goes. Sizes in KiB; the device is debited `poolKib + metadataKib`. */
export interface PlacedBrick {
  readonly deviceId: string;
  readonly nodeId: string;
  readonly kind: BrickKind;
  /** The file system that gluster sees. */
  readonly sizeKib: number;
  readonly poolKib: number;
  readonly metadataKib: number;
}

export interface Layout {
  /** The bricks of each set in gluster's order; an arbiter is the last of three. */
  readonly sets: readonly (readonly PlacedBrick[])[];
  readonly brickSizeKib: number;
}

/** Why the search for sizes ended without a layout; the last is engine 1.7's refusal. */
type SearchEnd = SizesEnd | 'average-file-size';

/** What was tried in vain. */
export interface Failure {
  readonly tried: readonly SizePair[];
  readonly end: SearchEnd;
  /** The average file size is larger than this brick, KiB; with `average-file-size` only. */
  readonly endBrickKib?: number;
}

/** The steps in which zones are let go of: `soft` takes what different zones can give, then the rest anywhere. */
const spreads: Readonly<Record<ZoneChecking, readonly Spread[]>> = {
  none: ['node'],
  strict: ['zone'],
  soft: ['zone', 'node'],
};

/** Tries the sizes of the request in their order and returns the first layout (engine 1.5). */
export function findLayout(inventory: Inventory, request: PlaceRequest, visits: Visits): Layout | Failure {
  const tried: SizePair[] = [];
  const sizes = brickSizes(request);
  for (let next = sizes.next(); ; next = sizes.next()) {
    if (next.done === true) return { tried, end: next.value };
    const { sets, brickSizeKib } = next.value;
    const needs = brickNeeds(request, brickSizeKib);
    if (needs === undefined) return { tried, end: 'average-file-size', endBrickKib: brickSizeKib };
    const chosen = chooseSets({ inventory, request, sets, needs, visits });
    if (chosen !== undefined) return toLayout(chosen, needs);
    tried.push(next.value);
  }
}

/** Whether a layout exists for exactly these sizes. Exact: when it says no there is none. */
export function fits(inventory: Inventory, request: PlaceRequest, { sets, brickSizeKib }: SizePair): boolean {
  const needs = brickNeeds(request, brickSizeKib);
  if (needs === undefined) return false;
  return chooseSets({ inventory, request, sets, needs, visits: { count: 0 } }) !== undefined;
}

export function isLayout(result: Layout | Failure): result is Layout {
  return 'sets' in result;
}

function chooseSets(attempt: Attempt): Choice[][] | undefined {
  return hasArbiter(attempt.request.durability) ? chooseArbiterSets(attempt) : chooseEqualSets(attempt);
}

/** Sets of equal bricks: see `takeEmptiest` and `dealSets` for why this finds a layout whenever there is one. */
function chooseEqualSets(attempt: Attempt): Choice[][] | undefined {
  const { request, sets, needs } = attempt;
  const draft = new Draft(sets, needs);
  let missing = sets * bricksPerSet(request.durability);
  for (const spread of spreads[request.zoneChecking]) {
    missing -= takeEmptiest(attempt, draft, { kind: 'data', count: missing, spread });
    // Where no zone is full it was not for the zones that bricks are missing.
    if (missing === 0 || draft.full('zone') === 0) break;
  }
  return missing === 0 ? dealSets(draft.choices, sets) : undefined;
}

function toLayout(sets: readonly Choice[][], needs: BrickNeeds): Layout {
  return {
    sets: sets.map((set) => set.map((choice) => toBrick(choice, needs))),
    brickSizeKib: needs.data.sizeKib,
  };
}

function toBrick({ candidate, kind }: Choice, needs: BrickNeeds): PlacedBrick {
  const { id, nodeId, extentKib } = candidate.device;
  const { poolKib, metadataKib } = needs[kind].space(extentKib);
  return { deviceId: id, nodeId, kind, sizeKib: needs[kind].sizeKib, poolKib, metadataKib };
}
