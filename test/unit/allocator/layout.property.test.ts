import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeArbiterSets } from '../../../src/allocator/compose-arbiter-sets.ts';
import { type DeviceView, toCandidate } from '../../../src/allocator/device.ts';
import type { Choice } from '../../../src/allocator/draft.ts';
import { Inventory } from '../../../src/allocator/inventory.ts';
import { findLayout, fits, isLayout } from '../../../src/allocator/layout.ts';
import { type Curve, packCurves } from '../../../src/allocator/pack-curves.ts';
import type { ZoneChecking } from '../../../src/allocator/request.ts';
import { brickSpace, countFitting } from '../../../src/allocator/sizes.ts';
import { bricksPerSet, type Durability } from '../../../src/lib/durability.ts';
import { cluster, device, disperse, GIB, none, replica2, replica3, request } from './topologies.ts';

/** Clusters of up to 14 nodes in up to 8 zones, too large to try everything. */
const topology: fc.Arbitrary<DeviceView[]> = fc
  .array(
    fc.record({
      zone: fc.integer({ min: 1, max: 8 }),
      freeGib: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 14 },
  )
  .map((nodes) =>
    nodes.flatMap(({ zone, freeGib }, node) =>
      freeGib.map((free, at) =>
        device({
          id: `n${node}d${at}`,
          nodeId: `n${node}`,
          zone,
          totalKib: 50 * GIB,
          usedKib: (50 - free) * GIB,
        }),
      ),
    ),
  );

/**
 * S sets of k bricks in different groups exist exactly when the groups, each with at most S bricks, hold S × k. A zone holds
 * what its nodes hold, each with at most S.
 */
function enoughRoom(
  devices: readonly DeviceView[],
  { durability, strict }: { durability: Durability; strict: boolean },
  { sets, brickSizeKib }: { sets: number; brickSizeKib: number },
): boolean {
  const held = new Map<string | number, number>();
  for (const { nodeId, zone, totalKib, usedKib, extentKib } of devices) {
    const key = strict ? zone : nodeId;
    const more = countFitting(totalKib - usedKib, brickSpace(brickSizeKib, 1, extentKib).totalKib);
    held.set(key, Math.min(sets, (held.get(key) ?? 0) + more));
  }
  return [...held.values()].reduce((sum, count) => sum + count, 0) >= sets * bricksPerSet(durability);
}

describe('layouts of equal bricks on larger clusters', () => {
  it('are found exactly when the groups have the room for them', () => {
    let found = 0;
    fc.assert(
      fc.property(
        topology,
        fc.constantFrom(none, replica2, replica3, disperse(4, 2), disperse(8, 4)),
        fc.constantFrom<ZoneChecking[]>('none', 'strict', 'soft'),
        fc.constantFrom(1, 2, 3, 4, 8, 16),
        fc.integer({ min: 1, max: 20 }),
        (devices, durability, zoneChecking, sets, brickGib) => {
          const pair = { sets, brickSizeKib: brickGib * GIB };
          const exists = enoughRoom(devices, { durability, strict: zoneChecking === 'strict' }, pair);
          found += exists ? 1 : 0;
          expect(fits(new Inventory(devices), request({ durability, zoneChecking }), pair)).toBe(exists);
        },
      ),
      { numRuns: 2000 },
    );
    expect(found).toBeGreaterThan(300);
  });
});

describe('sets with an arbiter', () => {
  const set = fc
    .uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 3, maxLength: 3 })
    .map((nodes) => nodes.map((node, at) => ({ node, kind: at === 2 ? 'arbiter' : 'data' }) as const));

  it('are composed again from any bricks that once were such sets, with no fewer zones', () => {
    fc.assert(
      fc.property(
        fc.array(set, { minLength: 1, maxLength: 10 }),
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 10, maxLength: 10 }),
        (sets, zones) => {
          const candidates = zones.map((zone, node) =>
            toCandidate(device({ id: `d${node}`, nodeId: `n${node}`, zone })),
          );
          const zonesIn = (nodes: readonly (number | undefined)[]) => new Set(nodes).size;
          const choices = sets
            .flat()
            .map(({ node, kind }) => ({ candidate: candidates[node], kind }) as Choice);
          const byNode = choices.toSorted((a, b) => (a.candidate.device.id < b.candidate.device.id ? -1 : 1));
          const composed = composeArbiterSets(byNode, sets.length) ?? [];
          expect(new Set(composed.flat())).toEqual(new Set(choices));
          for (const one of composed) {
            expect(one.map(({ kind }) => kind)).toEqual(['data', 'data', 'arbiter']);
            expect(new Set(one.map(({ candidate }) => candidate.device.nodeId)).size).toBe(3);
          }
          const before = Math.min(...sets.map((one) => zonesIn(one.map(({ node }) => zones[node]))));
          const after = Math.min(
            ...composed.map((one) => zonesIn(one.map(({ candidate }) => candidate.device.zone))),
          );
          expect(after).toBeGreaterThanOrEqual(before);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('are not composed from bricks of which one node has too many', () => {
    const [one, two] = ['a', 'b'].map((nodeId) => toCandidate(device({ id: nodeId, nodeId })));
    const choices = [
      { candidate: one, kind: 'data' },
      { candidate: two, kind: 'data' },
      { candidate: two, kind: 'arbiter' },
    ] as Choice[];
    expect(composeArbiterSets(choices, 1)).toBeUndefined();
  });
});

describe('adding up what devices hold of two kinds of bricks', () => {
  const curve: fc.Arbitrary<Curve> = fc
    .array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 })
    .map((numbers) => numbers.sort((a, b) => b - a));

  it('gives the best sum, and shares out every load under it', () => {
    fc.assert(
      fc.property(fc.array(curve, { maxLength: 4 }), (parts) => {
        const most = { data: 6, arbiter: 7 };
        const packing = packCurves(parts, most);
        for (const [data, arbiter] of packing.curve.entries()) {
          expect(arbiter).toBe(Math.min(bestArbiters(parts, data), most.arbiter));
          const loads = packing.share({ data, arbiter });
          expect(loads.reduce((sum, load) => sum + load.data, 0)).toBe(data);
          expect(loads.reduce((sum, load) => sum + load.arbiter, 0)).toBe(arbiter);
          for (const [at, load] of loads.entries()) {
            expect(load.arbiter).toBeLessThanOrEqual(parts[at]?.[load.data] ?? -1);
          }
        }
        const mostData = parts.reduce((sum, part) => sum + part.length - 1, 0);
        expect(packing.curve).toHaveLength(Math.min(mostData, most.data) + 1);
      }),
    );
  });

  it('refuses to share out a load that does not fit', () => {
    expect(() => packCurves([[1]], { data: 1, arbiter: 1 }).share({ data: 1, arbiter: 0 })).toThrow(
      RangeError,
    );
  });

  function bestArbiters(parts: readonly Curve[], data: number): number {
    const [first, ...others] = parts;
    if (first === undefined) return data === 0 ? 0 : Number.NEGATIVE_INFINITY;
    return Math.max(...first.map((most, own) => most + bestArbiters(others, data - own)));
  }
});

describe('even fill', () => {
  const equalVolumes = fc.record({
    zones: fc.integer({ min: 1, max: 4 }),
    nodesPerZone: fc.integer({ min: 1, max: 4 }),
    each: fc.integer({ min: 1, max: 5 }),
    durability: fc.constantFrom(none, replica2, replica3, disperse(4, 2)),
    zoneChecking: fc.constantFrom<ZoneChecking[]>('none', 'soft', 'strict'),
    sets: fc.constantFrom(1, 2, 4),
    seed: fc.string({ maxLength: 3 }),
    oneSeed: fc.boolean(),
  });

  it('differs by two bricks at most after many equal volumes on equal devices', () => {
    fc.assert(
      fc.property(
        equalVolumes,
        ({ zones, nodesPerZone, each, sets, seed, oneSeed, durability, zoneChecking }) => {
          const devices = cluster({ nodes: zones * nodesPerZone, each, zones, totalKib: 5000 * GIB });
          const inventory = new Inventory(devices);
          const bricks = new Map(devices.map(({ id }) => [id, 0]));
          const data = durability.type === 'disperse' ? durability.data : 1;
          for (let volume = 0; volume < 30; volume += 1) {
            const layout = findLayout(
              inventory,
              request({
                durability,
                zoneChecking,
                sizeKib: 8 * GIB * sets * data,
                limits: { brickMinKib: 8 * GIB, brickMaxKib: 8 * GIB, maxBricks: 32 },
                seed: oneSeed ? seed : `${seed}${volume}`,
              }),
              { count: 0 },
            );
            if (!isLayout(layout)) return;
            for (const { deviceId, poolKib, metadataKib } of layout.sets.flat()) {
              const view = inventory.get(deviceId);
              if (view === undefined) throw new Error(`unknown device ${deviceId}`);
              inventory.put({ ...view, usedKib: view.usedKib + poolKib + metadataKib });
              bricks.set(deviceId, (bricks.get(deviceId) ?? 0) + 1);
            }
            expect(Math.max(...bricks.values()) - Math.min(...bricks.values())).toBeLessThanOrEqual(2);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
