import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import { parseRootVersion, readRootVersion } from '../../../src/storage/gluster/root-version.ts';

const gfid = 'trusted.gfid=0x00000000000000000000000000000001\n';
const answer = (...lines: readonly string[]): string => `# file: /bricks/d1\n${lines.join('')}\n`;

describe('the count on the top folder of a brick', () => {
  it('is asked for by one command, without words in a language', () => {
    expect(readRootVersion('/bricks/d1').argv.join(' ')).toBe(
      String.raw`getfattr --absolute-names -d -m ^trusted\.(ec\.version|gfid)$ -e hex /bricks/d1`,
    );
  });

  it('has two parts', () => {
    const output = answer('trusted.ec.version=0x00000000000000220000000000000148\n', gfid);
    expect(parseRootVersion(output)).toEqual({ entries: 0x22n, metadata: 0x148n });
  });

  it('is exact where numbers of JavaScript are not', () => {
    const output = answer('trusted.ec.version=0xfffffffffffffffe0020000000000001\n', gfid);
    expect(parseRootVersion(output)).toEqual({ entries: 2n ** 64n - 2n, metadata: 2n ** 53n + 1n });
  });

  it('is zero on a brick where nothing was ever counted', () => {
    expect(parseRootVersion(answer(gfid))).toEqual({ entries: 0n, metadata: 0n });
  });

  it.each([
    ['nothing at all, as of a folder that is no brick', ''],
    ['no mark of a brick', answer('trusted.ec.version=0x00000000000000220000000000000148\n')],
    ['the mark of another folder', answer('trusted.gfid=0x8a0b6d1c3c0e4f0f9c11a4d1a1a3b5c7\n')],
    ['a count of another length', answer('trusted.ec.version=0x0000000000000022\n', gfid)],
    ['a count that is no number', answer('trusted.ec.version="AAAA"\n', gfid)],
    ['an attribute that was not asked for', answer('trusted.ec.dirty=0x00\n', gfid)],
    ['two bricks', answer(gfid) + answer(gfid)],
  ])('is not taken from %s', (_, output) => {
    expect(() => parseRootVersion(output)).toThrow(AppError);
  });
});
