import { AppError } from '../errors.ts';
import type { Durability } from '../lib/durability.ts';

/** True when the third brick of each set is an arbiter: it keeps names and attributes, no data. */
export function hasArbiter(durability: Durability): boolean {
  return durability.type === 'replicate' && durability.arbiter;
}

/** The durability in the words of people: "replica 3", "replica 3 with arbiter", "disperse 4+2", "no replication". */
export function describeDurability(durability: Durability): string {
  switch (durability.type) {
    case 'none':
      return 'no replication';
    case 'replicate':
      return `replica ${durability.replica}${durability.arbiter ? ' with arbiter' : ''}`;
    case 'disperse':
      return `disperse ${durability.data}+${durability.redundancy}`;
  }
}

/**
 * Refuses what the type of `Durability` cannot keep out: an arbiter beside two replicas (engine W32), and brick counts of
 * a disperse set that are no positive whole numbers.
 *
 * @throws AppError `request.invalid`
 */
export function assertDurability(durability: Durability): void {
  if (durability.type === 'replicate' && durability.arbiter && durability.replica !== 3) {
    throw new AppError(
      'request.invalid',
      `durability: an arbiter needs replica 3, not replica ${durability.replica}; ask for replica 3 or leave the arbiter out`,
    );
  }
  if (durability.type !== 'disperse') return;
  const { data, redundancy } = durability;
  if ([data, redundancy].every((count) => Number.isInteger(count) && count >= 1)) return;
  throw new AppError(
    'request.invalid',
    `durability: disperse ${data}+${redundancy} is not possible; data and redundancy are whole numbers from 1, such as 4+2`,
  );
}
