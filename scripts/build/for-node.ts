import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';

/** What all that is built has in common. */
export const forNode = {
  absWorkingDir: join(import.meta.dirname, '../..'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  // With native parts, served as they are, or large and seldom wanted.
  external: ['better-sqlite3', 'ssh2', 'swagger-ui-dist', '@kubernetes/client-node'],
  // Comments and indents would be held in memory. Lines and names stay such that a stack tells where it was.
  minifyWhitespace: true,
  lineLimit: 160,
  sourcesContent: false,
  legalComments: 'linked',
  logLevel: 'warning',
  // Node has no `import.meta` in the form that is built; a file gets its folder, a piece its address.
  define: { 'import.meta.dirname': '__dirname' },
} as const satisfies BuildOptions;
