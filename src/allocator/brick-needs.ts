import { hasArbiter } from './durability.ts';
import type { PlaceRequest } from './request.ts';
import { arbiterBrickKib, type BrickSpace, brickSpace } from './sizes.ts';

/** What the bricks of one attempt need on a device, by kind and extent size. */
export interface BrickNeeds {
  readonly data: BrickNeed;
  readonly arbiter: BrickNeed;
}

/** What one kind of brick needs, computed once for each extent size: most clusters have one extent size only. */
class BrickNeed {
  readonly sizeKib: number;
  readonly #snapshotFactor: number;
  #extentKib = Number.NaN;
  #space: BrickSpace = { poolKib: 0, metadataKib: 0, totalKib: 0 };

  constructor(sizeKib: number, snapshotFactor: number) {
    this.sizeKib = sizeKib;
    this.#snapshotFactor = snapshotFactor;
  }

  space(extentKib: number): BrickSpace {
    if (extentKib !== this.#extentKib) {
      this.#extentKib = extentKib;
      this.#space = brickSpace(this.sizeKib, this.#snapshotFactor, extentKib);
    }
    return this.#space;
  }

  totalKib(extentKib: number): number {
    return this.space(extentKib).totalKib;
  }
}

/**
 * The needs of a request when its data bricks have this size.
 *
 * @returns undefined when the average file is larger than the brick (engine 1.7).
 */
export function brickNeeds(request: PlaceRequest, brickSizeKib: number): BrickNeeds | undefined {
  const needOf = (sizeKib: number): BrickNeed => new BrickNeed(sizeKib, request.snapshotFactor);
  const data = needOf(brickSizeKib);
  if (!hasArbiter(request.durability)) return { data, arbiter: data };
  const arbiterKib = arbiterBrickKib(brickSizeKib, request.averageFileKib);
  return arbiterKib === undefined ? undefined : { data, arbiter: needOf(arbiterKib) };
}
