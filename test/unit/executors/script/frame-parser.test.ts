import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Frame, FrameParser } from '../../../../src/executors/script/frame-parser.ts';

const nonce = 'f00d';

/** Reads the bytes in pieces that end at the given places. */
function parse(bytes: Buffer, ends: readonly number[] = []): Frame[] {
  const parser = new FrameParser(nonce);
  const cuts = [0, ...ends.map((end) => end % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return cuts.slice(1).flatMap((end, index) => parser.push(bytes.subarray(cuts[index], end)));
}

/** Frames with the pieces of one output put together. */
function join(frames: readonly Frame[]): unknown[] {
  const joined: { kind: string; data?: string }[] = [];
  for (const frame of frames) {
    const last = joined.at(-1);
    if (frame.kind !== 'output') joined.push(frame);
    else if (last?.data !== undefined && last.kind === frame.stream)
      last.data += frame.data.toString('latin1');
    else joined.push({ kind: frame.stream, data: frame.data.toString('latin1') });
  }
  return joined;
}

describe('the frames of a batch', () => {
  it('are read whatever pieces they come in', () => {
    const text = `Welcome! ${nonce} hello ${nonce} hello\n${nonce} locked\n${nonce} out 5\na\n0d\0${nonce} err 0\n${nonce} err 3\nü!${nonce} ran 0 ok 0\n${nonce} ran 1 skipped 0\n${nonce} ran 2 failed 127\n${nonce} end failed\n`;
    fc.assert(
      fc.property(fc.array(fc.nat(500)), (ends) => {
        expect(join(parse(Buffer.from(text), ends))).toEqual([
          { kind: 'hello' },
          { kind: 'locked' },
          { kind: 'out', data: 'a\n0d\0' },
          { kind: 'err', data: 'Ã¼!' },
          { kind: 'ran', index: 0, verdict: 'ok', exitCode: 0 },
          { kind: 'ran', index: 1, verdict: 'skipped', exitCode: 0 },
          { kind: 'ran', index: 2, verdict: 'failed', exitCode: 127 },
          { kind: 'end', reason: 'failed' },
        ]);
      }),
    );
  });

  it('carry any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(400)), (bytes, ends) => {
        const text = Buffer.concat([
          Buffer.from(`${nonce} hello\n${nonce} out ${bytes.length}\n`),
          bytes,
          Buffer.from(`${nonce} end done\n`),
        ]);
        const out = parse(text, ends).flatMap((frame) => (frame.kind === 'output' ? [frame.data] : []));
        expect(Buffer.concat(out)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('begin after the noise of the login, which is kept to explain why there are none', () => {
    const parser = new FrameParser(nonce);
    expect(parser.push(Buffer.from('This account is currently '))).toEqual([]);
    parser.push(Buffer.from('not available.\n'));
    expect(parser.noise).toBe('This account is currently not available.\n');
    parser.push(Buffer.from(`${nonce} hello\n`));
    expect(parser.noise).toBe('');
  });

  it.each([
    ['other words', 'noise\n'],
    ['another nonce', 'beef out 3\nabc'],
    ['an unknown frame', `${nonce} bye\n`],
    ['an unknown verdict', `${nonce} ran 0 fine 0\n`],
    ['an unknown reason', `${nonce} end bored\n`],
    ['a length that is no number', `${nonce} out -1\n`],
    ['an exit code too many', `${nonce} ran 0 ok 0 0\n`],
    ['no line', 'x'.repeat(1000)],
    ['words after the end', `${nonce} end done\nbye`],
  ])('with %s between them cannot be read', (_, text) => {
    expect(() => parse(Buffer.from(`${nonce} hello\n${text}`))).toThrow(
      expect.objectContaining({ code: 'node.strange_answer' }),
    );
  });

  it('are given up when the noise has no end', () => {
    const parser = new FrameParser(nonce);
    const noise = Buffer.alloc(65_536, 'y\n');
    expect(() => {
      for (let count = 0; count < 100; count += 1) parser.push(noise);
    }).toThrow(expect.objectContaining({ code: 'node.strange_answer' }));
  });
});
