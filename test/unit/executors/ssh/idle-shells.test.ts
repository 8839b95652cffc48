import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { IdleShells } from '../../../../src/executors/ssh/idle-shells.ts';

const never = new AbortController().signal;

describe('shells that wait for their next batch', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  const ended: string[] = [];
  const shell = (name: string) => ({
    end: () => void ended.push(`${name} ended`),
    drop: () => void ended.push(`${name} dropped`),
  });
  beforeEach(() => void ended.splice(0));

  it('end after a minute, unless they are taken before', () => {
    const idle = new IdleShells();
    idle.add(shell('a'));
    vi.advanceTimersByTime(30_000);
    idle.add(shell('b'));
    vi.advanceTimersByTime(30_000);
    expect(ended).toEqual(['a ended']);
    expect(idle.take()).toBeDefined();
    expect(idle.take()).toBeUndefined();
    vi.advanceTimersByTime(60_000);
    expect(ended).toEqual(['a ended']);
  });

  it('give way to those that were at work last', () => {
    const idle = new IdleShells();
    const [first, last] = [shell('first'), shell('last')];
    idle.add(first);
    idle.add(last);
    expect([idle.take(), idle.take()]).toEqual([last, first]);
  });

  it('are let go of together', () => {
    const idle = new IdleShells();
    for (const name of ['a', 'b']) idle.add(shell(name));
    idle.drop();
    expect(ended).toEqual(['a dropped', 'b dropped']);
    expect(idle.take()).toBeUndefined();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('go to who waits for one, in the order of asking', async () => {
    const idle = new IdleShells();
    const asked = [idle.next(1000, never), idle.next(1000, never), idle.next(1000, never)];
    const [first, second] = [shell('first'), shell('second')];
    idle.add(first);
    idle.add(second);
    vi.advanceTimersByTime(1000);
    expect(await Promise.all(asked)).toEqual([first, second, undefined]);
    expect(idle.take()).toBeUndefined();
  });

  it('are not waited for by who has given up', async () => {
    const idle = new IdleShells();
    const controller = new AbortController();
    const asked = idle.next(1000, controller.signal).catch((error: unknown) => error);
    const reason = new Error('no longer wanted');
    controller.abort(reason);
    expect(await asked).toBe(reason);
    expect(await idle.next(1000, controller.signal).catch((error: unknown) => error)).toBe(reason);
    idle.add(shell('a'));
    expect(idle.take()).toBeDefined();
    expect(vi.getTimerCount()).toBe(0);
  });
});
