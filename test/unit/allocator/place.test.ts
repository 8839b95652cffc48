import { describe, expect, it } from 'vitest';
import { Inventory } from '../../../src/allocator/inventory.ts';
import { type Placement, place } from '../../../src/allocator/place.ts';
import { parseTagRule } from '../../../src/allocator/tags.ts';
import { expectPlacement, expectRefusal, placeOn, violationsOf } from './rules.ts';
import { arbiter, cluster, device, disperse, GIB, none, replica2, replica3, request } from './topologies.ts';

function devicesOf(placement: Placement): string[][] {
  return placement.sets.map((set) => set.map(({ deviceId }) => deviceId));
}

describe('placing equal bricks', () => {
  it('puts the bricks of a set on different nodes, with the sizes of the worked example', () => {
    const placement = expectPlacement(placeOn(cluster({ nodes: 3, each: 2 }), request()));
    expect(placement.brickSizeKib).toBe(104_857_600);
    expect(placement.sets).toHaveLength(1);
    for (const brick of placement.sets.flat()) {
      expect(brick).toMatchObject({
        kind: 'data',
        sizeKib: 104_857_600,
        poolKib: 104_857_600,
        metadataKib: 524_288,
      });
    }
  });

  it('takes the emptiest devices', () => {
    const devices = [
      device({ id: 'a', nodeId: 'n1', usedKib: 30 * GIB }),
      device({ id: 'b', nodeId: 'n1', usedKib: 20 * GIB }),
      device({ id: 'c', nodeId: 'n2', usedKib: 50 * GIB }),
      device({ id: 'd', nodeId: 'n3', usedKib: 10 * GIB }),
    ];
    const placement = expectPlacement(placeOn(devices, request({ durability: replica2 })));
    expect(devicesOf(placement)).toEqual([['d', 'b']]);
  });

  it('cuts 100 GiB into two sets where single devices have 60 GiB', () => {
    const devices = cluster({ nodes: 3, each: 4, totalKib: 60 * GIB });
    const placement = expectPlacement(placeOn(devices, request()));
    expect(placement.sets).toHaveLength(2);
    expect(placement.brickSizeKib).toBe(50 * GIB);
    expect(violationsOf(devices, request(), placement)).toEqual([]);
  });

  it('leaves something free: a device with exactly 500 GiB takes 497 GiB and not 498', () => {
    const limits = { brickMinKib: 300 * GIB, brickMaxKib: 4096 * GIB, maxBricks: 32 };
    const wish = { durability: none, limits };
    expect(placeOn([device({ id: 'a' })], request({ ...wish, sizeKib: 497 * GIB })).ok).toBe(true);
    expect(placeOn([device({ id: 'a' })], request({ ...wish, sizeKib: 498 * GIB })).ok).toBe(false);
  });

  it('counts what earlier bricks of the same request took', () => {
    const devices = [device({ id: 'a', totalKib: 100 * GIB })];
    const refusal = expectRefusal(placeOn(devices, request({ durability: none, sizeKib: 100 * GIB })));
    expect(refusal.code).toBe('no-space');
    expect(placeOn(devices, request({ durability: none, sizeKib: 99 * GIB })).ok).toBe(true);
  });

  it('leaves something free under several bricks of one request too', () => {
    const limits = { brickMinKib: 10 * GIB, brickMaxKib: 10 * GIB, maxBricks: 32 };
    const wish = request({ durability: none, sizeKib: 20 * GIB, limits });
    const twoBricksKib = 2 * 10_539_008;
    expect(placeOn([device({ id: 'a', totalKib: twoBricksKib })], wish).ok).toBe(false);
    expect(placeOn([device({ id: 'a', totalKib: twoBricksKib + 1 })], wish).ok).toBe(true);
  });

  it('gives a large empty device several bricks before a fuller one gets its first', () => {
    const limits = { brickMinKib: 10 * GIB, brickMaxKib: 10 * GIB, maxBricks: 32 };
    const devices = [device({ id: 'empty' }), device({ id: 'fuller', nodeId: 'n2', usedKib: 400 * GIB })];
    const wish = request({ durability: none, sizeKib: 40 * GIB, limits });
    expect(devicesOf(expectPlacement(placeOn(devices, wish))).flat()).toEqual(Array(4).fill('empty'));
  });

  it('counts pools in the extents of each device', () => {
    const wish = request({ durability: none, sizeKib: GIB });
    const room = { totalKib: GIB + 16_384 };
    expect(placeOn([device({ id: 'a', ...room, extentKib: 4096 })], wish).ok).toBe(true);
    expect(placeOn([device({ id: 'a', ...room, extentKib: 65_536 })], wish).ok).toBe(false);
  });

  it('finds the layout that an emptiest-first choice set by set would miss', () => {
    // Two sets of 50 GiB: a and b hold one brick each, c holds two, so c has to be in both sets. c is the fullest.
    const small = { totalKib: 60 * GIB };
    const devices = [
      device({ id: 'a', nodeId: 'n1', ...small }),
      device({ id: 'b', nodeId: 'n2', ...small }),
      device({ id: 'c', nodeId: 'n3', totalKib: 240 * GIB, usedKib: 120 * GIB }),
    ];
    const wish = request({ durability: replica2, sizeKib: 100 * GIB });
    const placement = expectPlacement(placeOn(devices, wish));
    expect(placement.sets).toHaveLength(2);
    expect(violationsOf(devices, wish, placement)).toEqual([]);
  });

  it('leaves out nodes that just failed, offline devices and devices without the tag', () => {
    const devices = [
      ...cluster({ nodes: 6 }).map((one) => ({ ...one, tags: { disk: 'fast-ssd' } })),
      device({ id: 'plain', nodeId: 'n7' }),
    ].map((one) => (one.id === 'n5d0' ? { ...one, unusable: 'node-offline' as const } : one));
    const wish = request({
      tagRule: parseTagRule('disk=fast-ssd'),
      excludedNodeIds: new Set(['n0', 'n1']),
    });
    const placement = expectPlacement(placeOn(devices, wish));
    expect(devicesOf(placement).flat().sort()).toEqual(['n2d0', 'n3d0', 'n4d0']);
  });

  it('ignores the arbiter tag for volumes without an arbiter', () => {
    const devices = cluster({ nodes: 3 }).map((one) => ({ ...one, tags: { arbiter: 'required' } }));
    expect(placeOn(devices, request()).ok).toBe(true);
  });

  it('refuses a durability that does not exist', () => {
    const odd = { type: 'replicate', replica: 2, arbiter: true } as const;
    expect(() => placeOn([], request({ durability: odd }))).toThrow('an arbiter needs replica 3');
  });
});

describe('zones', () => {
  it('strict: different zones, even where the emptier devices share one', () => {
    const devices = cluster({ nodes: 9, zones: 3 }).map((one) =>
      one.zone === 3 ? { ...one, usedKib: 300 * GIB } : one,
    );
    const wish = request({ zoneChecking: 'strict' });
    const placement = expectPlacement(placeOn(devices, wish));
    expect(violationsOf(devices, wish, placement)).toEqual([]);
  });

  it('soft: three zones when there are three, two each when there are two, one when there is one', () => {
    for (const zones of [3, 2, 1]) {
      const devices = cluster({ nodes: 6, zones, totalKib: 60 * GIB });
      const placement = expectPlacement(placeOn(devices, request({ zoneChecking: 'soft' })));
      for (const set of placement.sets) {
        const used = set.map(({ nodeId }) => devices.find((one) => one.nodeId === nodeId)?.zone);
        expect(new Set(used).size).toBe(zones);
      }
    }
  });

  it('soft: a zone that is nearly full is shared out among the sets', () => {
    // Zone 2 has room for exactly two bricks of 50 GiB: one for each of the two sets.
    const devices = [
      ...cluster({ nodes: 3, totalKib: 120 * GIB }).map((one) => ({ ...one, usedKib: 10 * GIB })),
      device({ id: 'z2a', nodeId: 'm1', zone: 2, totalKib: 60 * GIB }),
      device({ id: 'z2b', nodeId: 'm2', zone: 2, totalKib: 60 * GIB }),
    ];
    const limits = { brickMinKib: 50 * GIB, brickMaxKib: 50 * GIB, maxBricks: 32 };
    const wish = request({ zoneChecking: 'soft', limits });
    const placement = expectPlacement(placeOn(devices, wish));
    expect(placement.sets).toHaveLength(2);
    for (const set of placement.sets) {
      expect(set.filter(({ deviceId }) => deviceId.startsWith('z2'))).toHaveLength(1);
    }
  });

  it('soft: 4+2 over three zones puts two bricks in each', () => {
    const devices = cluster({ nodes: 12, zones: 3 });
    const placement = expectPlacement(
      placeOn(devices, request({ durability: disperse(4, 2), zoneChecking: 'soft' })),
    );
    const zones = placement.sets[0]?.map(({ nodeId }) => devices.find((one) => one.nodeId === nodeId)?.zone);
    expect(zones?.toSorted()).toEqual([1, 1, 2, 2, 3, 3]);
  });
});

describe('arbiter volumes', () => {
  const wish = request({ durability: arbiter });

  it('puts a small third brick beside two data bricks', () => {
    const [set] = expectPlacement(placeOn(cluster({ nodes: 3 }), wish)).sets;
    expect(set?.map(({ kind, sizeKib }) => [kind, sizeKib])).toEqual([
      ['data', 104_857_600],
      ['data', 104_857_600],
      ['arbiter', 1_638_400],
    ]);
  });

  it('prefers dedicated devices for both kinds, although others are emptier', () => {
    const devices = [
      ...cluster({ nodes: 4 }),
      device({ id: 'arb', nodeId: 'a', usedKib: 400 * GIB, tags: { arbiter: 'required' } }),
      device({ id: 'dat1', nodeId: 'b', usedKib: 300 * GIB, tags: { arbiter: 'disabled' } }),
      device({ id: 'dat2', nodeId: 'c', usedKib: 300 * GIB, tags: { arbiter: 'disabled' } }),
    ];
    const [ids] = devicesOf(expectPlacement(placeOn(devices, wish)));
    expect(ids?.slice(0, 2).sort()).toEqual(['dat1', 'dat2']);
    expect(ids?.[2]).toBe('arb');
  });

  it('gives way where a dedicated device would cost the layout', () => {
    // Node n0 has the dedicated arbiter device, and one of only two rooms for data.
    const devices = [
      device({ id: 'arb', nodeId: 'n0', tags: { arbiter: 'required' } }),
      device({ id: 'dat', nodeId: 'n0' }),
      device({ id: 'other', nodeId: 'n1' }),
      device({ id: 'small', nodeId: 'n2', totalKib: 5 * GIB }),
    ];
    const placement = expectPlacement(placeOn(devices, wish));
    expect(violationsOf(devices, wish, placement)).toEqual([]);
    expect(placement.sets[0]?.[2]?.deviceId).toBe('small');
  });

  it('gives way for three zones with soft zone checking too', () => {
    // As above, and n3 could take the second data brick in the zone of n1.
    const devices = [
      device({ id: 'arb', nodeId: 'n0', zone: 1, tags: { arbiter: 'required' } }),
      device({ id: 'dat', nodeId: 'n0', zone: 1 }),
      device({ id: 'other', nodeId: 'n1', zone: 2 }),
      device({ id: 'small', nodeId: 'n2', zone: 3, totalKib: 5 * GIB }),
      device({ id: 'another', nodeId: 'n3', zone: 2 }),
    ];
    const placement = expectPlacement(placeOn(devices, { ...wish, zoneChecking: 'soft' }));
    expect(violationsOf(devices, { ...wish, zoneChecking: 'strict' }, placement)).toEqual([]);
  });

  it('with two zones only, soft zone checking uses both in every set', () => {
    const devices = cluster({ nodes: 6, zones: 2, totalKib: 60 * GIB });
    const placement = expectPlacement(placeOn(devices, { ...wish, zoneChecking: 'soft' }));
    expect(placement.sets).toHaveLength(2);
    for (const set of placement.sets) {
      const zones = set.map(({ nodeId }) => devices.find((one) => one.nodeId === nodeId)?.zone);
      expect(new Set(zones).size).toBe(2);
    }
  });
});

describe('cost and order', () => {
  it('looks at a handful of 4,000 devices, whatever the zones and however the cluster is filled', () => {
    const devices = cluster({ nodes: 1000, each: 4, zones: 4 }).map((one, at) => ({
      ...one,
      usedKib: (at % 7) * GIB,
    }));
    const inventories = [new Inventory(devices), new Inventory(cluster({ nodes: 1000, each: 4, zones: 1 }))];
    for (const inventory of inventories) {
      for (const zoneChecking of ['none', 'soft'] as const) {
        for (const durability of [replica3, arbiter, disperse(4, 2)]) {
          const wish = request({ durability, zoneChecking, seed: zoneChecking });
          expect(expectPlacement(place(inventory, wish)).visited).toBeLessThan(100);
        }
      }
    }
    const strict = request({ zoneChecking: 'strict' });
    expect(expectPlacement(place(new Inventory(devices), strict)).visited).toBeLessThan(100);
  });

  it('does not always start with the same one of equal devices', () => {
    const inventory = new Inventory(cluster({ nodes: 100 }));
    const firsts = Array.from({ length: 30 }, (_, seed) => {
      return devicesOf(expectPlacement(place(inventory, request({ seed: `v${seed}` }))))[0]?.[0];
    });
    expect(new Set(firsts).size).toBeGreaterThan(10);
  });

  it('cuts 32 sets for a volume without replicas', () => {
    const devices = cluster({ nodes: 4, each: 9, totalKib: 4 * GIB });
    const wish = request({ durability: none, sizeKib: 100 * GIB });
    const placement = expectPlacement(placeOn(devices, wish));
    expect(placement.sets).toHaveLength(32);
    expect(violationsOf(devices, wish, placement)).toEqual([]);
  });

  it('uses no replicas more than the three of replica 3', () => {
    const placement = expectPlacement(placeOn(cluster({ nodes: 9 }), request({ durability: replica3 })));
    expect(placement.sets.flat()).toHaveLength(3);
  });
});
