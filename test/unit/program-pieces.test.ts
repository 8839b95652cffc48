import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ProgramPieces, writeCode } from '../../src/program-pieces.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A folder of pieces, by their names. */
function folderOf(bodies: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, body] of Object.entries(bodies))
    writeFileSync(join(folder, name), `(function (exports, require, module, pieceUrl) {${body}\n})`);
  return folder;
}

describe('the built program', () => {
  it('runs from pieces that find each other, the modules of Node, and themselves', () => {
    const folder = folderOf({
      'program.js': `module.exports = [require('./other.js'), require('./other.js'), require('node:path').basename(pieceUrl)];`,
      'other.js': 'exports.made = {};',
    });
    const [first, second, name] = new ProgramPieces(folder).load('program.js') as { made: object }[];
    expect(first?.made).toBe(second?.made);
    expect(name).toBe('program.js');
  });

  it('runs when pieces need each other in a circle', () => {
    const folder = folderOf({
      'a.js': `exports.name = () => 'a'; exports.both = require('./b.js').both;`,
      'b.js': `const a = require('./a.js'); exports.both = () => a.name() + 'b';`,
    });
    const { both } = new ProgramPieces(folder).load('a.js') as { both: () => string };
    expect(both()).toBe('ab');
  });

  it('does without the code that was made of it when that is missing, damaged, or of another text', () => {
    const bodies = { 'a.js': 'module.exports = 6 * 7;', 'b.js': 'module.exports = 6 * 8;' };
    const folder = folderOf(bodies);
    const path = join(folder, 'a.js');
    const code = `${path}.code`;
    const run = (): unknown => {
      const pieces = new ProgramPieces(folder);
      const answer = pieces.load('a.js');
      for (const [each, script] of pieces.scripts) writeCode(each, script);
      return answer;
    };
    expect(run()).toBe(42);
    const again = new ProgramPieces(folder);
    expect(again.load('a.js')).toBe(42);
    expect(again.scripts.get(path)?.cachedDataRejected).toBe(false);
    const whole = readFileSync(code);
    const flipped = Buffer.from(whole);
    flipped.writeUInt8(flipped.readUInt8(whole.length >> 1) ^ 0xff, whole.length >> 1);
    for (const damaged of [flipped, whole.subarray(0, whole.length >> 1), Buffer.alloc(0)]) {
      writeFileSync(code, damaged);
      expect(run()).toBe(42);
    }
    writeFileSync(path, readFileSync(join(folder, 'b.js')));
    expect(run()).toBe(48);
  });

  it('names the piece in stacks, wherever it was built', () => {
    const folder = folderOf({ 'a.js': `throw new Error('oh');` });
    expect(() => new ProgramPieces(folder).load('a.js')).toThrow(
      expect.objectContaining({ stack: expect.stringMatching(/a\.js:1:/) }),
    );
  });
});
