import type { Inventory } from './inventory.ts';
import { findLayout, isLayout } from './layout.ts';
import type { PlaceRequest } from './request.ts';
import type { SizePair } from './sizes.ts';

/** A refused request and where it was refused. */
export interface Refused {
  readonly inventory: Inventory;
  readonly request: PlaceRequest;
  /** The sizes that were tried in vain. */
  readonly tried: readonly SizePair[];
  /** The largest size that would be placed now, GiB; 0 when none. */
  readonly largestGib: number;
}

/** A change for people to make, and the world after it: other devices, or another request. */
export interface Change {
  /** What to do, as an order: "bring node n3 back up". */
  readonly text: string;
  readonly inventory: Inventory;
  readonly request: PlaceRequest;
}

/** Whether the request is placed once the change is made. */
export function helps({ inventory, request }: Omit<Change, 'text'>): boolean {
  return isLayout(findLayout(inventory, request, { count: 0 }));
}
