import { describe, expect, it } from 'vitest';
import type { Durability } from '../../../src/lib/durability.ts';
import { judgeReplacement, type SetMember, type SetState } from '../../../src/volumes/judge-replacement.ts';

const replica3: Durability = { type: 'replicate', replica: 3, arbiter: false };
const replica2: Durability = { type: 'replicate', replica: 2, arbiter: false };
const arbiter: Durability = { type: 'replicate', replica: 3, arbiter: true };
const disperse: Durability = { type: 'disperse', data: 4, redundancy: 2 };

const brick = (
  name: string,
  pendingEntries: number | null = 0,
  change: Partial<SetMember> = {},
): SetMember => ({
  brickId: name,
  name: `${name}:/b`,
  kind: 'data',
  isConnected: pendingEntries !== null,
  pendingEntries,
  ...change,
});

const judge = (change: Partial<SetState>): string => {
  const state: SetState = {
    durability: replica3,
    old: brick('old'),
    others: [brick('a'), brick('b')],
    isOldLost: false,
    acceptDataLoss: false,
    ...change,
  };
  const judgement = judgeReplacement(state);
  return judgement.type === 'go' ? 'go' : `${judgement.type}: ${judgement.reason}`;
};

describe('a brick may leave its set', () => {
  it('when all bricks answer and nothing is to be healed', () => {
    expect(judge({})).toBe('go');
    expect(judge({ durability: replica2, others: [brick('a')] })).toBe('go');
  });

  it('when it is dead and a quorum of the others lives, whatever they have written down for it', () => {
    expect(judge({ old: brick('old', null), others: [brick('a', 7), brick('b', 7)] })).toBe('go');
    expect(
      judge({
        durability: disperse,
        old: brick('old', null),
        others: ['a', 'b', 'c', 'd'].map((name) => brick(name, 3)),
      }),
    ).toBe('go');
  });

  it('when it is the arbiter and both copies of the data answer', () => {
    expect(judge({ durability: arbiter, old: brick('old', null, { kind: 'arbiter' }) })).toBe('go');
  });
});

describe('a brick has to wait', () => {
  it('while others are to be healed from it, even if data loss is accepted: it can still be read', () => {
    const waits =
      /^wait: Cannot replace brick old as it is source brick for data to be healed: 4 entries are pending/;
    expect(judge({ old: brick('old', 4) })).toMatch(waits);
    expect(judge({ old: brick('old', 4), acceptDataLoss: true })).toMatch(waits);
    expect(judge({ old: brick('old', 0, { pendingEntries: null }) })).toMatch(/^wait: .*unknown number/);
  });

  it('while entries are pending between the others', () => {
    expect(judge({ others: [brick('a', 5), brick('b')] })).toBe(
      'wait: 5 entries of its brick set are to be healed first',
    );
    expect(judge({ others: [brick('a', 5), brick('b')], acceptDataLoss: true })).toBe('go');
  });
});

describe('a brick must not leave', () => {
  it('when too few others answer; the message names those that are away', () => {
    expect(judge({ others: [brick('a'), brick('b', null)] })).toBe(
      'refuse: Cannot replace brick old as only 1 of 2 required peer bricks are online: bring back b:/b',
    );
    expect(judge({ durability: disperse, others: ['a', 'b', 'c'].map((name) => brick(name)) })).toMatch(
      /only 3 of 4/,
    );
    expect(
      judge({
        durability: disperse,
        acceptDataLoss: true,
        others: ['a', 'b', 'c'].map((name) => brick(name)),
      }),
    ).toMatch(/only 3 of 4/);
  });

  it('when it may hold the last copy of the data, whatever the user accepts', () => {
    const onlyArbiter = [brick('a', null), brick('b', 0, { kind: 'arbiter' })];
    for (const isOldLost of [false, true]) {
      const told = judge({ durability: arbiter, acceptDataLoss: true, isOldLost, others: onlyArbiter });
      expect(told).toBe(
        'refuse: Cannot replace brick old: no other brick with data answers, it may hold the last copy',
      );
    }
    expect(judge({ durability: replica2, others: [brick('a', null)], acceptDataLoss: true })).toMatch(
      /^refuse/,
    );
  });

  it('when it is one of two copies and silent, until somebody says that it is lost', () => {
    const silent = { durability: replica2, old: brick('old', null), others: [brick('a', 2)] };
    expect(judge(silent)).toMatch(/^refuse: .*declare the node or the device lost/);
    expect(judge({ ...silent, isOldLost: true })).toBe('go');
    expect(judge({ ...silent, acceptDataLoss: true })).toBe('go');
  });
});
