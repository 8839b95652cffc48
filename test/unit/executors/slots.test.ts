import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Slots } from '../../../src/executors/slots.ts';

const never = new AbortController().signal;

describe('places on a connection', () => {
  it('are given out in the order of asking', async () => {
    const slots = new Slots(2);
    const order: string[] = [];
    const giveBacks = await Promise.all([slots.take(never), slots.take(never)]);
    const waiting = ['a', 'b', 'c'].map(async (name) => {
      const giveBack = await slots.take(never);
      order.push(name);
      giveBack();
    });
    expect(order).toEqual([]);
    giveBacks[0]?.();
    await Promise.all(waiting);
    expect(order).toEqual(['a', 'b', 'c']);
  });

  it('are given back once, however often one says so', async () => {
    const slots = new Slots(1);
    const giveBack = await slots.take(never);
    giveBack();
    giveBack();
    await slots.take(never);
    const controller = new AbortController();
    const third = slots.take(controller.signal);
    controller.abort(new Error('enough'));
    await expect(third).rejects.toThrow('enough');
  });

  it('are not lost by those who stop waiting', async () => {
    const slots = new Slots(1);
    const giveBack = await slots.take(never);
    const controller = new AbortController();
    const leaving = slots.take(controller.signal);
    const next = slots.take(never);
    controller.abort(new Error('no time'));
    await expect(leaving).rejects.toThrow('no time');
    await expect(slots.take(AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
    giveBack();
    await expect(next).resolves.toBeTypeOf('function');
  });

  it('are never more than there are, and never fewer in the end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.boolean(), { maxLength: 30 }),
        async (count, stays) => {
          const slots = new Slots(count);
          let held = 0;
          const work = stays.map(async (stay) => {
            const controller = new AbortController();
            const place = slots.take(controller.signal);
            if (!stay) controller.abort();
            const giveBack = await place.catch(() => undefined);
            if (giveBack === undefined) return;
            held += 1;
            expect(held).toBeLessThanOrEqual(count);
            await Promise.resolve();
            held -= 1;
            giveBack();
          });
          await Promise.all(work);
          await Promise.all(Array.from({ length: count }, () => slots.take(never)));
        },
      ),
    );
  });
});
