import { describe, expect, it } from 'vitest';
import { assertDurability, describeDurability } from '../../../src/allocator/durability.ts';
import { arbiter, disperse, none, replica2, replica3 } from './topologies.ts';

describe('durability', () => {
  it.each([
    [none, 'no replication'],
    [replica2, 'replica 2'],
    [replica3, 'replica 3'],
    [arbiter, 'replica 3 with arbiter'],
    [disperse(8, 4), 'disperse 8+4'],
  ])('%j is called %s', (durability, text) => {
    expect(describeDurability(durability)).toBe(text);
    expect(() => assertDurability(durability)).not.toThrow();
  });

  it('refuses an arbiter beside two replicas', () => {
    const odd = { type: 'replicate', replica: 2, arbiter: true } as const;
    expect(() => assertDurability(odd)).toThrow('an arbiter needs replica 3, not replica 2');
  });

  it.each([disperse(0, 2), disperse(4, 0), disperse(2.5, 1), disperse(Number.NaN, 1)])(
    'refuses the brick counts of %j',
    (durability) => {
      expect(() => assertDurability(durability)).toThrow('whole numbers from 1');
    },
  );
});
