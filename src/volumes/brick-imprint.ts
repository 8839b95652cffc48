import type { BrickRecord } from '../db/bricks.ts';
import { toPoolTags } from '../storage/imprints.ts';
import { volumeGroupName } from '../storage/naming.ts';

export interface ImprintBrickParams {
  readonly deviceId: string;
  readonly group: string;
  readonly pool: string;
  readonly tags: readonly string[];
  /** For what is removed next: a pool that is not there is no failure. */
  readonly mayBeGone?: boolean;
}

/** What its pool is to say of a brick. */
export const imprintOf = (
  { id, deviceId, poolName, sizeKib }: BrickRecord,
  volumeId: string,
): ImprintBrickParams => ({
  deviceId,
  group: volumeGroupName(deviceId),
  pool: poolName,
  tags: toPoolTags(id, volumeId, sizeKib),
});
