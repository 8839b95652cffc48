import type { BrickRecord } from '../db/bricks.ts';
import type { ForeignBrickRecord } from '../db/foreign-bricks.ts';
import type { Reads } from '../db/queries.ts';
import type { VolumeRecord } from '../db/volumes.ts';
import { AppError } from '../errors.ts';
import { folderFateOption, idOption, toVolumeOptions } from '../storage/imprints.ts';

/** A brick of a volume, on a device of Mortar's or a folder that others made. */
export type AnyBrick = BrickRecord | ForeignBrickRecord;

export const isForeign = (brick: AnyBrick): brick is ForeignBrickRecord => 'onDelete' in brick;

/**
 * All bricks of a volume in gluster's order. Those that others made were there before it was managed, so they come first.
 *
 * @param bricks the volume's bricks on devices, in gluster's order.
 */
export const withForeign = async (
  reads: Reads,
  volumeId: string,
  bricks: readonly BrickRecord[],
): Promise<AnyBrick[]> => [...(await reads.foreignBricks.listByVolume(volumeId)), ...bricks];

/** The options by which a gluster volume says that it is this one, and what is on record of it. */
export const ownershipOptions = (
  volume: VolumeRecord,
  foreign: readonly ForeignBrickRecord[],
): (readonly [key: string, value: string])[] => [
  [idOption, volume.id],
  ...toVolumeOptions(volume),
  ...(foreign[0] === undefined ? [] : [[folderFateOption, foreign[0].onDelete] as const]),
];

/**
 * What lives in thin pools (snapshots, clones) cannot be had of bricks that are none of Mortar's.
 *
 * @throws AppError `request.conflict` that names such bricks.
 */
export async function assertNoForeign(reads: Reads, volume: VolumeRecord, prefix: string): Promise<void> {
  const foreign = await reads.foreignBricks.listByVolume(volume.id);
  if (foreign.length === 0) return;
  throw new AppError(
    'request.conflict',
    `${prefix}the bricks of ${volume.name} that others made (${foreign.map(({ name }) => name).join(', ')}) are no thin volumes of Mortar's; make a volume with mortar volume create and copy the data over`,
  );
}
