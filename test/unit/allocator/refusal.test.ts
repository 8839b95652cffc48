import { describe, expect, it } from 'vitest';
import { parseTagRule } from '../../../src/allocator/tags.ts';
import { expectRefusal, placeOn } from './rules.ts';
import { arbiter, cluster, device, disperse, GIB, request } from './topologies.ts';

function firstLine(message: string): string {
  return message.split('\n')[0] ?? '';
}

describe('a refusal says what is wrong', () => {
  const taggedFirst = (nodes: number, tagged: number, tags: Record<string, string>) =>
    cluster({ nodes }).map((one, at) => (at < tagged ? { ...one, tags } : one));

  it.each([
    ['no-nodes', [], {}, 'The cluster has no node with a device'],
    [
      'no-usable-devices',
      cluster({ nodes: 2 }).map((one) => ({ ...one, unusable: 'device-offline' as const })),
      {},
      'None of the 2 devices of the cluster is usable',
    ],
    [
      'no-device-matches-tags',
      cluster({ nodes: 3 }),
      { tagRule: parseTagRule('disk=ssd') },
      'None of the 3 usable devices matches the tag rule disk=ssd',
    ],
    [
      'no-arbiter-device',
      taggedFirst(3, 3, { arbiter: 'disabled' }),
      { durability: arbiter },
      'No usable device takes arbiter bricks: all have the tag arbiter=disabled',
    ],
    [
      'no-data-device',
      taggedFirst(3, 3, { arbiter: 'required' }),
      { durability: arbiter },
      'No usable device takes data bricks: all have the tag arbiter=required',
    ],
    ['too-few-nodes', cluster({ nodes: 2, each: 5 }), {}, '3 nodes needed for each brick set, 2 usable'],
    [
      'too-few-nodes',
      taggedFirst(3, 2, { disk: 'ssd' }),
      { tagRule: parseTagRule('disk=ssd') },
      '3 nodes needed for each brick set, 2 usable under the tag rule disk=ssd',
    ],
    [
      'too-few-nodes',
      taggedFirst(4, 3, { arbiter: 'required' }),
      { durability: arbiter },
      '2 nodes that take data bricks needed for each brick set, 1 usable',
    ],
    [
      'too-few-zones',
      cluster({ nodes: 6, zones: 2 }),
      { zoneChecking: 'strict' as const },
      '3 zones needed for each brick set, 2 usable, as zone checking is strict',
    ],
    [
      'min-brick-size',
      cluster({ nodes: 6 }),
      { sizeKib: GIB, durability: disperse(4, 2) },
      'Minimum brick size limit reached: 1 GiB with disperse 4+2 would have bricks smaller than 1 GiB',
    ],
    [
      'max-bricks',
      cluster({ nodes: 6 }),
      { sizeKib: 33 * 1024 * GIB },
      'Maximum number of bricks reached: 33792 GiB with replica 3 takes more than 32 bricks of at most 4096 GiB',
    ],
    [
      'max-bricks',
      cluster({ nodes: 3 }),
      { existingBricks: 30 },
      'Maximum number of bricks reached: 100 GiB with replica 3 takes more than 32 bricks of at most 4096 GiB, the 30 present ones included',
    ],
    [
      'max-bricks',
      cluster({ nodes: 3, each: 60, totalKib: 3 * GIB }),
      {},
      'Maximum number of bricks reached: the free room lies in pieces too small for 100 GiB with replica 3 in at most 32 bricks',
    ],
    [
      'min-brick-size',
      cluster({ nodes: 3, each: 3, totalKib: 0.75 * GIB }),
      { sizeKib: GIB },
      'Minimum brick size limit reached: 1 GiB with replica 3 would fit only in bricks smaller than 1 GiB',
    ],
    [
      'average-file-size',
      cluster({ nodes: 3 }),
      { durability: arbiter, averageFileKib: 200 * GIB },
      'Average file size (209715200 KiB) is greater than Brick size (104857600 KiB)',
    ],
    [
      'average-file-size',
      cluster({ nodes: 3, each: 2, totalKib: 60 * GIB }),
      { durability: arbiter, averageFileKib: 80 * GIB },
      'Average file size (83886080 KiB) is greater than Brick size (52428800 KiB)',
    ],
    ['no-space', cluster({ nodes: 3, totalKib: 60 * GIB }), {}, 'No space for 100 GiB with replica 3'],
    [
      'no-space',
      [...cluster({ nodes: 2, totalKib: 10 * GIB }), device({ id: 'x', nodeId: 'n9', totalKib: 9000 * GIB })],
      {},
      'No space for 100 GiB with replica 3',
    ],
  ] as const)('%s', (code, devices, changes, headline) => {
    const refusal = expectRefusal(placeOn(devices, request(changes)));
    expect(refusal.code).toBe(code);
    expect(firstLine(refusal.message)).toBe(headline);
    expect(/no space/i.test(refusal.message)).toBe(code === 'no-space');
  });
});

describe('a refusal says what each device lacks', () => {
  const reasonsOf = (devices: Parameters<typeof placeOn>[0], changes: Parameters<typeof request>[0]) => {
    const { devices: reasons } = expectRefusal(placeOn(devices, request(changes)));
    return Object.fromEntries(reasons.map(({ deviceId, reason, text }) => [deviceId, [reason, text]]));
  };

  it('with figures where it is about room', () => {
    const limits = { brickMinKib: 50 * GIB, brickMaxKib: 4096 * GIB, maxBricks: 32 };
    const devices = [
      device({ id: 'small', nodeId: 'n1', totalKib: 30 * GIB }),
      device({ id: 'half', nodeId: 'n2', totalKib: 60 * GIB }),
      device({ id: 'large', nodeId: 'n3' }),
    ];
    expect(reasonsOf(devices, { limits })).toEqual({
      small: ['too-small', 'too small by 20.25 GiB: 30 GiB free, more than 50.25 GiB needed'],
      half: [
        'small-bricks-only',
        'has room for small bricks only: 60 GiB free, more than 100.5 GiB needed for the largest that was tried',
      ],
      large: ['fits', 'has room: 500 GiB free, more than 100.5 GiB needed'],
    });
  });

  it('in words where it is not', () => {
    const devices = [
      device({ id: 'a', unusable: 'device-offline' }),
      device({ id: 'b', unusable: 'device-failed' }),
      device({ id: 'c', nodeId: 'n2', unusable: 'node-offline' }),
      device({ id: 'd', nodeId: 'n3', unusable: 'node-failed' }),
      device({ id: 'e', nodeId: 'n4', unusable: 'node-down' }),
      device({ id: 'f', nodeId: 'n5', tags: { disk: 'ssd' } }),
      device({ id: 'g', nodeId: 'n6', tags: { disk: 'hdd' } }),
      device({ id: 'h', nodeId: 'n7' }),
    ];
    const changes = { tagRule: parseTagRule('disk=ssd'), excludedNodeIds: new Set(['n5']) };
    expect(reasonsOf(devices, changes)).toEqual({
      a: ['device-offline', 'the device is offline'],
      b: ['device-failed', 'the device has failed'],
      c: ['node-offline', 'the node is offline'],
      d: ['node-failed', 'the node has failed'],
      e: ['node-down', 'the node is down'],
      f: ['node-excluded', 'the node just failed at this request'],
      g: ['tag-mismatch', 'does not match the tag rule disk=ssd: its disk is "hdd"'],
      h: ['tag-mismatch', 'does not match the tag rule disk=ssd: its disk is not set'],
    });
  });

  it('names 8 devices in the message, keeps 200 in the data and counts the rest', () => {
    const devices = cluster({ nodes: 100, each: 3, totalKib: 2 * GIB });
    const refusal = expectRefusal(placeOn(devices, request()));
    expect(refusal.devices).toHaveLength(200);
    expect(refusal.devicesOmitted).toBe(100);
    expect(refusal.message.match(/^n\d+ \/dev\//gm)).toHaveLength(8);
    expect(refusal.message).toContain('and 292 more devices');
  });

  it('names the sizes that were tried', () => {
    const refusal = expectRefusal(placeOn(cluster({ nodes: 3, totalKib: 60 * GIB }), request()));
    expect(refusal.tried.map(({ sets }) => sets)).toEqual([1, 2, 4, 8]);
    expect(refusal.message).toContain(
      'Bricks tried: 1 set of 100 GiB, 2 sets of 50 GiB, 4 sets of 25 GiB, 8 sets of 12.5 GiB',
    );
  });
});

describe('a refusal names the smallest changes that help', () => {
  const suggestionsOf = (
    devices: Parameters<typeof placeOn>[0],
    changes: Parameters<typeof request>[0] = {},
  ) => expectRefusal(placeOn(devices, request(changes))).suggestions;

  it.each([
    [
      'a node that is down',
      [...cluster({ nodes: 2 }), device({ id: 'x', nodeId: 'n9', unusable: 'node-down' })],
      {},
      ['bring node n9 back up', 'add a node with a device of at least 101 GiB', 'use replica 2'],
    ],
    [
      'a node that is offline, a device that is offline: both are needed',
      [
        ...cluster({ nodes: 1 }),
        device({ id: 'x', nodeId: 'n8', unusable: 'node-offline' }),
        device({ id: 'y', nodeId: 'n9', unusable: 'device-offline' }),
      ],
      {},
      ['bring back node n8, device /dev/y of node n9', 'add 2 nodes, each with a device of at least 101 GiB'],
    ],
    [
      'nodes that are down: those that are needed, not the largest',
      [
        ...cluster({ nodes: 1 }),
        device({ id: 'a', nodeId: 'n7', unusable: 'node-down' }),
        device({ id: 'b', nodeId: 'n8', zone: 2, totalKib: 300 * GIB, unusable: 'node-down' }),
        device({ id: 'c', nodeId: 'n9', zone: 3, totalKib: 200 * GIB, unusable: 'node-down' }),
      ],
      { zoneChecking: 'strict' as const },
      [
        'bring back node n8, node n9',
        'add 2 nodes, each with a device of at least 101 GiB, in a zone of its own',
      ],
    ],
    [
      'a node that just failed',
      cluster({ nodes: 3 }),
      { excludedNodeIds: new Set(['n1']) },
      [
        'repair node n1, which just failed, and try again',
        'add a node with a device of at least 101 GiB',
        'use replica 2',
      ],
    ],
    [
      'strict zones',
      cluster({ nodes: 6, zones: 2 }),
      { zoneChecking: 'strict' as const },
      [
        'use zone checking soft or none instead of strict',
        'add a node with a device of at least 101 GiB, in a zone of its own',
        'use replica 2',
      ],
    ],
    [
      'one node that is too small',
      [...cluster({ nodes: 2 }), device({ id: 'x', nodeId: 'n9', totalKib: 20 * GIB })],
      {},
      [
        'ask for 19 GiB or less',
        'add a device of at least 89 GiB on node n9',
        'add a node with a device of at least 89 GiB',
        'use replica 3 with arbiter',
      ],
    ],
    [
      'three nodes that are too small',
      cluster({ nodes: 3, totalKib: 60 * GIB }),
      {},
      [
        'ask for 59 GiB or less',
        'add a device of at least 51 GiB on each of the nodes n0, n1, n2',
        'add 2 nodes, each with a device of at least 76 GiB',
      ],
    ],
    [
      'a tag rule',
      cluster({ nodes: 3 }).map((one, at) => (at < 2 ? { ...one, tags: { disk: 'ssd' } } : one)),
      { tagRule: parseTagRule('disk=ssd') },
      [
        'leave out the tag rule disk=ssd',
        'add a device of at least 101 GiB and the tag disk=ssd on node n2',
        'add a node with a device of at least 101 GiB and the tag disk=ssd',
        'use replica 2',
      ],
    ],
    [
      'arbiter tags',
      cluster({ nodes: 3 }).map((one) => ({ ...one, tags: { arbiter: 'disabled' } })),
      { durability: arbiter },
      [
        'set the tag arbiter=supported on /dev/n0d0 of node n0',
        'add a node with a device of at least 2 GiB',
        'use replica 3',
      ],
    ],
    [
      'a volume that is too small for its durability',
      cluster({ nodes: 6 }),
      { sizeKib: GIB, durability: disperse(4, 2) },
      ['ask for at least 4 GiB', 'lower the smallest brick size from 1 GiB to 256 MiB'],
    ],
    [
      'a volume that is too large for its bricks',
      cluster({ nodes: 6, totalKib: 100_000 * GIB }),
      { sizeKib: 40 * 1024 * GIB },
      ['ask for 32768 GiB or less', 'use replica 2', 'raise the limit of bricks a volume from 32 to 48'],
    ],
    [
      'an average file larger than the brick',
      cluster({ nodes: 3 }),
      { durability: arbiter, averageFileKib: 200 * GIB },
      ['ask for at least 200 GiB', 'give an average file size of 1048576 KiB or less', 'use replica 3'],
    ],
    [
      'an expansion, which cannot change the durability',
      [...cluster({ nodes: 2 }), device({ id: 'x', nodeId: 'n9', unusable: 'node-down' })],
      { existingBricks: 3 },
      ['bring node n9 back up', 'add a node with a device of at least 101 GiB'],
    ],
    [
      'a failed node, which does not come back',
      [...cluster({ nodes: 1 }), device({ id: 'x', nodeId: 'n9', unusable: 'node-failed' })],
      { durability: disperse(2, 1) },
      ['add 2 nodes, each with a device of at least 51 GiB'],
    ],
  ])('%s', (_case, devices, changes, suggestions) => {
    expect(suggestionsOf(devices, changes)).toEqual(suggestions);
  });

  it('and the largest volume that would go now', () => {
    const refusal = expectRefusal(placeOn(cluster({ nodes: 3, totalKib: 60 * GIB }), request()));
    expect(refusal.largestSizeGib).toBe(59);
    expect(refusal.message).toContain('Largest volume with these options that fits now: 59 GiB');
    expect(expectRefusal(placeOn(cluster({ nodes: 2 }), request())).largestSizeGib).toBe(0);
  });

  it('up to the last KiB of the largest brick', () => {
    const limits = { brickMinKib: GIB, brickMaxKib: Math.floor((10 * GIB) / 6), maxBricks: 8 };
    const wish = request({ durability: disperse(6, 2), limits });
    expect(expectRefusal(placeOn(cluster({ nodes: 8 }), wish)).largestSizeGib).toBe(10);
  });
});
