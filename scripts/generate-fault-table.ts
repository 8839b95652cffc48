/**
 * Writes docs/operations/fault-table.md from what the fault tests of the lab have seen:
 *
 *   rm -f /tmp/faults.jsonl
 *   export MORTAR_FAULT_TABLE=/tmp/faults.jsonl
 *   for file in faults-node faults-way disk-errors; do test/lab/run npx vitest run --project lab test/lab/$file; done
 *   npm run fault-table
 *
 * Each file has a lab of its own: a disk that died stays in the tables of its node.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const rowSchema = z.strictObject({ fault: z.string(), seen: z.string(), left: z.string() });

const [source = process.env['MORTAR_FAULT_TABLE']] = process.argv.slice(2);
if (source === undefined) {
  console.error('usage: npm run fault-table -- FILE');
  process.exit(2);
}
const rows = readFileSync(source, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => rowSchema.parse(JSON.parse(line)));

/** Ids, addresses and file names that differ from run to run would make every run a change. */
const steady = (text: string): string =>
  text
    .replaceAll(/(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/g, 'ID')
    .replaceAll(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'UUID')
    .replaceAll(/\b10\.77\.\d+\./g, '192.0.2.')
    .replaceAll(/\s+/g, ' ')
    .replaceAll('|', '\\|')
    .trim();

const table = rows
  .map(({ fault, seen, left }) => `| ${[fault, seen, left].map(steady).join(' | ')} |`)
  .sort();
const text = `# Faults: what is seen, what is left

Made from a run of the fault tests on real nodes; the head of \`scripts/generate-fault-table.ts\` says how. Each line is a
test that breaks the nodes in that way, reads the answer, and then compares nodes and database item by item.

| fault | what the user sees | what is left |
|---|---|---|
${table.join('\n')}
`;
writeFileSync(fileURLToPath(new URL('../docs/operations/fault-table.md', import.meta.url)), text);
