import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Tests that need real nodes, one file after the other: they share two CPU cores. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    name: 'lab',
    include: ['test/lab/**/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 900_000,
  },
});
