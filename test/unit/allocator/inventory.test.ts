import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EmptiestFirst } from '../../../src/allocator/emptiest-first.ts';
import { Inventory } from '../../../src/allocator/inventory.ts';
import { cluster, device, GIB, smallTopology } from './topologies.ts';

function idsOf(walk: EmptiestFirst): string[] {
  const ids: string[] = [];
  for (let candidate = walk.peek(); candidate !== undefined; candidate = walk.peek()) {
    ids.push(candidate.device.id);
    walk.advance();
  }
  return ids;
}

describe('the inventory', () => {
  it('walks usable devices emptiest first, by share and not by bytes', () => {
    const inventory = new Inventory([
      device({ id: 'half', usedKib: 250 * GIB }),
      device({ id: 'large', totalKib: 4000 * GIB, usedKib: 800 * GIB }),
      device({ id: 'small', totalKib: 100 * GIB, usedKib: 10 * GIB }),
      device({ id: 'off', unusable: 'device-offline' }),
      device({ id: 'zero', totalKib: 0 }),
    ]);
    expect(idsOf(inventory.emptiestFirst('any'))).toEqual(['small', 'large', 'half', 'zero']);
    expect(inventory.size).toBe(5);
    expect(inventory.usableSize).toBe(4);
    expect(inventory.get('off')).toMatchObject({ unusable: 'device-offline' });
  });

  it('follows changes: put replaces, remove forgets, both may be repeated', () => {
    const inventory = new Inventory(cluster({ nodes: 3, zones: 3 }));
    inventory.put(device({ id: 'n1d0', nodeId: 'n1', zone: 2, usedKib: GIB }));
    expect(idsOf(inventory.emptiestFirst('x')).at(-1)).toBe('n1d0');
    inventory.put(device({ id: 'n0d0', nodeId: 'n0', zone: 1, unusable: 'node-down' }));
    inventory.remove('n2d0');
    inventory.remove('n2d0');
    expect(idsOf(inventory.emptiestFirst('x'))).toEqual(['n1d0']);
    expect([inventory.usableNodes, inventory.usableZones, inventory.size]).toEqual([1, 1, 2]);
    expect(inventory.get('n2d0')).toBeUndefined();
  });

  it('keeps its own copy of a device', () => {
    const view = { ...device({ id: 'a' }), tags: { disk: 'ssd' } };
    const inventory = new Inventory([view]);
    view.tags.disk = 'hdd';
    expect(inventory.get('a')?.tags).toEqual({ disk: 'ssd' });
  });

  it('is, after any changes, the same as one made afresh from what is left', () => {
    fc.assert(
      fc.property(smallTopology, smallTopology, fc.string(), (before, after, seed) => {
        const inventory = new Inventory(before);
        const copy = inventory.with(after);
        for (const one of after) inventory.put(one);
        for (const { id } of before) if (!after.some((one) => one.id === id)) inventory.remove(id);
        const fresh = new Inventory(after.toReversed());
        expect(idsOf(inventory.emptiestFirst(seed))).toEqual(idsOf(fresh.emptiestFirst(seed)));
        expect(inventory.size).toBe(fresh.size);
        expect(inventory.usableNodes).toBe(fresh.usableNodes);
        expect(inventory.usableZones).toBe(fresh.usableZones);
        for (const tag of ['supported', 'required', 'disabled'] as const) {
          expect(inventory.countTagged(tag)).toBe(fresh.countTagged(tag));
        }
        expect(copy.size).toBe(new Set([...before, ...after].map(({ id }) => id)).size);
      }),
    );
  });

  it('walks every usable device once, whatever the seed; equal ones start elsewhere with another seed', () => {
    const inventory = new Inventory([
      ...cluster({ nodes: 40 }),
      ...Array.from({ length: 20 }, (_, at) => device({ id: `used${at}`, usedKib: GIB })),
      device({ id: 'single', usedKib: 2 * GIB }),
    ]);
    const starts = new Set<string>();
    for (let seed = 0; seed < 50; seed += 1) {
      const ids = idsOf(inventory.emptiestFirst(`seed ${seed}`));
      expect(new Set(ids).size).toBe(61);
      expect(ids.slice(0, 40).every((id) => id.startsWith('n'))).toBe(true);
      expect(ids.slice(40, 60).every((id) => id.startsWith('used'))).toBe(true);
      starts.add(ids[0] ?? '');
    }
    expect(starts.size).toBeGreaterThan(15);
  });
});
