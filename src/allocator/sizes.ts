import { bricksPerSet, type Durability, dataBricks } from '../lib/durability.ts';
import { KIB_PER_GIB, roundUp } from '../lib/sizes.ts';

/** Pool metadata is never larger than this: 16 GiB (engine 1.4). */
const MAX_METADATA_KIB = 16 * KIB_PER_GIB;
const METADATA_SHARE = 0.005;
/** The smallest XFS with 4 KiB blocks: no arbiter brick is smaller (engine 1.7). */
const MIN_ARBITER_KIB = 16_384;

/** What one brick takes on a device. Everything in KiB. */
export interface BrickSpace {
  /** The thin pool, a multiple of the device's extent. */
  readonly poolKib: number;
  /** The pool's metadata, a multiple of the device's extent. */
  readonly metadataKib: number;
  /** What the device is debited: pool and metadata. */
  readonly totalKib: number;
}

export interface SizeLimits {
  readonly brickMinKib: number;
  readonly brickMaxKib: number;
  /** Bricks of one volume, existing ones included. `Infinity` is allowed. */
  readonly maxBricks: number;
}

/** One way to cut a volume: so many brick sets, each of bricks of this size. */
export interface SizePair {
  readonly sets: number;
  /** Size of a data brick in KiB: the file system that gluster sees. */
  readonly brickSizeKib: number;
}

/** Why no further size is tried. */
export type SizesEnd = 'min-brick-size' | 'max-bricks';

/**
 * The space one brick takes (engine 1.4): snapshot factor first, then metadata from the rounded pool.
 *
 * @param snapshotFactor from 1 to 100; counted as a 32-bit float, as the stored books do (engine 1.1).
 */
export function brickSpace(sizeKib: number, snapshotFactor: number, extentKib: number): BrickSpace {
  const poolKib = roundUp(Math.trunc(sizeKib * Math.fround(snapshotFactor)), extentKib);
  const wantedKib = Math.min(Math.trunc(poolKib * METADATA_SHARE), MAX_METADATA_KIB);
  const metadataKib = roundUp(wantedKib, extentKib);
  return { poolKib, metadataKib, totalKib: poolKib + metadataKib };
}

/**
 * The size in KiB of the arbiter brick beside data bricks of this size (engine 1.7): one KiB a file.
 *
 * @returns undefined when the average file is larger than the brick: a refusal that ends the whole request.
 */
export function arbiterBrickKib(dataBrickKib: number, averageFileKib: number): number | undefined {
  if (dataBrickKib < averageFileKib) return undefined;
  return Math.max(Math.floor(dataBrickKib / averageFileKib), MIN_ARBITER_KIB);
}

/** How many bricks fit side by side: some room must stay free (engine 1.4), so the most n with n × need < free. */
export function countFitting(freeKib: number, neededKib: number): number {
  return Math.max(0, Math.ceil(freeKib / neededKib) - 1);
}

/** What the sizes of a volume (or an expansion) follow from. */
export interface SizeRequest {
  /** Size of the new volume, or what an expansion adds, in KiB. */
  readonly sizeKib: number;
  readonly durability: Durability;
  readonly limits: SizeLimits;
  /** Bricks the volume has already, 0 for a new one; they count towards `maxBricks`. */
  readonly existingBricks: number;
}

/**
 * The sizes to try, fewest sets first; the sets double each time, sizes above the maximum are passed over (engine 1.5).
 *
 * @returns (when exhausted) which limit ended it.
 */
export function* brickSizes(request: SizeRequest): Generator<SizePair, SizesEnd> {
  const { sizeKib, durability, limits, existingBricks } = request;
  const smallestKib = Math.max(1, limits.brickMinKib);
  for (let sets = 1; ; sets *= 2) {
    const brickSizeKib = Math.floor(Math.floor(sizeKib / sets) / dataBricks(durability));
    if (!(brickSizeKib >= smallestKib)) return 'min-brick-size';
    if (brickSizeKib > limits.brickMaxKib) continue;
    if (sets * bricksPerSet(durability) + existingBricks > limits.maxBricks) return 'max-bricks';
    yield { sets, brickSizeKib };
  }
}
