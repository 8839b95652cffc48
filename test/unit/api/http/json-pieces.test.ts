import { describe, expect, it } from 'vitest';
import { JsonPieces } from '../../../../src/api/http/json-pieces.ts';

const textOf = (pieces: readonly Buffer[]): string => Buffer.concat(pieces).toString();

describe('JSON in pieces', () => {
  it('is the same as in one text, however long', async () => {
    const items = Array.from({ length: 5000 }, (_, index) => ({ index, word: `wörd "${index}"` }));
    const pieces = new JsonPieces();
    pieces.add('{"items":');
    await pieces.addList(async (add) => {
      for (const item of items) add(JSON.stringify(item));
    });
    pieces.add('}');
    expect(JSON.parse(textOf(pieces.end()))).toEqual({ items });
    expect(pieces.end().length).toBeGreaterThan(1);
  });

  it('has lists without items', async () => {
    const pieces = new JsonPieces();
    await pieces.addList(async () => undefined);
    expect(textOf(pieces.end())).toBe('[]');
  });
});
