import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quotePrintfFormat, quoteWords } from '../../../../src/executors/script/quote.ts';

const inBash = (script: string): string =>
  execFileSync('/bin/bash', ['--noprofile', '--norc'], {
    input: script,
    encoding: 'utf8',
    env: { LC_ALL: 'C' },
  });

describe('quoting', () => {
  it('hands every word on as it is', () => {
    const word = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 300 }), (words) => {
        expect(
          inBash(`printf '%s\\0' ${quoteWords(words)}`)
            .split('\0')
            .slice(0, -1),
        ).toEqual(words);
      }),
      { numRuns: 5 },
    );
  });

  it('refuses words that no program can be given, and shows them', () => {
    for (const [word, fault] of [
      ['a\0b', 'a NUL character'],
      ['\udc00', 'half a surrogate pair'],
    ] as const) {
      expect(() => quoteWords(['fine', word])).toThrow(
        expect.objectContaining({
          code: 'request.invalid',
          message: `The argument ${JSON.stringify(word)} holds ${fault}, which no command can be given.`,
        }),
      );
    }
    expect(() => quoteWords(['x'.repeat(5000) + '\0'])).toThrow(/^The argument "x{80}…" holds a NUL/);
  });

  it('makes of every text a format that prints it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(inBash(`printf -- ${quotePrintfFormat(text)}`)).toBe(text);
      }),
      { numRuns: 5, examples: [['%s\\n\\0'], ['\u00001'], ['-v x'], [''], ['\\'], ['%%']] },
    );
  });
});
