import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { errorReference } from '../../scripts/generate-error-reference.ts';

it('the page of errors lists every code as it is', () => {
  expect(readFileSync('docs/reference/errors.md', 'utf8')).toBe(errorReference());
});
