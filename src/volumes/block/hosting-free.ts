import type { BlockVolumeRecord } from '../../db/block-volumes.ts';
import type { Reads } from '../../db/queries.ts';
import type { VolumeRecord } from '../../db/volumes.ts';

/** What is left of a hosting volume for block volumes; less than nothing when its sizes do not add up. */
export const freeGib = (
  { sizeGib, blockReservedGib }: VolumeRecord,
  hosted: readonly BlockVolumeRecord[],
): number => sizeGib - blockReservedGib - hosted.reduce((sum, { takenGib }) => sum + takenGib, 0);

export async function freeGibOf(reads: Reads, hostingVolumeId: string): Promise<number> {
  const volume = await reads.volumes.find(hostingVolumeId);
  return volume === undefined ? 0 : freeGib(volume, await reads.blockVolumes.listByHost(hostingVolumeId));
}
