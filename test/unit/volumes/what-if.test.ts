import { describe, expect, it } from 'vitest';
import { Inventory } from '../../../src/allocator/inventory.ts';
import type { Durability } from '../../../src/lib/durability.ts';
import { assessVolume, canBeHealed, withoutDevices } from '../../../src/volumes/what-if.ts';

const set = (setIndex: number, ...names: string[]) =>
  names.map((id) => ({
    id,
    setIndex,
    kind: id.startsWith('arbiter') ? ('arbiter' as const) : ('data' as const),
  }));

const effects = (durability: Durability, bricks: ReturnType<typeof set>, ...lost: string[]): string[] =>
  assessVolume(durability, bricks, new Set(lost)).map(({ effect, setIndex }) => `${setIndex} ${effect}`);

const replica3: Durability = { type: 'replicate', replica: 3, arbiter: false };
const replica2: Durability = { type: 'replicate', replica: 2, arbiter: false };
const arbiter: Durability = { type: 'replicate', replica: 3, arbiter: true };
const disperse: Durability = { type: 'disperse', data: 4, redundancy: 2 };

describe('the loss of bricks', () => {
  it('leaves three copies in use with one lost, readable with two lost, and nothing with all lost', () => {
    const bricks = set(0, 'a', 'b', 'c');
    expect(effects(replica3, bricks)).toEqual([]);
    expect(effects(replica3, bricks, 'a')).toEqual(['0 degraded']);
    expect(effects(replica3, bricks, 'a', 'b')).toEqual(['0 read-only']);
    expect(effects(replica3, bricks, 'a', 'b', 'c')).toEqual(['0 lost']);
  });

  it('costs two copies their quorum with the first', () => {
    expect(effects(replica2, set(0, 'a', 'b'), 'b')).toEqual(['0 read-only']);
  });

  it('does not count an arbiter as a copy', () => {
    const bricks = set(0, 'a', 'b', 'arbiter');
    expect(effects(arbiter, bricks, 'a')).toEqual(['0 degraded']);
    expect(effects(arbiter, bricks, 'a', 'b')).toEqual(['0 lost']);
    expect(effects(arbiter, bricks, 'arbiter', 'b')).toEqual(['0 read-only']);
  });

  it('is borne by a disperse set up to its redundancy', () => {
    const bricks = set(0, 'a', 'b', 'c', 'd', 'e', 'f');
    expect(effects(disperse, bricks, 'a', 'b')).toEqual(['0 degraded']);
    expect(effects(disperse, bricks, 'a', 'b', 'c')).toEqual(['0 lost']);
  });

  it('is told for each set by itself, and where there are no copies nothing is left', () => {
    expect(effects({ type: 'none' }, [...set(0, 'a'), ...set(1, 'b')], 'b')).toEqual(['1 lost']);
    const bricks = [...set(0, 'a', 'b', 'c'), ...set(1, 'd', 'e', 'f')];
    expect(effects(replica3, bricks, 'a', 'd', 'e')).toEqual(['0 degraded', '1 read-only']);
  });

  it('can be made good as long as a replacement would be allowed', () => {
    const [one] = assessVolume(replica3, set(0, 'a', 'b', 'c'), new Set(['a']));
    const [two] = assessVolume(replica3, set(0, 'a', 'b', 'c'), new Set(['a', 'b']));
    expect(one !== undefined && canBeHealed(replica3, one, 2)).toBe(true);
    expect(two !== undefined && canBeHealed(replica3, two, 1)).toBe(false);
  });

  it('leaves the devices that are lost out of the search for room, and nothing else', () => {
    const device = (id: string) => ({
      id,
      nodeId: `n${id}`,
      zone: 1,
      nodeName: id,
      deviceName: '/dev/sdb',
      totalKib: 1000,
      usedKib: 0,
      extentKib: 4,
      tags: {},
    });
    const inventory = new Inventory([device('1'), device('2'), device('3')]);
    expect(withoutDevices(inventory, new Set(['2'])).usableSize).toBe(2);
    expect(inventory.usableSize).toBe(3);
  });
});
