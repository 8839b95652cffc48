/**
 * Runs before each test file: what is random comes from the seed of the run, the ids of objects included. Placement follows
 * from ids, so a test that fails for a placement fails again with the same `MORTAR_RANDOM_SEED`.
 */
import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import fc from 'fast-check';
import { expect, vi } from 'vitest';
import type * as ids from '../../src/lib/ids.ts';

const seed = Number(process.env.MORTAR_RANDOM_SEED);
fc.configureGlobal({ seed });

vi.mock('../../src/lib/ids.ts', async (original) => {
  const real = await original<typeof ids>();
  const file = relative(process.cwd(), expect.getState().testPath ?? '');
  let drawn = 0;
  const newId = (): string => {
    drawn += 1;
    return createHash('sha256').update(`${seed} ${file} ${drawn}`).digest('hex').slice(0, 32);
  };
  return { ...real, newId };
});
