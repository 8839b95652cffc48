import { cpSync, mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Copies the built program, so that a build in between does not change what is measured. The copy lies inside
 * `node_modules`, where its imports are found.
 *
 * @returns the folder to remove afterwards, and the one in it that holds `main.js`.
 */
export function copyProgram(source: string): { readonly folder: string; readonly program: string } {
  const cache = join(import.meta.dirname, '../../node_modules/.cache/mortar-bench');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'run-'));
  const program = join(folder, 'dist');
  cpSync(source, program, { recursive: true });
  cpSync(join(import.meta.dirname, '../../package.json'), join(folder, 'package.json'));
  return { folder, program };
}
