import { AppError } from '../errors.ts';
import type { GlusterVolume } from '../storage/gluster/volume-info.ts';
import { idOption } from '../storage/imprints.ts';

/** What tells that a gluster volume is ours. */
export interface VolumeIdentity {
  readonly volumeId: string;
  readonly name: string;
  readonly glusterUuid: string | null;
  /** `host:path` of the bricks that the volume has or is about to get. */
  readonly bricks: readonly string[];
}

/**
 * A gluster volume is ours when it has the UUID on record, or carries our id, or consists of nothing but bricks of ours
 * (their paths hold random ids): never because of its name alone (W10).
 */
export function isOurs(volume: GlusterVolume, identity: VolumeIdentity): boolean {
  if (identity.glusterUuid !== null) return volume.uuid === identity.glusterUuid;
  if (volume.options[idOption] !== undefined) return volume.options[idOption] === identity.volumeId;
  const paths = new Set(identity.bricks.map(pathOf));
  return volume.bricks.length > 0 && volume.bricks.every((brick) => paths.has(pathOf(brick)));
}

/** @throws AppError `gluster.foreign_volume`. */
export function assertOurs(volume: GlusterVolume, identity: VolumeIdentity): void {
  if (isOurs(volume, identity)) return;
  throw new AppError(
    'gluster.foreign_volume',
    `gluster has a volume "${volume.name}" that Mortar did not make (${volume.uuid}); it is left untouched. Choose another name, or adopt it`,
    { details: { name: volume.name, glusterUuid: volume.uuid } },
  );
}

/** Of a volume that must be there. @throws AppError `gluster.failed` when it is gone, `gluster.foreign_volume`. */
export function assertStillOurs(
  volume: GlusterVolume | undefined,
  identity: VolumeIdentity,
): asserts volume is GlusterVolume {
  if (volume === undefined)
    throw new AppError('gluster.failed', `gluster has no volume "${identity.name}" any more`);
  assertOurs(volume, identity);
}

/** The host of a brick, without the brackets of an IPv6 address. */
export const hostOf = (brick: string): string => brick.slice(0, brick.indexOf(':/')).replace(/^\[|\]$/g, '');

/** A node may be known by several host names; the path holds the ids. */
export const pathOf = (brick: string): string => brick.slice(brick.indexOf(':/') + 1);
