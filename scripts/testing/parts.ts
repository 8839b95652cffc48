/** What `npm test` consists of, in the order of what is quick to fail. */
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';

export interface Part {
  readonly name: string;
  readonly argv: readonly string[];
  /**
   * `quick`: before everything else, one after the other. `processors`: one at a time, it keeps all processors busy.
   * `nodes`: waits for nodes as much as it computes, so it goes on beside another part.
   */
  readonly kind: 'quick' | 'processors' | 'nodes';
  /** Its own count is read from vitest's report; without it the part counts as one test. */
  readonly isVitest?: boolean;
  /** Runs the built program, so the build comes along when only this part is asked for. */
  readonly needsBuild?: boolean;
}

const check = (name: string, ...argv: string[]): Part => ({ name, argv, kind: 'quick' });

const vitest = (name: string, kind: Part['kind'] = 'processors'): Part => ({
  name,
  argv: ['npx', 'vitest', 'run', '--project', name],
  kind,
  isVitest: true,
});

/** Each file has a lab of its own: what one leaves behind when it fails cannot make the next one fail. */
const lab = (file: string): Part => ({
  name: `lab-${file}`,
  argv: ['test/lab/run', 'npx', 'vitest', 'run', '--project', 'lab', `test/lab/${file}.test.ts`],
  kind: 'nodes',
  isVitest: true,
  needsBuild: true,
});

/** Each file has a control plane of its own. */
const kube = (file: string): Part => ({
  name: `kube-${file}`,
  argv: ['npx', 'vitest', 'run', '--project', 'kube', `test/kube/${file}.test.ts`],
  kind: 'processors',
  isVitest: true,
});

/** These take longest: what is begun last should not be what everything waits for. */
const longLabs = ['adopt', 'checklist', 'clones', 'faults-node', 'kill', 'replace', 'volumes'];

const testFiles = (folder: string): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => basename(file, '.test.ts'));

const labFiles = testFiles('test/lab').filter((file) => file !== 'lab');

const parts: readonly Part[] = [
  check('format', 'npx', 'biome', 'check'),
  check('lint', 'npx', 'oxlint', '--type-aware', '--deny-warnings'),
  check('types', 'npx', 'tsc', '--noEmit'),
  check('dead-code', 'npx', 'knip'),
  check('build', 'npm', 'run', '--silent', 'build'),
  vitest('unit', 'quick'),
  vitest('contract'),
  vitest('api'),
  vitest('fuzz'),
  vitest('faults'),
  vitest('lab-itself'),
  // Builds the control plane's programs where they are missing, which takes minutes.
  { name: 'kube-binaries', argv: ['test/kube/binaries'], kind: 'processors' },
  ...testFiles('test/kube').map(kube),
  ...labFiles.filter((file) => longLabs.includes(file)).map(lab),
  ...labFiles.filter((file) => !longLabs.includes(file)).map(lab),
];

/**
 * The parts that these words name: a part's name, or what it begins with (`lab` for `lab-volumes`). None for all.
 *
 * @throws Error that names the words which name nothing.
 */
export function partsNamed(words: readonly string[]): Part[] {
  const isNamed = ({ name }: Part, word: string): boolean => name === word || name.startsWith(`${word}-`);
  const unknown = words.filter((word) => !parts.some((part) => isNamed(part, word)));
  if (unknown.length > 0)
    throw new Error(
      `unknown part: ${unknown.join(', ')}; there are ${parts.map(({ name }) => name).join(', ')}`,
    );
  const wanted = parts.filter((part) => words.length === 0 || words.some((word) => isNamed(part, word)));
  const needsBuild = wanted.some((part) => part.needsBuild === true);
  return parts.filter((part) => wanted.includes(part) || (needsBuild && part.name === 'build'));
}
