/**
 * `npm test`: everything, in the order of what is quick to fail. Ends with one plain line `N passed, N failed`.
 * `npm test -- unit api` runs only the named parts.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Part {
  readonly name: string;
  readonly argv: readonly string[];
  /** Its own count is read from vitest's report; without it the part counts as one test. */
  readonly isVitest?: boolean;
}

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const vitest = (name: string): Part => ({
  name,
  argv: ['npx', 'vitest', 'run', '--project', name],
  isVitest: true,
});

const parts: readonly Part[] = [
  { name: 'format', argv: ['npx', 'biome', 'check'] },
  { name: 'lint', argv: ['npx', 'oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'types', argv: ['npx', 'tsc', '--noEmit'] },
  { name: 'dead-code', argv: ['npx', 'knip'] },
  { name: 'build', argv: ['npm', 'run', '--silent', 'build'] },
  vitest('unit'),
  vitest('contract'),
  vitest('api'),
  vitest('faults'),
  { name: 'lab', argv: ['test/lab/run', 'npx', 'vitest', 'run', '--project', 'lab'], isVitest: true },
];

function run(argv: readonly string[]): Promise<number> {
  const [program = '', ...rest] = argv;
  return new Promise((resolve) => {
    const child = spawn(program, rest, { stdio: 'inherit' });
    child.once('error', () => resolve(127));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

/** A file that failed before any of its tests ran counts as one failure. */
function readReport(path: string): Outcome {
  const report = JSON.parse(readFileSync(path, 'utf8')) as Report;
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

async function runPart({ name, argv, isVitest }: Part): Promise<Outcome> {
  console.log(`\n== ${name}`);
  const folder = mkdtempSync(join(tmpdir(), 'mortar-report-'));
  const path = join(folder, 'report.json');
  const started = Date.now();
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${path}`];
  const code = await run(isVitest === true ? [...argv, ...reporters] : argv);
  const outcome = count(code, isVitest === true ? path : undefined);
  rmSync(folder, { recursive: true, force: true });
  console.log(
    `== ${name}: ${outcome.passed} passed, ${outcome.failed} failed (${Math.round((Date.now() - started) / 1000)} s)`,
  );
  return outcome;
}

function count(code: number, reportPath: string | undefined): Outcome {
  const whole: Outcome = { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  if (reportPath === undefined) return whole;
  try {
    const report = readReport(reportPath);
    // Vitest can fail without a failed test: an unhandled rejection, for instance.
    return code !== 0 && report.failed === 0 ? { ...report, failed: 1 } : report;
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => parts.every((part) => part.name !== name));
if (unknown.length > 0) {
  console.error(`unknown part: ${unknown.join(', ')}; there are ${parts.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
const total = { passed: 0, failed: 0, skipped: 0 };
for (const part of parts) {
  if (wanted.length > 0 && !wanted.includes(part.name)) continue;
  const outcome = await runPart(part);
  total.passed += outcome.passed;
  total.failed += outcome.failed;
  total.skipped += outcome.skipped;
}
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
process.exit(total.failed > 0 ? 1 : 0);
