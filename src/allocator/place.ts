import { assertDurability } from './durability.ts';
import { explain } from './explain.ts';
import type { Inventory } from './inventory.ts';
import { findLayout, isLayout, type Layout } from './layout.ts';
import type { Refusal } from './refusal.ts';
import type { PlaceRequest } from './request.ts';

export type { Refusal };

/** Where the bricks of a request go. */
export interface Placement extends Layout {
  readonly ok: true;
  /** Devices that were looked at: what the search cost. */
  readonly visited: number;
}

/**
 * Chooses devices for the bricks of a volume or an expansion (engine 1.4 to 1.7, 2.3 to 2.6).
 *
 * - Sizes are tried in the order of `brickSizes`; all sets of the answer have the same brick size.
 * - Never two bricks of a set on one node; with strict zone checking never two in one zone; with soft, which never refuses
 *   what none accepts, as many different zones as there is room for.
 * - A device is taken only if more is free than the brick needs, what earlier bricks of the request took included.
 * - The emptiest device (by used share) that fits is taken first. On equal devices, spread evenly over equal nodes and
 *   zones, many equal volumes leave fills that differ by at most two bricks.
 * - Exact: when a layout exists for one of the sizes, one is found; no search bound.
 * - The same inventory content, request and seed give the same answer, whatever order the devices came in.
 *
 * The inventory is not changed. On success the cost follows the bricks, on refusal the devices (some hundred attempts).
 *
 * @throws AppError `request.invalid` for a durability that does not exist
 */
export function place(inventory: Inventory, request: PlaceRequest): Placement | Refusal {
  assertDurability(request.durability);
  const visits = { count: 0 };
  const result = findLayout(inventory, request, visits);
  if (!isLayout(result)) return explain(inventory, request, result);
  return { ok: true, ...result, visited: visits.count };
}
