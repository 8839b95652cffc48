import { describe, expect, it } from 'vitest';
import type { RootVersion } from '../../../src/storage/gluster/root-version.ts';
import { judgeRoots } from '../../../src/volumes/judge-roots.ts';

const at = (entries: number, metadata = entries): RootVersion => ({
  entries: BigInt(entries),
  metadata: BigInt(metadata),
});
const away = undefined;

interface Given {
  readonly others: readonly (RootVersion | undefined)[];
  readonly before: RootVersion;
  readonly after?: RootVersion;
}
const judge = ({ others, before, after = before }: Given, dataBricks = 2): string =>
  judgeRoots({ before, others, after }, dataBricks);

describe('the new brick of a dispersed set', () => {
  it('is healed when its top folder counts as far as those of the others', () => {
    expect(judge({ others: [at(4, 5), at(4, 5)], before: at(4, 5) })).toBe('healed');
  });

  it('is behind without a count, and when only a part of it has come along', () => {
    expect(judge({ others: [at(4, 5), at(4, 5)], before: at(0) })).toBe('behind');
    expect(judge({ others: [at(4, 5), at(4, 5)], before: at(4, 0) })).toBe('behind');
    expect(judge({ others: [at(0x147, 0x148), at(0x147, 0x148)], before: at(0x22, 0x148) })).toBe('behind');
  });

  it('is not taken for healed because clients went on writing between two readings', () => {
    // One behind all the time: had it been read last, its count would have reached theirs.
    expect(judge({ others: [at(1), at(1)], before: at(0), after: at(1) })).toBe('moving');
  });

  it('is looked at again when the others have moved on in between, though it is healed', () => {
    expect(judge({ others: [at(8), at(8)], before: at(7), after: at(8) })).toBe('moving');
    expect(judge({ others: [at(8), at(8)], before: at(8), after: at(9) })).toBe('healed');
  });

  it('cannot be judged where nothing was ever counted: entries may be there that are not counted yet', () => {
    expect(judge({ others: [at(0), at(0)], before: at(0) })).toBe('unknown');
    expect(judge({ others: [at(0, 2), at(0, 2)], before: at(0, 2) })).toBe('unknown');
  });

  it('is judged without some of the others, as long as one of those read has the newest for certain', () => {
    const others = [at(9), away, at(9), at(9), at(9)];
    expect(judge({ others, before: at(9) }, 4)).toBe('healed');
    expect(judge({ others, before: at(3) }, 4)).toBe('behind');
    expect(judge({ others: [at(9), away, away, away, away], before: at(9) }, 4)).toBe('unknown');
    expect(judge({ others: [away, away], before: at(9) })).toBe('unknown');
  });

  it('is measured by the newest, and never waits in vain for what only one brick has', () => {
    // One of the others was away for a while.
    expect(judge({ others: [at(9), at(9), at(2), at(9), at(9)], before: at(2) }, 4)).toBe('behind');
    // A change that reached one brick only was never confirmed to anybody.
    expect(judge({ others: [at(9), at(9), at(10), at(9), at(9)], before: at(9) }, 4)).toBe('moving');
  });
});
