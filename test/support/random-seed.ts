import { execFileSync } from 'node:child_process';

/**
 * The seed of everything random in a run of the tests: `MORTAR_RANDOM_SEED`, or a number made from the committed sources,
 * so that one state of them is always tried in the same way and the next in another; any number where git cannot tell.
 */
export function seedOfRun(): number {
  const given = process.env['MORTAR_RANDOM_SEED'];
  if (given === undefined) return seedOfSources() ?? Date.now() % 2 ** 31;
  if (!/^\d{1,10}$/.test(given))
    throw new Error(`MORTAR_RANDOM_SEED is "${given}", but has to be a whole number of at most ten digits`);
  return Number(given);
}

function seedOfSources(): number | undefined {
  try {
    const argv = ['rev-parse', 'HEAD:src', 'HEAD:test'];
    const trees = execFileSync('git', argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return trees
      .split('\n')
      .filter((tree) => tree !== '')
      .map((tree) => Number.parseInt(tree.slice(0, 7), 16))
      .reduce((seed, part) => (seed ^ part) >>> 0, 0);
  } catch {
    return undefined;
  }
}
