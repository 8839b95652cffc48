import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** The last cell of each line of the tables with tests: a file, and mostly the name of a test in it. */
const claims = readFileSync(join(root, 'docs/security.md'), 'utf8')
  .split('\n')
  .map((line) => /\| `(test\/[^`]+)`(?:: (.+?))? \|$/.exec(line))
  .filter((match) => match !== null)
  .map(([, file = '', name]) => ({ file, name }));

describe('docs/security.md', () => {
  it('names a test in every line of what holds', () => {
    const page = readFileSync(join(root, 'docs/security.md'), 'utf8');
    const threats = page.slice(page.indexOf('## Strangers'), page.indexOf('## What does not hold'));
    const rows = threats.split('\n').filter((line) => /^\| (?!attack|where)/.test(line));
    expect(claims).toHaveLength(rows.length);
    expect(rows.length).toBeGreaterThan(30);
  });

  it.each(claims)('names a test that exists: $file: $name', ({ file, name }) => {
    expect(existsSync(join(root, file))).toBe(true);
    if (name === undefined) return;
    const text = readFileSync(join(root, file), 'utf8');
    expect([`'${name}'`, `"${name}"`].some((quoted) => text.includes(quoted))).toBe(true);
  });
});
