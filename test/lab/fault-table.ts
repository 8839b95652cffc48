import { appendFileSync } from 'node:fs';

/** One line of docs/operations/fault-table.md. */
export interface FaultRow {
  /** What goes wrong. */
  readonly fault: string;
  /** What the user sees: the answer of the API, in its own words. */
  readonly seen: string;
  /** What is left on nodes and in the database, and until when. */
  readonly left: string;
}

/** Keeps what a test has seen for the fault table, when the environment names a file for it. */
export function recordFault(row: FaultRow): void {
  const file = process.env['MORTAR_FAULT_TABLE'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(row)}\n`);
}
