import type { BrickNeeds } from './brick-needs.ts';
import type { Inventory } from './inventory.ts';
import type { PlaceRequest } from './request.ts';

/** The search for one layout: so many sets of bricks of one size. */
export interface Attempt {
  readonly inventory: Inventory;
  readonly request: PlaceRequest;
  readonly sets: number;
  readonly needs: BrickNeeds;
  /** Counts the devices that were looked at, over all attempts of a request. */
  readonly visits: Visits;
}

export interface Visits {
  count: number;
}
