import { type BrickImprint, fromPoolTags, guestPath } from '../../storage/imprints.ts';
import type { LogicalVolume } from '../../storage/lvm/reports.ts';
import { brickPath, isOfSnapshot, volumeGroupName } from '../../storage/naming.ts';

/** A brick as its node shows it. */
export interface FoundBrick {
  readonly brickId: string;
  readonly nodeId: string;
  readonly deviceId: string;
  readonly sizeKib: number;
  readonly poolKib: number;
  readonly metadataKib: number;
  readonly poolName: string;
  readonly lvName: string;
  readonly path: string;
}

/** The bricks in the volume groups of these devices: pools that say whose they are, with their thin volume. */
export function foundBricks(
  nodeId: string,
  deviceIds: readonly string[],
  volumes: readonly LogicalVolume[],
): FoundBrick[] {
  return deviceIds.flatMap((deviceId) => {
    const own = volumes.filter(({ volumeGroup }) => volumeGroup === volumeGroupName(deviceId));
    return own.flatMap((pool) => {
      const imprint = fromPoolTags(pool.tags);
      if (imprint !== undefined && pool.pool !== '') return foundGuest({ nodeId, deviceId }, pool, imprint);
      const thin = own.find(
        (volume) => volume.pool === pool.name && !volume.isHidden && !isOfSnapshot(volume.name),
      );
      const metadata = own.find((volume) => volume.isHidden && volume.name === `${pool.name}_tmeta`);
      if (imprint === undefined || thin === undefined || metadata === undefined) return [];
      const { brickId } = imprint;
      return [
        {
          brickId,
          nodeId,
          deviceId,
          sizeKib: imprint.sizeKib ?? thin.sizeKib,
          poolKib: pool.sizeKib,
          metadataKib: metadata.sizeKib,
          poolName: pool.name,
          lvName: thin.name,
          path: brickPath(deviceId, brickId),
        },
      ];
    });
  });
}

/** A thin volume that says itself whose it is lives in the pool of another brick, which has the room on record. */
function foundGuest(
  place: Pick<FoundBrick, 'nodeId' | 'deviceId'>,
  thin: LogicalVolume,
  { brickId, sizeKib }: BrickImprint,
): FoundBrick[] {
  const path = guestPath(thin.tags);
  if (path === undefined) return [];
  return [
    {
      ...place,
      brickId,
      path,
      sizeKib: sizeKib ?? thin.sizeKib,
      poolKib: 0,
      metadataKib: 0,
      poolName: thin.pool,
      lvName: thin.name,
    },
  ];
}
