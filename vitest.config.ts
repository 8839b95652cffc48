import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { seedOfRun } from './test/support/random-seed.ts';

const seed = seedOfRun();
// Other tools load this file, too, and run nothing.
if (process.env['VITEST'] !== undefined)
  console.log(`random seed ${seed} (the same again with MORTAR_RANDOM_SEED=${seed})`);

const project = (name: string, timeoutMs = 20_000) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
    env: { MORTAR_RANDOM_SEED: String(seed) },
    setupFiles: ['test/support/seeded.ts'],
    // A condition that is waited for has as long as a busy machine needs.
    expect: { poll: { timeout: timeoutMs / 2 } },
  },
});

const labItself = 'test/lab/lab.test.ts';

export default defineConfig({
  test: {
    pool: 'forks',
    // The default leaves one processor to somebody who watches.
    maxWorkers: availableParallelism(),
    projects: [
      project('unit'),
      project('contract', 60_000),
      project('api', 60_000),
      project('fuzz', 300_000),
      project('faults', 600_000),
      // Real nodes share two cores: one file after the other.
      { test: { ...project('lab', 600_000).test, exclude: [labItself], fileParallelism: false } },
      // A control plane of Kubernetes for each file: one after the other.
      { test: { ...project('kube', 600_000).test, fileParallelism: false } },
      // Brings labs up and down itself, so it runs outside of any.
      { test: { ...project('lab-itself', 600_000).test, include: [labItself] } },
    ],
  },
});
