import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeviceView } from '../../../src/allocator/device.ts';
import { Inventory } from '../../../src/allocator/inventory.ts';
import { placeReplacement, type ReplacementRequest } from '../../../src/allocator/place-replacement.ts';
import { brickSpace } from '../../../src/allocator/sizes.ts';

const gib = 1_048_576;

const device = (node: number, change: Partial<DeviceView> = {}): DeviceView => ({
  id: `d${node}`,
  nodeId: `n${node}`,
  zone: node,
  nodeName: `node${node}`,
  deviceName: '/dev/sdb',
  totalKib: 100 * gib,
  usedKib: 0,
  extentKib: 4096,
  tags: {},
  ...change,
});

const wish = (change: Partial<ReplacementRequest> = {}): ReplacementRequest => ({
  durability: { type: 'replicate', replica: 3, arbiter: false },
  snapshotFactor: 1,
  zoneChecking: 'none',
  kind: 'data',
  sizeKib: 10 * gib,
  oldDeviceId: 'd3',
  companions: [
    { nodeId: 'n1', zone: 1 },
    { nodeId: 'n2', zone: 2 },
  ],
  ...change,
});

const placed = (devices: readonly DeviceView[], request = wish()): string | undefined => {
  const result = placeReplacement(new Inventory(devices), request);
  return result.ok ? result.brick.deviceId : undefined;
};

describe('the new place of a brick', () => {
  it('is the emptiest device outside its set, and never the one it leaves', () => {
    const devices = [
      device(1),
      device(2),
      device(3),
      device(4, { usedKib: 50 * gib }),
      device(5, { usedKib: 20 * gib }),
    ];
    expect(placed(devices)).toBe('d5');
    expect(placed([device(1), device(2), device(3)])).toBeUndefined();
  });

  it('may be another device of the same node', () => {
    expect(placed([device(1), device(2), device(3), device(3, { id: 'd3b' })])).toBe('d3b');
  });

  it('keeps strict zones apart, and soft ones where it can', () => {
    const sameZone = device(4, { zone: 1 });
    expect(placed([sameZone], wish({ zoneChecking: 'strict' }))).toBeUndefined();
    expect(placed([sameZone], wish({ zoneChecking: 'soft' }))).toBe('d4');
    const fuller = device(5, { usedKib: 60 * gib });
    expect(placed([sameZone, fuller], wish({ zoneChecking: 'soft' }))).toBe('d5');
  });

  it('heeds tags: the rule of the volume, and what a device says of arbiters', () => {
    const fast = device(5, { tags: { disk: 'fast' }, usedKib: 50 * gib });
    const tagRule = { key: 'disk', value: 'fast', negated: false };
    expect(placed([device(4), fast], wish({ tagRule }))).toBe('d5');
    const durability = { type: 'replicate', replica: 3, arbiter: true } as const;
    const noData = device(4, { tags: { arbiter: 'required' } });
    expect(placed([noData], wish({ durability }))).toBeUndefined();
    expect(placed([noData], wish({ durability, kind: 'arbiter' }))).toBe('d4');
  });

  it('has as much room as the brick has, snapshots included', () => {
    const result = placeReplacement(new Inventory([device(4)]), wish({ snapshotFactor: 1.5 }));
    const { poolKib, metadataKib } = brickSpace(10 * gib, 1.5, 4096);
    expect(result).toEqual({
      ok: true,
      brick: { deviceId: 'd4', nodeId: 'n4', kind: 'data', sizeKib: 10 * gib, poolKib, metadataKib },
    });
  });

  it('that does not exist is explained device by device, with what would help', () => {
    const devices = [
      device(1),
      device(3),
      device(4, { usedKib: 95 * gib }),
      device(5, { unusable: 'node-down' }),
    ];
    const result = placeReplacement(new Inventory(devices), wish());
    expect(result).toMatchObject({
      ok: false,
      suggestions: [
        'bring back one of /dev/sdb of node node5',
        'add a device with more than 10.05 GiB free to node3, node4',
      ],
    });
    const message = result.ok ? '' : result.message;
    expect(message).toContain('No Replacement was found');
    expect(message).toContain('node1 /dev/sdb: its node has another brick of the set');
    expect(message).toContain('node3 /dev/sdb: this is the device that it leaves');
    expect(message).toContain(
      'node4 /dev/sdb: too small by 5.05 GiB: 5 GiB free, more than 10.05 GiB needed',
    );
    expect(message).toContain('node5 /dev/sdb: the node is down');
  });

  it('is found whenever there is one, whatever the order of the devices', () => {
    const world = fc.array(
      fc.record({
        node: fc.integer({ min: 1, max: 6 }),
        used: fc.integer({ min: 0, max: 100 }),
        down: fc.boolean(),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(world, (entries) => {
        const devices = entries.map(({ node, used, down }, index) =>
          device(node, { id: `x${index}`, usedKib: used * gib, ...(down ? { unusable: 'node-down' } : {}) }),
        );
        const { totalKib } = brickSpace(10 * gib, 1, 4096);
        const possible = devices.filter(
          ({ nodeId, usedKib, unusable }) =>
            !['n1', 'n2'].includes(nodeId) && unusable === undefined && 100 * gib - usedKib > totalKib,
        );
        const found = placed(devices);
        expect(found).toBe(placed([...devices].reverse()));
        if (possible.length === 0) expect(found).toBeUndefined();
        else expect(possible.map(({ id }) => id)).toContain(found);
      }),
    );
  });
});
