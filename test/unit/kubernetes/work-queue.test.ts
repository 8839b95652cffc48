import { describe, expect, it } from 'vitest';
import { type Outcome, WorkQueue } from '../../../src/kubernetes/work-queue.ts';
import type { Clock } from '../../../src/lib/clock.ts';

/** Pauses are written down, and end when the test says so. */
class HandClock implements Clock {
  readonly pauses: number[] = [];
  #wake: (() => void)[] = [];

  now(): number {
    return 0;
  }

  sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    this.pauses.push(durationMs);
    return new Promise((resolve, reject) => {
      this.#wake.push(resolve);
      signal?.addEventListener('abort', () => reject(new Error('aborted')));
    });
  }

  endPauses(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

function bench(work: (key: string) => Promise<Outcome>, workers = 2) {
  const clock = new HandClock();
  const ended = new AbortController();
  const options = { firstPauseMs: 100, longestPauseMs: 1000, clock, random: () => 0, signal: ended.signal };
  return { clock, ended, queue: new WorkQueue({ ...options, workers, work }) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the queue', () => {
  it('works on one key one at a time, and again when it was asked for meanwhile', async () => {
    const running: string[] = [];
    const release: (() => void)[] = [];
    const { queue } = bench(async (key) => {
      running.push(key);
      await new Promise<void>((resolve) => release.push(resolve));
      return { type: 'done' };
    });
    for (const key of ['a', 'a', 'b', 'c']) queue.add(key);
    queue.add('a');
    expect(running).toEqual(['a', 'b']);
    while (queue.size > 0) {
      for (const end of release.splice(0)) end();
      await turn();
    }
    expect(running).toEqual(['a', 'b', 'c', 'a']);
  });

  it('waits longer after each failure, and not when only somebody wrote to the object', async () => {
    let tries = 0;
    const { queue, clock } = bench(async () => ({ type: (tries += 1) > 6 ? 'done' : 'retry' }));
    queue.add('a');
    for (let round = 1; round <= 6; round += 1) {
      await turn();
      expect(tries).toBe(round);
      queue.add('a');
      await turn();
      expect(tries).toBe(round);
      clock.endPauses();
    }
    await turn();
    expect(clock.pauses).toEqual([100, 200, 400, 800, 1000, 1000]);
    expect(queue.size).toBe(0);
  });

  it('takes the longest pause after what cannot be, and none when it has changed', async () => {
    const outcomes: Outcome[] = [{ type: 'rarely' }, { type: 'done' }];
    const { queue, clock } = bench(async () => outcomes.shift() ?? { type: 'done' });
    queue.add('a');
    await turn();
    expect(clock.pauses).toEqual([1000]);
    queue.urge('a');
    await turn();
    expect([outcomes.length, queue.size]).toEqual([0, 0]);
  });

  it('starts nothing more when it is ended', async () => {
    const seen: string[] = [];
    const { queue, ended } = bench(async (key) => {
      seen.push(key);
      return { type: 'retry' };
    });
    queue.add('a');
    await turn();
    ended.abort();
    queue.add('b');
    await turn();
    expect(seen).toEqual(['a']);
  });
});
