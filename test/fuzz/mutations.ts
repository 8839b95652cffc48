import fc from 'fast-check';

/** Pieces that mean something to one of the formats. */
const tokens = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\\',
  'null',
  '1e999',
  '-1',
  '<',
  '>',
  '</',
  '/>',
  '<!--',
  '-->',
  '<![CDATA[',
  ']]>',
  '&lt;',
  '&#0;',
  '&x;',
  '\u0000',
  '\uFFFD',
  '\n',
  '\r',
  '\t',
  ' ',
  ' - ',
  '=',
  '\\040',
  'é',
  '__proto__',
];

interface Place {
  readonly from: number;
  readonly length: number;
  readonly text: string;
  readonly how: 'insert' | 'replace' | 'delete' | 'repeat';
}

const place: fc.Arbitrary<Place> = fc.record({
  from: fc.nat({ max: 100_000 }),
  length: fc.integer({ min: 1, max: 40 }),
  text: fc.oneof(fc.constantFrom(...tokens), fc.string({ minLength: 1, maxLength: 3, unit: 'binary' })),
  how: fc.constantFrom('insert', 'replace', 'delete', 'repeat'),
});

function change(sample: string, { from, length, text, how }: Place): string {
  const at = from % (sample.length + 1);
  const [before, piece, after] = [
    sample.slice(0, at),
    sample.slice(at, at + length),
    sample.slice(at + length),
  ];
  switch (how) {
    case 'insert':
      return before + text + piece + after;
    case 'replace':
      return before + text + sample.slice(at + text.length);
    case 'delete':
      return before + after;
    case 'repeat':
      return before + piece + piece + after;
  }
}

/** The sample with one to four small wounds. */
export const mutated = (sample: string): fc.Arbitrary<string> =>
  fc.array(place, { minLength: 1, maxLength: 4 }).map((places) => places.reduce(change, sample));

/** The sample without its end: what is left does not hold even its last sign that is no blank. */
export const cutShort = (sample: string): fc.Arbitrary<string> =>
  fc.nat({ max: sample.trimEnd().length - 1 }).map((length) => sample.slice(0, length));
