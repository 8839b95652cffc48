import { defineConfig } from 'vitest/config';

const project = (name: string, timeoutMs = 20_000) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
  },
});

export default defineConfig({
  test: {
    pool: 'forks',
    projects: [
      project('unit'),
      project('contract', 60_000),
      project('api', 60_000),
      project('faults', 300_000),
    ],
  },
});
