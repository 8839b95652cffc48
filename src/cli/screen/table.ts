import type { Style } from './style.ts';

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns of numbers, justified to the right. */
  readonly right?: readonly number[];
}

/** A table: with borders on a terminal; elsewhere in columns two blanks apart, so that scripts can cut it. */
export async function renderTable(table: Table, style: Style): Promise<string> {
  return style.isFancy ? renderFancy(table, style) : renderPlain(table);
}

async function renderFancy({ head, rows, right = [] }: Table, style: Style): Promise<string> {
  // Loaded only here: scripts do not need it.
  const { default: CliTable } = await import('cli-table3');
  const table = new CliTable({
    head: head.map(style.bold),
    style: { head: [], border: [], compact: true },
    colAligns: head.map((_, column) => (right.includes(column) ? 'right' : 'left')),
  });
  table.push(...rows.map((row) => [...row]));
  return `${table.toString()}\n`;
}

function renderPlain({ head, rows, right = [] }: Table): string {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  const justified = lines.map((line) =>
    line.map((cell, column) => {
      const width = widths[column] ?? 0;
      return right.includes(column) ? cell.padStart(width) : cell.padEnd(width);
    }),
  );
  return justified.map((line) => `${line.join('  ').trimEnd()}\n`).join('');
}

/** Names and values, one a line; lines without a value are left out. */
export function renderFields(fields: readonly (readonly [string, string])[], style: Style): string {
  const shown = fields.filter(([, value]) => value !== '');
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${style.dim(name.padEnd(width))}  ${value}\n`).join('');
}
