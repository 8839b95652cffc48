import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goJson, printGoJson } from '../../../src/cli/go-json.ts';

function piecesOf(value: unknown): string[] {
  const pieces: string[] = [];
  printGoJson(value, (piece) => pieces.push(piece));
  return pieces;
}
const inPieces = (value: unknown): string => piecesOf(value).join('');

describe('JSON in pieces', () => {
  it('is the same text as in one piece', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(inPieces(value)).toBe(goJson(value));
      }),
    );
  });

  it('is the same where one value stands in many places, or a property is undefined', () => {
    const hosts = ['<a>', 'b&c'];
    const options = { 'backup-volfile-servers': hosts.join(',') };
    const volumes = [1, 2, 3, 4].map((id) => ({ id, gid: undefined, mount: { hosts, options } }));
    expect(inPieces({ volumes, none: [], nothing: {} })).toBe(goJson({ volumes, none: [], nothing: {} }));
  });

  it('comes in pieces of bounded length, however long it is', () => {
    const hosts = Array.from({ length: 1000 }, (_, index) => `10.0.0.${index}`);
    const pieces = piecesOf(Array.from({ length: 200 }, (_, id) => ({ id, hosts })));
    expect(pieces.length).toBeGreaterThan(20);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(200_000);
  });
});
