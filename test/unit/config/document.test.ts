import { describe, expect, it } from 'vitest';
import { plainValue, readDocument } from '../../../src/config/document.ts';

/** `line: key: found` of each fault. */
function faults(text: string, path = 'mortar.yaml'): string[] {
  return readDocument(path, text).faults.map(({ source, key, found }) => {
    const line = source.kind === 'file' ? source.line : undefined;
    return `${line}: ${key === '' ? '' : `${key}: `}${found}`;
  });
}

function read(text: string, path = 'mortar.yaml'): unknown {
  const { root, faults: found } = readDocument(path, text);
  expect(found).toEqual([]);
  return root === undefined ? undefined : plainValue({ line: 1, value: root });
}

describe('a configuration file', () => {
  it('is YAML or JSON', () => {
    expect(read('a: 1\nb:\n  - x\n  - true\nc: {d: null}')).toEqual({ a: 1, b: ['x', true], c: { d: null } });
    expect(read('{"a": "x\\/y", "b": [1.5]}', 'mortar.json')).toEqual({ a: 'x/y', b: [1.5] });
    expect(read('{\n\t"a": {\n\t\t"b": 1\n\t}\n}', 'heketi.json')).toEqual({ a: { b: 1 } });
  });

  it('may be empty, or hold comments only', () => {
    expect(read('')).toEqual({});
    expect(read('# nothing yet\n')).toEqual({});
    expect(read('', 'mortar.json')).toEqual({});
    expect(read('\uFEFFa: 1')).toEqual({ a: 1 });
  });

  it('knows the line of each key', () => {
    const { root } = readDocument('m.yaml', '# one\na:\n\n  b: 1\n  c: |\n    x\n    y\n  d: 2\n');
    const inner = root?.get('a')?.node.value;
    expect(root?.get('a')?.line).toBe(2);
    expect(inner instanceof Map ? [...inner].map(([key, { line }]) => [key, line]) : undefined).toEqual([
      ['b', 4],
      ['c', 5],
      ['d', 8],
    ]);
  });

  it.each([
    ['a key that is set twice', 'a: 1\nb: 2\na: 3', ['3: a: set twice, first in line 1']],
    ['a tab as indentation', 'a:\n\tb: 1', ['2: a tab as indentation']],
    ['a second document', 'a: 1\n---\nb: 2', ['2: a second document']],
    ['an alias', 'a: &x 1\nb: *x', ['2: an alias']],
    ['an alias without an anchor', 'a: *x', ['1: an alias']],
    ['a tag', 'a: !secret x', ['1: a tag']],
    ['a standard tag', 'a: !!binary aGk=', ['1: a tag']],
    [
      'keys that are not aligned',
      'a:\n  b: 1\n c: 2',
      ['3: keys of one group that do not start in the same column'],
    ],
    ['a reserved character', 'a: @x', ['1: a value that starts with a reserved character']],
    ['a colon too many', 'a: 1\nb: c: d', ['2: more than one value']],
    ['an address in brackets without quotes', 'listen: [::1]:80', ['1: more than one value']],
    ['a quote that does not end', 'a: 1\nb: "x', ['2: a bracket, quote, colon or comma that is missing']],
    ['a line without a colon', 'a: 1\nsomething\nb: 2', ['2: a line without a colon']],
    ['a list at the top', '- a', ['1: no keys']],
    ['a text at the top', 'hello', ['1: no keys']],
    ['a key that is a list', '? [a]\n: 1', ['1: a key that is not a word']],
    ['far too much text', '#'.repeat(1024 * 1024 + 1), ['1: more than 1 MiB']],
    ['brackets without end', '['.repeat(200_000), ['1: more than 64 levels']],
    ['maps in maps without end', '{a: '.repeat(200_000), ['1: more than 64 levels']],
    ['lists in lists without end', '- '.repeat(200_000), ['1: more than 64 levels']],
  ])('is refused with the line of %s', (_, text, expected) => {
    expect(faults(text)).toEqual(expected);
  });

  it.each([
    ['a missing comma', '{\n"a": 1\n"b": 2}', 2],
    ['a missing brace', '{"a": {\n"b": 1}\n', 3],
    ['a comma too many', '{"a": 1,\n"b": 2,\n}', 3],
    ['a word without quotes', '{\n"a": yes\n}', 2],
    ['a comment', '{"a": 1\n# note\n}', 2],
    ['a key set twice', '{"a": 1,\n"a": 2}', 2],
  ])('in JSON is refused with the line of %s', (_, text, line) => {
    expect(faults(text, 'heketi.json')[0]).toMatch(new RegExp(`^${line}: `));
  });

  it('never repeats its text in a fault, for it may hold secrets', () => {
    const texts = [
      'k: "hunter2',
      '@hunter2',
      'a: 1\nhunter2\nb: 2',
      '- hunter2',
      'a: b: hunter2',
      'k: *hunter2',
      'k: !hunter2 x',
    ];
    for (const text of texts) {
      const { faults: found } = readDocument('m.yaml', text);
      expect(found.length).toBeGreaterThan(0);
      expect(JSON.stringify(found)).not.toContain('hunter2');
    }
    expect(JSON.stringify(readDocument('m.json', '{"k": hunter2}').faults)).not.toContain('hunter2');
  });
});
