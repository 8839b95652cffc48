import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { withAnySignal } from '../../../src/lib/any-signal.ts';

const reasonOf = (signal: AbortSignal): Promise<unknown> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(signal.reason);
    signal.addEventListener('abort', () => resolve(signal.reason));
  });

describe('work under several signals', () => {
  it('is called off by each of them, with its reason', async () => {
    for (const index of [0, 1]) {
      const controllers = [new AbortController(), new AbortController()];
      const work = withAnySignal([undefined, ...controllers.map(({ signal }) => signal)], reasonOf);
      controllers[index]?.abort(`reason ${index}`);
      controllers[1 - index]?.abort('too late');
      expect(await work).toBe(`reason ${index}`);
    }
  });

  it('is called off from the beginning by one that was aborted before', async () => {
    expect(await withAnySignal([AbortSignal.abort('early')], reasonOf)).toBe('early');
  });

  it('leaves nothing on the signals, however it ends', async () => {
    const { signal } = new AbortController();
    expect(await withAnySignal([signal], () => Promise.resolve('done'))).toBe('done');
    await expect(withAnySignal([signal], () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
