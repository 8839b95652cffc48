import { inTransaction, outcome, refusal } from '../commands/gluster/answers.ts';
import type { Transaction } from '../commands/gluster/words.ts';
import type { Answer } from '../world/answer.ts';

const everyVolume = '*';

/**
 * glusterd's locks: one change at a time for a volume of a pool. Who comes second is refused at once. They live as long as
 * the command that holds them and are no part of the kept world.
 */
export class GlusterLocks {
  readonly #held = new Map<string, number>();

  /** Takes the lock, of one volume or of all, whether it is free or not. @returns the release. */
  hold(pool: string, volume = everyVolume): () => void {
    const key = `${pool}/${volume}`;
    this.#held.set(key, (this.#held.get(key) ?? 0) + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const left = (this.#held.get(key) ?? 1) - 1;
      if (left === 0) this.#held.delete(key);
      else this.#held.set(key, left);
    };
  }

  isHeld(pool: string, volume: string): boolean {
    return this.#held.has(`${pool}/${volume}`) || this.#held.has(`${pool}/${everyVolume}`);
  }
}

/** What glusterd says to the second of two changes. */
export function refuseTransaction({ volume, namesVolume }: Transaction, argv: readonly string[]): Answer {
  const what = namesVolume ? ` for ${volume}` : '';
  const words = `Another transaction is in progress${what}. Please try again after some time.`;
  if (!argv.includes('set')) return refusal(words, inTransaction);
  return outcome('volSet', 'Set volume unsuccessful', { errno: inTransaction, text: words });
}
