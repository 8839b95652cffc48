import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeviceView } from '../../../src/allocator/device.ts';
import { Inventory } from '../../../src/allocator/inventory.ts';
import { findLayout, isLayout, type Layout } from '../../../src/allocator/layout.ts';
import { place } from '../../../src/allocator/place.ts';
import type { PlaceRequest } from '../../../src/allocator/request.ts';
import { brickSizes, type SizePair } from '../../../src/allocator/sizes.ts';
import { isArbiter, layoutExists, layoutExistsFor } from './brute-force.ts';
import { violationsOf } from './rules.ts';
import { smallRequest, smallTopology } from './topologies.ts';

/** Without the explanation, which has its own tests and costs most of the time. */
function layoutOf(inventory: Inventory, request: PlaceRequest): Layout | undefined {
  const result = findLayout(inventory, request, { count: 0 });
  return isLayout(result) ? result : undefined;
}

/** What is wrong with the answer; for a refusal: that trying everything finds a layout after all. */
function faultsOf(
  devices: readonly DeviceView[],
  request: PlaceRequest,
  layout: Layout | undefined,
): string[] {
  if (layout !== undefined) return violationsOf(devices, request, layout);
  return layoutExists(devices, request) ? ['a layout exists'] : [];
}

/** The pairs with fewer sets than the layout, within the limits. */
function fewerSets(request: PlaceRequest, layout: Layout): SizePair[] {
  return [...brickSizes(request)].filter(({ sets }) => sets < layout.sets.length);
}

describe('any placement on any small cluster', () => {
  it('keeps the rules, and a refusal is right: trying everything finds no layout either', () => {
    const outcomes = { placed: 0, refused: 0 };
    fc.assert(
      fc.property(smallTopology, smallRequest, (devices, request) => {
        const layout = layoutOf(new Inventory(devices), request);
        outcomes[layout === undefined ? 'refused' : 'placed'] += 1;
        expect(faultsOf(devices, request, layout)).toEqual([]);
      }),
      { numRuns: 2000 },
    );
    // The random cases are worth something: both outcomes are frequent.
    expect(Math.min(outcomes.placed, outcomes.refused)).toBeGreaterThan(150);
  });

  it('takes the first size that has a layout', () => {
    fc.assert(
      fc.property(smallTopology, smallRequest, (devices, request) => {
        const layout = layoutOf(new Inventory(devices), request);
        fc.pre(layout !== undefined);
        const missed = fewerSets(request, layout).filter((pair) => layoutExistsFor(devices, request, pair));
        expect(missed).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('is the same for the same content, request and seed, in whatever order the devices came', () => {
    fc.assert(
      fc.property(smallTopology, smallRequest, fc.infiniteStream(fc.nat()), (devices, request, order) => {
        const shuffled = devices
          .map((device) => ({ device, key: order.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ device }) => device);
        expect(place(new Inventory(shuffled), request)).toEqual(place(new Inventory(devices), request));
      }),
      { numRuns: 150 },
    );
  });

  it('leaves the inventory as it was', () => {
    fc.assert(
      fc.property(smallTopology, smallRequest, (devices, request) => {
        const inventory = new Inventory(devices);
        const first = place(inventory, request);
        expect(place(inventory, request)).toEqual(first);
        expect([...inventory.candidates()].map(({ device }) => device)).toEqual(devices);
      }),
      { numRuns: 150 },
    );
  });
});

describe('soft zones', () => {
  const soft = smallRequest.map((request): PlaceRequest => ({ ...request, zoneChecking: 'soft' }));

  it('never refuse what none accepts, and cut it no smaller', () => {
    fc.assert(
      fc.property(smallTopology, soft, (devices, request) => {
        const inventory = new Inventory(devices);
        const withZones = layoutOf(inventory, request);
        const without = layoutOf(inventory, { ...request, zoneChecking: 'none' });
        expect(withZones?.brickSizeKib).toBe(without?.brickSizeKib);
      }),
      { numRuns: 1000 },
    );
  });

  it('give what strict gives wherever strict has a layout of that size', () => {
    fc.assert(
      fc.property(smallTopology, soft, (devices, request) => {
        const layout = layoutOf(new Inventory(devices), request);
        fc.pre(layout !== undefined);
        const strict: PlaceRequest = { ...request, zoneChecking: 'strict' };
        fc.pre(layoutExistsFor(devices, strict, pairOf(layout)));
        expect(violationsOf(devices, strict, layout)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('without an arbiter: the set with the fewest zones has as many as the best layout allows', () => {
    fc.assert(
      fc.property(smallTopology, soft, (devices, request) => {
        fc.pre(!isArbiter(request));
        const layout = layoutOf(new Inventory(devices), request);
        fc.pre(layout !== undefined);
        const zoneOf = new Map(devices.map(({ id, zone }) => [id, zone]));
        const zones = layout.sets.map((set) => new Set(set.map(({ deviceId }) => zoneOf.get(deviceId))).size);
        expect(layoutExistsFor(devices, request, pairOf(layout), Math.min(...zones) + 1)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});

function pairOf({ sets, brickSizeKib }: Layout): SizePair {
  return { sets: sets.length, brickSizeKib };
}
