import type { BrickRecord } from '../db/bricks.ts';
import type { BrickKind } from '../db/schema.ts';
import type { BrickMount } from '../storage/filesystem/mounts.ts';
import type { BrickVolume } from '../storage/lvm/brick-commands.ts';
import { guestMountPoint, mapperPath, mountPoint, volumeGroupName } from '../storage/naming.ts';

/** A brick as the steps of an operation carry it: all that its node must know, sizes in KiB. */
export interface BrickSpec {
  readonly brickId: string;
  readonly deviceId: string;
  readonly volumeId: string;
  readonly kind: BrickKind;
  readonly sizeKib: number;
  readonly poolKib: number;
  readonly metadataKib: number;
  readonly poolName: string;
  readonly lvName: string;
  readonly path: string;
}

export const toSpec = (brick: BrickRecord, volumeId: string): BrickSpec => ({
  brickId: brick.id,
  deviceId: brick.deviceId,
  volumeId,
  kind: brick.kind,
  sizeKib: brick.sizeKib,
  poolKib: brick.poolKib,
  metadataKib: brick.metadataKib,
  poolName: brick.poolName,
  lvName: brick.lvName,
  path: brick.path,
});

export const groupOf = (brick: BrickSpec): string => volumeGroupName(brick.deviceId);
export const deviceOf = (brick: BrickSpec): string => mapperPath(groupOf(brick), brick.lvName);
/** It lives in the thin pool of another brick, as those of clones do. */
export const isGuest = ({ poolKib }: { readonly poolKib: number }): boolean => poolKib === 0;
export const mountOf = (brick: BrickSpec): BrickMount => ({
  device: deviceOf(brick),
  mountPoint: isGuest(brick) ? guestMountPoint(brick.path) : mountPoint(brick.deviceId, brick.brickId),
});

export const toBrickVolume = (brick: BrickSpec): BrickVolume => ({
  brickId: brick.brickId,
  volumeId: brick.volumeId,
  volumeGroup: groupOf(brick),
  poolName: brick.poolName,
  lvName: brick.lvName,
  sizeKib: brick.sizeKib,
  poolKib: brick.poolKib,
  metadataKib: brick.metadataKib,
});

/** Lanes of the volume groups that the bricks live in. */
export const groupLanes = (bricks: readonly BrickSpec[]): string[] => [
  ...new Set(bricks.map((brick) => `vg:${brick.deviceId}`)),
];
