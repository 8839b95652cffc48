import { writeFileSync } from 'node:fs';
import { errorCatalogue } from '../src/errors.ts';

/** The page of docs/ that lists every error code; a test keeps the committed page current. */
export function errorReference(): string {
  const rows = Object.entries(errorCatalogue).map(
    ([code, { status, title, remedy }]) => `| \`${code}\` | ${status} | ${title} | ${remedy} |`,
  );
  return [
    '# Errors',
    '',
    'Made from `src/errors/` by `npm run docs`. The code stands in problem documents (`Accept: application/json`), in the',
    'log and in `GET /operations/{id}`. Some routes answer with another status where Heketi’s contract demands it.',
    '',
    '| code | HTTP status | what happened | what to do |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

if (process.argv[1] === import.meta.filename) writeFileSync('docs/reference/errors.md', errorReference());
