import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, transform } from 'esbuild';
import { forNode } from './for-node.ts';

/**
 * Bundles a program into the pieces that `src/program-pieces.ts` runs: one for each entry, for each dynamic import, and for
 * what several of them share. esbuild splits programs in the form of ES modules only, so their form is changed afterwards.
 *
 * @param entries names of files without their ends, and their sources.
 */
export async function buildPieces(entries: Readonly<Record<string, string>>, folder: string): Promise<void> {
  const { outputFiles } = await build({
    ...forNode,
    entryPoints: entries,
    outdir: folder,
    splitting: true,
    format: 'esm',
    sourcemap: 'inline',
    write: false,
  });
  for (const { path, text, contents } of outputFiles) {
    if (path.endsWith('.js')) await writePiece(path, text);
    else writeFileSync(join(folder, basename(path)), contents);
  }
}

async function writePiece(path: string, text: string): Promise<void> {
  const { minifyWhitespace, lineLimit, platform, target, sourcesContent, logLevel } = forNode;
  const { code, map } = await transform(text, {
    minifyWhitespace,
    lineLimit,
    platform,
    target,
    sourcesContent,
    logLevel,
    sourcefile: basename(path),
    format: 'cjs',
    // Other pieces are looked for by the piece's own `require`.
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': 'pieceUrl' },
    banner: '(function (exports, require, module, pieceUrl) {',
    footer: '})',
    sourcemap: 'external',
  });
  writeFileSync(path, code);
  writeFileSync(`${path}.map`, map);
}
