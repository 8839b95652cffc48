import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** Pages that say by which tests their promises are held: `` `file › words of the test` ``, or the file alone. */
const pages = ['docs/compared-with-heketi.md'];

const namesIn = (page: string): string[] =>
  [...readFileSync(page, 'utf8').matchAll(/`(test\/[^`]+)`/g)].map(([, name = '']) => name);

const isThere = (name: string): boolean => {
  const [file = '', words] = name.split(' › ');
  return existsSync(file) && (words === undefined || readFileSync(file, 'utf8').includes(words));
};

describe.each(pages)('%s', (page) => {
  it('names only tests that there are', () => {
    const names = namesIn(page);
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !isThere(name))).toEqual([]);
  });
});
