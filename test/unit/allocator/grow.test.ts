import { describe, expect, it } from 'vitest';
import type { DeviceView } from '../../../src/allocator/device.ts';
import { type GrowRequest, growInPlace, type PresentBrick } from '../../../src/allocator/grow.ts';
import { Inventory } from '../../../src/allocator/inventory.ts';
import { brickSpace } from '../../../src/allocator/sizes.ts';

const gib = 1024 * 1024;
const extentKib = 4096;

const device = (id: string, change: Partial<DeviceView> = {}): DeviceView => ({
  id,
  nodeId: `node of ${id}`,
  zone: 1,
  nodeName: `host-${id}`,
  deviceName: '/dev/vdb',
  totalKib: 500 * gib,
  usedKib: 100 * gib,
  extentKib,
  tags: {},
  ...change,
});

const brick = (
  id: string,
  sizeKib: number,
  change: Partial<PresentBrick> & { readonly factor?: number } = {},
): PresentBrick => ({
  id,
  deviceId: id,
  nodeId: `node of ${id}`,
  setIndex: 0,
  kind: 'data',
  sizeKib,
  ...brickSpace(sizeKib, change.factor ?? 1, extentKib),
  ...change,
});

const grow = (request: Partial<GrowRequest>, devices: readonly DeviceView[] = []) => {
  const bricks = request.bricks ?? [];
  const known = new Set(devices.map(({ id }) => id));
  const others = [...new Set(bricks.map(({ deviceId }) => deviceId))].filter((id) => !known.has(id));
  return growInPlace(new Inventory([...devices, ...others.map((id) => device(id))]), {
    addedKib: 50 * gib,
    durability: { type: 'replicate', replica: 3, arbiter: false },
    snapshotFactor: 1,
    averageFileKib: 64,
    brickMaxKib: 4096 * gib,
    bricks,
    ...request,
  });
};

const sizesOf = (result: ReturnType<typeof grow>) =>
  result.ok ? result.bricks.map(({ sizeKib }) => sizeKib) : result.reasons;

describe('growth in place', () => {
  it('gives each brick of a single set all that is added', () => {
    const bricks = ['a', 'b', 'c'].map((id) => brick(id, 100 * gib));
    const result = grow({ bricks });
    expect(sizesOf(result)).toEqual([150 * gib, 150 * gib, 150 * gib]);
  });

  it('lets the bricks be as if they had been made so large: pool, metadata, and the snapshot factor', () => {
    const bricks = ['a', 'b', 'c'].map((id) => brick(id, 100 * gib, { factor: 1.5 }));
    const result = grow({ bricks, snapshotFactor: 1.5 });
    expect(result).toMatchObject({ ok: true });
    const { poolKib, metadataKib } = brickSpace(150 * gib, 1.5, extentKib);
    for (const grown of result.ok ? result.bricks : []) expect(grown).toMatchObject({ poolKib, metadataKib });
  });

  it('lets every set grow by the same share of its size', () => {
    const bricks = [
      brick('a', 100 * gib),
      brick('b', 100 * gib),
      brick('c', 50 * gib, { setIndex: 1 }),
      brick('d', 50 * gib, { setIndex: 1 }),
    ];
    const durability = { type: 'replicate', replica: 2, arbiter: false } as const;
    expect(sizesOf(grow({ bricks, durability, addedKib: 30 * gib }))).toEqual([
      120 * gib,
      120 * gib,
      60 * gib,
      60 * gib,
    ]);
  });

  it('divides what a set gets among the data bricks of a disperse set', () => {
    const bricks = ['a', 'b', 'c'].map((id) => brick(id, 10 * gib));
    const durability = { type: 'disperse', data: 2, redundancy: 1 } as const;
    expect(sizesOf(grow({ bricks, durability, addedKib: 20 * gib }))).toEqual([20 * gib, 20 * gib, 20 * gib]);
  });

  it('lets an arbiter have room for as many more files', () => {
    const bricks = [brick('a', 100 * gib), brick('b', 100 * gib), brick('c', 1638400, { kind: 'arbiter' })];
    const durability = { type: 'replicate', replica: 3, arbiter: true } as const;
    expect(sizesOf(grow({ bricks, durability, addedKib: 100 * gib }))).toEqual([
      200 * gib,
      200 * gib,
      3276800,
    ]);
  });

  it('counts exactly, however large the volume', () => {
    const bricks = ['a', 'b', 'c'].map((id, setIndex) => brick(id, 7_000_000_001, { setIndex }));
    const devices = bricks.map(({ id }) => device(id, { totalKib: 2 ** 50 }));
    const durability = { type: 'none' } as const;
    const request = { bricks, durability, addedKib: 3 * 1_048_576 * gib, brickMaxKib: 2 ** 52 };
    expect(sizesOf(grow(request, devices))).toEqual(bricks.map(({ sizeKib }) => sizeKib + 1_048_576 * gib));
  });

  it('adds up what several bricks need on one device, and keeps some room free', () => {
    const bricks = ['a', 'b'].map((id, setIndex) => brick(id, 10 * gib, { setIndex, deviceId: 'one' }));
    const durability = { type: 'none' } as const;
    const more =
      2 * (brickSpace(20 * gib, 1, extentKib).totalKib - brickSpace(10 * gib, 1, extentKib).totalKib);
    const withFree = (kib: number) => [device('one', { totalKib: 100 * gib + kib })];
    const request = { bricks, durability, addedKib: 20 * gib };
    expect(grow(request, withFree(more + 1))).toMatchObject({ ok: true });
    expect(sizesOf(grow(request, withFree(more)))).toEqual([
      'host-one /dev/vdb has 20.1 GiB free; more than 20.1 GiB are needed for 2 bricks',
    ]);
  });

  it('is refused with what is against it', () => {
    const bricks = ['a', 'b', 'c'].map((id) => brick(id, 100 * gib));
    expect(sizesOf(grow({ bricks }, [device('b', { unusable: 'node-down' })]))).toEqual([
      'host-b /dev/vdb takes nothing new: node down',
    ]);
    expect(sizesOf(grow({ bricks, brickMaxKib: 120 * gib }))).toEqual([
      'a brick would have 150 GiB; the largest brick allowed is 120 GiB',
    ]);
    expect(sizesOf(grow({ bricks: [brick('a', gib, { poolKib: 0, metadataKib: 0 })] }))).toEqual([
      'it is a clone: its bricks live in the thin pools of another volume',
    ]);
  });

  it('makes nothing smaller: a brick that is larger than those of its set stays so', () => {
    const bricks = [brick('a', 100 * gib), brick('b', 300 * gib)];
    const durability = { type: 'replicate', replica: 2, arbiter: false } as const;
    expect(sizesOf(grow({ bricks, durability }))).toEqual([150 * gib, 300 * gib]);
  });
});
