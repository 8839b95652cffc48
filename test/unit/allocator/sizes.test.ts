import { describe, expect, it } from 'vitest';
import { arbiterBrickKib, brickSizes, brickSpace, countFitting } from '../../../src/allocator/sizes.ts';
import { bricksPerSet, type Durability } from '../../../src/lib/durability.ts';
import { arbiter, defaultLimits, disperse, GIB, none, replica2, replica3 } from './topologies.ts';

const unlimited = { ...defaultLimits, maxBricks: Number.POSITIVE_INFINITY };

function sizesOf(sizeGib: number, durability: Durability, limits = defaultLimits, existingBricks = 0) {
  const pairs: [number, number][] = [];
  const sizes = brickSizes({ sizeKib: sizeGib * GIB, durability, limits, existingBricks });
  for (let next = sizes.next(); ; next = sizes.next()) {
    if (next.done === true) return { pairs, end: next.value };
    pairs.push([next.value.sets, next.value.brickSizeKib]);
  }
}

describe('the space of a brick (Appendix E, worked examples of 1.6)', () => {
  it.each([
    // size GiB, durability, factor, sets, bricks, brick, pool, metadata, debit
    [1, replica3, 1, 1, 3, 1_048_576, 1_048_576, 8192, 1_056_768],
    [2, replica3, 1, 1, 3, 2_097_152, 2_097_152, 12_288, 2_109_440],
    [5, replica3, 1, 1, 3, 5_242_880, 5_242_880, 28_672, 5_271_552],
    [10, replica3, 1, 1, 3, 10_485_760, 10_485_760, 53_248, 10_539_008],
    [10, replica3, 1.3, 1, 3, 10_485_760, 13_631_488, 69_632, 13_701_120],
    [100, replica3, 1, 1, 3, 104_857_600, 104_857_600, 524_288, 105_381_888],
    [100, replica3, 1.25, 1, 3, 104_857_600, 131_072_000, 655_360, 131_727_360],
    [100, replica3, 1.5, 1, 3, 104_857_600, 157_286_400, 786_432, 158_072_832],
    [100, disperse(2, 1), 1, 1, 3, 52_428_800, 52_428_800, 262_144, 52_690_944],
    [100, disperse(4, 2), 1, 1, 6, 26_214_400, 26_214_400, 131_072, 26_345_472],
    [100, disperse(8, 3), 1, 1, 11, 13_107_200, 13_107_200, 65_536, 13_172_736],
    [7, disperse(4, 2), 1, 1, 6, 1_835_008, 1_835_008, 12_288, 1_847_296],
    [1024, replica3, 1, 1, 3, 1_073_741_824, 1_073_741_824, 5_369_856, 1_079_111_680],
    [4096, replica3, 1, 1, 3, 4_294_967_296, 4_294_967_296, 16_777_216, 4_311_744_512],
    [10_240, replica3, 1, 4, 12, 2_684_354_560, 2_684_354_560, 13_422_592, 2_697_777_152],
  ])('%i GiB, %j, factor %d', (sizeGib, durability, factor, sets, bricks, brick, pool, metadata, debit) => {
    const [first] = sizesOf(sizeGib, durability).pairs;
    expect(first).toEqual([sets, brick]);
    expect(sets * bricksPerSet(durability)).toBe(bricks);
    expect(brickSpace(brick, factor, 4096)).toEqual({
      poolKib: pool,
      metadataKib: metadata,
      totalKib: debit,
    });
  });

  it('rounds pool and metadata up to the extents of the device', () => {
    expect(brickSpace(1_048_577, 1, 65_536)).toEqual({
      poolKib: 1_114_112,
      metadataKib: 65_536,
      totalKib: 1_179_648,
    });
  });
});

describe('bricks side by side', () => {
  it.each([
    [11, 5, 2],
    [10, 5, 1],
    [5, 5, 0],
    [0, 5, 0],
    [-3, 5, 0],
  ])('%i KiB free hold bricks of %i KiB: %i, since some room stays free', (freeKib, neededKib, count) => {
    expect(countFitting(freeKib, neededKib)).toBe(count);
  });
});

describe('the sizes that are tried (1.5, Appendix E)', () => {
  it('halves the bricks of 100 GiB until the minimum', () => {
    expect(sizesOf(100, none, unlimited)).toEqual({
      pairs: [
        [1, 104_857_600],
        [2, 52_428_800],
        [4, 26_214_400],
        [8, 13_107_200],
        [16, 6_553_600],
        [32, 3_276_800],
        [64, 1_638_400],
      ],
      end: 'min-brick-size',
    });
  });

  it('tries two sizes for 3 GiB', () => {
    expect(sizesOf(3, none)).toEqual({
      pairs: [
        [1, 3_145_728],
        [2, 1_572_864],
      ],
      end: 'min-brick-size',
    });
  });

  it('passes over sizes above the maximum: 10,240 GiB starts with four sets', () => {
    expect(sizesOf(10_240, replica3).pairs[0]).toEqual([4, 2_684_354_560]);
  });

  it('divides by the sets first, then by the data bricks: 200 GiB as 8+3', () => {
    expect(sizesOf(200, disperse(8, 3), unlimited)).toEqual({
      pairs: [
        [1, 26_214_400],
        [2, 13_107_200],
        [4, 6_553_600],
        [8, 3_276_800],
        [16, 1_638_400],
      ],
      end: 'min-brick-size',
    });
  });

  it('stops 100 GiB as 4+2 before 48 bricks', () => {
    const { pairs, end } = sizesOf(100, disperse(4, 2));
    expect(pairs.map(([sets]) => sets)).toEqual([1, 2, 4]);
    expect(end).toBe('max-bricks');
  });

  it('counts the bricks that are there already', () => {
    expect(sizesOf(100, replica3, defaultLimits, 24).pairs.map(([sets]) => sets)).toEqual([1, 2]);
    expect(sizesOf(100, replica3, defaultLimits, 30)).toEqual({ pairs: [], end: 'max-bricks' });
  });

  it.each([
    [replica3, 32],
    [replica2, 64],
    [none, 128],
    [disperse(4, 2), 64],
    [disperse(8, 3), 64],
    [disperse(8, 4), 64],
    [disperse(2, 1), 64],
  ])('has a highest volume: %j takes %i TiB and no GiB more', (durability, tib) => {
    expect(sizesOf(tib * 1024, durability).pairs.length).toBeGreaterThan(0);
    expect(sizesOf(tib * 1024 + 1, durability)).toEqual({ pairs: [], end: 'max-bricks' });
  });

  it('refuses less than a minimum brick for each part: 3 GiB as 4+2', () => {
    expect(sizesOf(3, disperse(4, 2))).toEqual({ pairs: [], end: 'min-brick-size' });
    expect(sizesOf(4, disperse(4, 2)).pairs).toEqual([[1, GIB]]);
  });

  it('ends for sizes that are no sizes', () => {
    expect(sizesOf(Number.NaN, none)).toEqual({ pairs: [], end: 'min-brick-size' });
    expect(sizesOf(0, none, { ...unlimited, brickMinKib: 0 }).end).toBe('min-brick-size');
  });
});

describe('the size of an arbiter brick (1.7)', () => {
  it.each([
    [100, 64, 1_638_400, 8192, 1_646_592],
    [100, 1024, 102_400, 4096, 106_496],
    [4, 64, 65_536, 4096, 69_632],
    [4, 1024, 16_384, 4096, 20_480],
    [1, 64, 16_384, 4096, 20_480],
    [1, 1024, 16_384, 4096, 20_480],
    [5, 64, 81_920, 4096, 86_016],
  ])('%i GiB of data, average file %i KiB', (dataGib, averageFileKib, sizeKib, metadataKib, totalKib) => {
    expect(arbiterBrickKib(dataGib * GIB, averageFileKib)).toBe(sizeKib);
    expect(brickSpace(sizeKib, 1, 4096)).toMatchObject({ metadataKib, totalKib });
  });

  it('does not exist when the average file is larger than the brick', () => {
    expect(arbiterBrickKib(GIB, GIB)).toBe(16_384);
    expect(arbiterBrickKib(GIB, GIB + 1)).toBeUndefined();
  });

  it('belongs to replica 3', () => {
    expect(bricksPerSet(arbiter)).toBe(3);
  });
});
