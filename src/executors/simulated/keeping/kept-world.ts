import type { Clock } from '../../../lib/clock.ts';
import { World } from '../world/world.ts';
import { applyChange, type Change } from './changes.ts';
import type { WorldFile } from './state-file.ts';

/** Where a world comes from. */
export interface WorldSource {
  /** @throws AppError `config.invalid` for a damaged file, each time; the file stays as it is. */
  readonly world: World;
  /**
   * Reads on for about so long. @returns whether nothing is left to read: from then on the world is there, or the fault of
   * its file.
   */
  readFor(durationMs: number): boolean;
}

/** A world that was just made. */
export const madeWorld = (world: World): WorldSource => ({ world, readFor: () => true });

export interface KeptWorldOptions {
  readonly file: WorldFile;
  /** A file with more changes than this is written anew when it has been read. */
  readonly compactAfter: number;
  readonly clock: Clock;
}

/**
 * A world that lies in its file until it is needed. It can be read piece by piece beside other work; who cannot wait gets
 * what is left of it read at once.
 */
export class KeptWorld implements WorldSource {
  readonly #clock: Clock;
  readonly #reading: Iterator<void, World>;
  #world: World | undefined;
  #fault: unknown;

  constructor({ file, compactAfter, clock }: KeptWorldOptions) {
    this.#clock = clock;
    this.#reading = reading(file, compactAfter);
  }

  get world(): World {
    if (this.#world === undefined) this.readFor(Number.POSITIVE_INFINITY);
    if (this.#world === undefined) throw this.#fault;
    return this.#world;
  }

  readFor(durationMs: number): boolean {
    const untilMs = this.#clock.now() + durationMs;
    try {
      while (this.#world === undefined && this.#fault === undefined) {
        const { done, value } = this.#reading.next();
        if (done === true) this.#world = value;
        else if (this.#clock.now() >= untilMs) return false;
      }
    } catch (thrown) {
      this.#fault = thrown;
    }
    return true;
  }
}

function* reading(file: WorldFile, compactAfter: number): Generator<void, World> {
  const kept = yield* file.load();
  const world = new World(kept.world);
  let changes = 0;
  for (const change of kept.changes) {
    applyChange(world, change as Change);
    changes += 1;
    yield;
  }
  if (changes > compactAfter) yield* file.write(world.state);
  return world;
}
