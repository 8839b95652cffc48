/**
 * `npm run build`: makes dist/. The old one stays in place until the new one is whole, so nothing that runs meets half of it.
 * Types are the business of `npm run check`.
 */
import { chmodSync, copyFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { addCode } from './build/add-code.ts';
import { forNode } from './build/for-node.ts';
import { buildPieces } from './build/pieces.ts';

const repository = join(import.meta.dirname, '..');
const inRepository = (path: string): string => join(repository, path);

/** Found by a module beside itself. All modules end up in one folder, so these lie there too. */
const besideModules = ['src/executors/script/runner.sh'];

const folder = mkdtempSync(inRepository('dist.'));
try {
  const entries = { main: 'src/launch.ts', worker: 'src/db/off-thread/worker.js' };
  await build({ ...forNode, entryPoints: entries, outdir: folder, format: 'cjs' });
  await buildPieces({ program: 'src/main.ts' }, folder);
  for (const path of besideModules)
    copyFileSync(inRepository(path), join(folder, path.split('/').at(-1) ?? ''));
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
  chmodSync(join(folder, 'main.js'), 0o755);
  chmodSync(folder, 0o755);
  await addCode(folder);
  rmSync(inRepository('dist'), { recursive: true, force: true });
  renameSync(folder, inRepository('dist'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
