/**
 * `npm run build`: makes dist/. The old one stays in place until the new one is whole, so nothing that runs meets half of it.
 * Types are the business of `npm run check`.
 */
import { chmodSync, copyFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const repository = join(import.meta.dirname, '..');
const inRepository = (path: string): string => join(repository, path);

/** Found by a module beside itself. All modules end up in one folder, so these lie there too. */
const besideModules = ['src/executors/script/runner.sh'];

const folder = mkdtempSync(inRepository('dist.'));
try {
  await build({
    absWorkingDir: repository,
    entryPoints: ['src/main.ts', 'src/db/off-thread/worker.js'],
    entryNames: '[name]',
    outdir: folder,
    // A few files instead of a thousand: most of a start was opening and linking modules (docs/performance.md).
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // With native parts, served as they are, or large and seldom wanted.
    external: ['better-sqlite3', 'ssh2', 'swagger-ui-dist', '@kubernetes/client-node'],
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'linked',
    logLevel: 'warning',
    banner: {
      js: "import { createRequire as mortarRequire } from 'node:module'; const require = mortarRequire(import.meta.url);",
    },
  });
  for (const path of besideModules)
    copyFileSync(inRepository(path), join(folder, path.split('/').at(-1) ?? ''));
  chmodSync(join(folder, 'main.js'), 0o755);
  chmodSync(folder, 0o755);
  rmSync(inRepository('dist'), { recursive: true, force: true });
  renameSync(folder, inRepository('dist'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
