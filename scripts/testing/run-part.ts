import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Part } from './parts.ts';

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Names of what failed, for the end of the output. */
  readonly failures: readonly string[];
}

export interface Surroundings {
  /** Of the lab that the part makes: parts side by side have different ones. */
  readonly labName: string;
  /** Whether another part writes to the terminal meanwhile: then its output is held back until it has ended. */
  readonly isBesideOthers: boolean;
}

/** Runs a part and says how it went, in one line behind its output. */
export async function runPart({ name, argv, isVitest }: Part, surroundings: Surroundings): Promise<Outcome> {
  console.log(`\n== ${name}${surroundings.isBesideOthers ? ' begins' : ''}`);
  const folder = mkdtempSync(join(tmpdir(), 'mortar-report-'));
  const path = join(folder, 'report.json');
  const startedMs = Date.now();
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${path}`];
  const code = await run(isVitest === true ? [...argv, ...reporters] : argv, surroundings);
  const outcome = count(code, isVitest === true ? path : undefined);
  rmSync(folder, { recursive: true, force: true });
  const seconds = Math.round((Date.now() - startedMs) / 1000);
  console.log(`== ${name}: ${outcome.passed} passed, ${outcome.failed} failed (${seconds} s)`);
  return outcome;
}

function run(argv: readonly string[], { labName, isBesideOthers }: Surroundings): Promise<number> {
  const [program = '', ...rest] = argv;
  const env = { ...process.env, MORTAR_LAB_NAME: labName };
  const output: Buffer[] = [];
  return new Promise((resolve) => {
    const stdio = isBesideOthers ? 'pipe' : 'inherit';
    const child = spawn(program, rest, { env, stdio: ['inherit', stdio, stdio] });
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (piece: Buffer) => void output.push(piece));
    child.once('error', () => resolve(127));
    child.once('close', (code) => {
      process.stdout.write(Buffer.concat(output));
      resolve(code ?? 1);
    });
  });
}

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
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
    failures: [
      ...broken.map(({ name }) => name),
      ...report.testResults
        .flatMap(({ assertionResults }) => assertionResults)
        .filter(({ status }) => status === 'failed')
        .map(({ fullName }) => fullName),
    ],
  };
}

function count(code: number, reportPath: string | undefined): Outcome {
  const whole: Outcome = { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0, failures: [] };
  if (reportPath === undefined) return whole;
  try {
    const report = readReport(reportPath);
    // Vitest can fail without a failed test: an unhandled rejection, for instance.
    return code !== 0 && report.failed === 0 ? { ...report, failed: 1 } : report;
  } catch {
    return { ...whole, passed: 0, failed: 1 };
  }
}
