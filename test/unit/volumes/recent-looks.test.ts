import { expect, it } from 'vitest';
import { RecentLooks } from '../../../src/volumes/recent-looks.ts';

const begin = (): { looks: RecentLooks<string>; pass: (durationMs: number) => void } => {
  let nowMs = 1_000_000;
  const pass = (durationMs: number): void => {
    nowMs += durationMs;
  };
  return { looks: new RecentLooks(() => nowMs), pass };
};

it('tells what was seen within the last five seconds, and no longer', () => {
  const { looks, pass } = begin();
  looks.note('a', 'started');
  pass(4999);
  expect(looks.find('a')).toBe('started');
  pass(1);
  expect(looks.find('a')).toBeUndefined();
});

it('counts from the last look', () => {
  const { looks, pass } = begin();
  looks.note('a', 'started');
  pass(4000);
  looks.note('b', 'stopped');
  looks.note('a', 'stopped');
  pass(4000);
  expect([looks.find('a'), looks.find('b')]).toEqual(['stopped', 'stopped']);
});

it('knows nothing of what was not looked at, or is to be forgotten', () => {
  const { looks } = begin();
  looks.note('a', 'started');
  looks.forget('a');
  expect([looks.find('a'), looks.find('b')]).toEqual([undefined, undefined]);
});

it('trusts no look from a time that the clock has not reached', () => {
  const { looks, pass } = begin();
  looks.note('a', 'started');
  pass(-60_000);
  expect(looks.find('a')).toBeUndefined();
});
