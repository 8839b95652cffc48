import type { Attempt } from './attempt.ts';
import type { Candidate } from './device.ts';
import type { Draft } from './draft.ts';
import { isEligible } from './eligibility.ts';
import type { EmptiestFirst } from './emptiest-first.ts';
import type { ArbiterTag } from './tags.ts';

/**
 * The devices that may still take a brick, emptiest first: those the draft has not touched come from the walk over the
 * inventory, those it has are kept in a small queue by what they hold now. Among equals an untouched one comes first.
 */
export class OpenDevices {
  readonly #attempt: Attempt;
  readonly #draft: Draft;
  readonly #tag: ArbiterTag | undefined;
  readonly #walk: EmptiestFirst;
  /** Touched devices, the emptiest last. */
  readonly #again: Candidate[] = [];
  /** Devices of the tag that the walk has not met yet. */
  #ahead: number;

  constructor(attempt: Attempt, draft: Draft, tag?: ArbiterTag) {
    const { inventory, request } = attempt;
    this.#attempt = attempt;
    this.#draft = draft;
    this.#tag = tag;
    this.#walk = inventory.emptiestFirst(request.seed);
    this.#ahead = tag === undefined ? inventory.usableSize : inventory.countTagged(tag);
    for (const candidate of draft.touched) if (this.#accepts(candidate)) this.giveBack(candidate);
  }

  /** Takes the emptiest device out; undefined when none is left. */
  next(): Candidate | undefined {
    const fresh = this.#fresh();
    const touched = this.#again.at(-1);
    if (touched !== undefined && (fresh === undefined || this.#draft.fill(touched) < fresh.fill)) {
      return this.#again.pop();
    }
    if (fresh !== undefined) this.#advance(fresh);
    return fresh;
  }

  /** Puts a device back that has just taken a brick, so that it may take another. */
  giveBack(candidate: Candidate): void {
    const fill = this.#draft.fill(candidate);
    const at = this.#again.findLastIndex((other) => this.#draft.fill(other) > fill);
    this.#again.splice(at + 1, 0, candidate);
  }

  /** The next untouched device of the walk that this request may use. */
  #fresh(): Candidate | undefined {
    while (this.#ahead > 0) {
      const candidate = this.#walk.peek();
      if (candidate === undefined) return undefined;
      if (this.#accepts(candidate) && !this.#draft.isTouched(candidate)) return candidate;
      this.#advance(candidate);
    }
    return undefined;
  }

  #advance(candidate: Candidate): void {
    this.#walk.advance();
    this.#attempt.visits.count += 1;
    if (this.#hasTag(candidate)) this.#ahead -= 1;
  }

  #accepts(candidate: Candidate): boolean {
    return this.#hasTag(candidate) && isEligible(this.#attempt.request, candidate);
  }

  #hasTag(candidate: Candidate): boolean {
    return this.#tag === undefined || candidate.arbiter === this.#tag;
  }
}
