import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { forNode } from './for-node.ts';

/**
 * Runs the program that was built in the folder once, as a server on simulated nodes, and lays the code that V8 made of it
 * beside its pieces.
 */
export async function addCode(folder: string): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'mortar-build-'));
  const rehearsal = join(scratch, 'rehearsal.cjs');
  try {
    await build({
      ...forNode,
      entryPoints: ['scripts/build/rehearsal.ts'],
      outfile: rehearsal,
      format: 'cjs',
    });
    // No setting of this process: V8 takes the code only with the flags that it had when it made it.
    execFileSync(process.execPath, [rehearsal, folder, scratch], {
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
