import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const page = join(import.meta.dirname, '../../docs/performance.md');

/** Places in docs/performance.md that are written by the bench. */
const places = {
  figures: {
    begin: '<!-- figures: written by `npm run bench -- --full --write-docs` -->',
    end: '<!-- end of figures -->',
  },
  claims: {
    begin: '<!-- claims: written by `npm run bench -- --claims --write-docs` -->',
    end: '<!-- end of claims -->',
  },
} as const;

/** Replaces figures in docs/performance.md. @throws Error when the page has no place for them. */
export function writeDocs(place: keyof typeof places, figures: string): void {
  const { begin, end } = places[place];
  const text = readFileSync(page, 'utf8');
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${page} lacks the lines\n${begin}\n${end}`);
  writeFileSync(page, `${text.slice(0, from + begin.length)}\n\n${figures.trim()}\n\n${text.slice(to)}`);
}
