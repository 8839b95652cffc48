import type { Reads } from '../db/queries.ts';
import type { VolumeRecord } from '../db/volumes.ts';
import { AppError } from '../errors.ts';

/** The contract's words for an object that another operation holds. */
export const inUseWords = 'The target exists, contains other items, or is in use.';

/**
 * The volume, when nothing else is happening to it.
 *
 * @throws AppError `object.not_found` for one that is unknown or not shown; `object.in_use` (500 with the contract's
 * prefix and words) when another operation holds it.
 */
export async function readyVolume(reads: Reads, id: string, prefix: string): Promise<VolumeRecord> {
  const volume = await reads.volumes.find(id);
  if (volume === undefined || volume.phase === 'creating' || volume.phase === 'deleting') {
    throw new AppError('object.not_found', 'Id not found');
  }
  if (volume.operationId === null) return volume;
  throw new AppError('object.in_use', `${prefix}${inUseWords}`, {
    status: 500,
    details: { volumeId: id, operationId: volume.operationId },
  });
}
