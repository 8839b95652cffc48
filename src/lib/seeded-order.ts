import { createHash } from 'node:crypto';

/** Puts ids in an order that the same seed always gives, and another seed another one. */
export function seededOrder<T>(items: readonly T[], seed: string, idOf: (item: T) => string): T[] {
  const ranked = items.map((item) => ({
    item,
    rank: createHash('sha256')
      .update(`${seed}/${idOf(item)}`)
      .digest('hex'),
  }));
  return ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1)).map(({ item }) => item);
}
