import type { BrickNeeds } from './brick-needs.ts';
import type { Candidate } from './device.ts';
import type { BrickKind } from './request.ts';

/** One brick of a layout in the making. */
export interface Choice {
  readonly candidate: Candidate;
  readonly kind: BrickKind;
}

/** What a set must not share: a node, or a zone (and so a node). */
export type Spread = 'node' | 'zone';

/**
 * The bricks chosen so far for all sets together, and what they took. A node (with `zone`: a zone) is given at most as many
 * bricks as there are sets: exactly then the bricks can be dealt to the sets without two of a set sharing one.
 */
export class Draft {
  readonly sets: number;
  readonly #needs: BrickNeeds;
  readonly #choices: Choice[] = [];
  readonly #takenKib = new Map<Candidate, number>();
  readonly #byNode = new Map<string, number>();
  readonly #byZone = new Map<number, number>();
  #fullNodes = 0;
  #fullZones = 0;

  constructor(sets: number, needs: BrickNeeds) {
    this.sets = sets;
    this.#needs = needs;
  }

  get choices(): readonly Choice[] {
    return this.#choices;
  }

  /** Devices that have a brick of this draft. */
  get touched(): Iterable<Candidate> {
    return this.#takenKib.keys();
  }

  /** Nodes, or zones, that take no more bricks. */
  full(spread: Spread): number {
    return spread === 'node' ? this.#fullNodes : this.#fullZones;
  }

  isTouched(candidate: Candidate): boolean {
    return this.#takenKib.has(candidate);
  }

  /** Used share of the device with the bricks of this draft on it. */
  fill(candidate: Candidate): number {
    const taken = this.#takenKib.get(candidate);
    if (taken === undefined) return candidate.fill;
    return (candidate.device.usedKib + taken) / candidate.device.totalKib;
  }

  /** Puts a brick on the device if it has room (free strictly greater than the need, engine 1.4) and its group too. */
  take(candidate: Candidate, kind: BrickKind, spread: Spread): boolean {
    const { nodeId, zone, extentKib } = candidate.device;
    const neededKib = this.#needs[kind].totalKib(extentKib);
    if (!(candidate.freeKib > neededKib)) return false;
    const onNode = this.#byNode.get(nodeId) ?? 0;
    const inZone = this.#byZone.get(zone) ?? 0;
    if (onNode >= this.sets || (spread === 'zone' && inZone >= this.sets)) return false;
    const takenKib = this.#takenKib.get(candidate) ?? 0;
    if (!(candidate.freeKib - takenKib > neededKib)) return false;
    this.#takenKib.set(candidate, takenKib + neededKib);
    this.#byNode.set(nodeId, onNode + 1);
    this.#byZone.set(zone, inZone + 1);
    if (onNode + 1 === this.sets) this.#fullNodes += 1;
    if (inZone + 1 === this.sets) this.#fullZones += 1;
    this.#choices.push({ candidate, kind });
    return true;
  }
}
