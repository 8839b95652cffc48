import type { BrickRecord } from '../db/bricks.ts';
import type { Reads } from '../db/queries.ts';
import { AppError } from '../errors.ts';

/**
 * A thin pool goes with the brick it was made for, so nothing else may live in it then.
 *
 * @throws AppError `volume.has_clones` that names the clones.
 */
export async function assertNoClones(
  reads: Reads,
  bricks: readonly BrickRecord[],
  prefix: string,
): Promise<void> {
  const guests = await reads.bricks.listGuestsOf(bricks);
  if (guests.length === 0) return;
  const ids = [...new Set(guests.map(({ volumeId }) => volumeId))];
  const volumes = await Promise.all(ids.map((id) => reads.volumes.find(id ?? '')));
  const names = volumes.map((volume, index) => `${volume?.name ?? 'a brick being removed'} (${ids[index]})`);
  throw new AppError(
    'volume.has_clones',
    `${prefix}clones live in its thin pools: ${names.join(', ')}; delete ${names.length === 1 ? 'that' : 'those'} first`,
    { details: { clones: ids } },
  );
}
