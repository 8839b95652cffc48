import { describe, expect, it } from 'vitest';
import { Pending } from '../../../src/lib/pending.ts';

describe('work in progress', () => {
  it('is waited for, also what was added meanwhile', async () => {
    const pending = new Pending();
    const ended: string[] = [];
    const add = (name: string, then?: () => void): void => {
      const work = Promise.resolve().then(() => {
        ended.push(name);
        then?.();
      });
      void pending.add(work);
    };
    add('a', () => add('b', () => add('c')));
    await pending.idle();
    expect(ended).toEqual(['a', 'b', 'c']);
  });

  it('that fails is the affair of its owner', async () => {
    const pending = new Pending();
    const work = pending.add(Promise.reject(new Error('no')));
    await pending.idle();
    await expect(work).rejects.toThrow('no');
  });

  it('is nothing at first', async () => {
    await expect(new Pending().idle()).resolves.toBeUndefined();
  });
});
