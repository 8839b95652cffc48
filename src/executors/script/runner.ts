import { readFileSync } from 'node:fs';
import { quoteWords } from './quote.ts';

/** What a node does with a batch; see the head of runner.sh. Comments stay here, they need not travel. */
export const runnerText = readFileSync(new URL('./runner.sh', import.meta.url), 'utf8').replaceAll(
  /^ *#.*\n/gm,
  '',
);

/** Reads the script whose length its header told, and runs it. */
const takeScript = 'IFS= read -r -N "${size#mortar}" script && eval "$script"';

/**
 * Two scripts, then it has ended: the runner, and the batch. Standard input stays open behind them.
 */
const forOneBatch = `export LC_ALL=C; for _ in runner batch; do IFS= read -r size && ${takeScript} || exit; done`;

/**
 * Scripts until nothing comes for two minutes, or one fails. A sign of life that came when its batch had just ended is no
 * header and skipped.
 */
const forManyBatches = `export LC_ALL=C; while IFS= read -r -t 120 size; do case $size in mortar*) ${takeScript} || exit;; esac; done`;

/**
 * `-p` keeps the login's environment (BASH_ENV, exported functions) out. The whole text is constant: no value of a batch is
 * ever seen in `ps`, and the text has neither single quotes, `!` nor backslashes, so any login shell passes it on as it is.
 */
const shell = (loop: string): readonly string[] => [
  '/bin/bash',
  '--noprofile',
  '--norc',
  '-p',
  '-c',
  loop,
  'mortar',
];

const asRoot = (sudo: boolean, argv: readonly string[]): readonly string[] =>
  sudo ? ['sudo', '-n', '--', ...argv] : argv;

/**
 * The program that receives the runner and a batch on standard input. With `sudo` it must run without asking for a password.
 */
export function runnerArgv(sudo: boolean): readonly string[] {
  return asRoot(sudo, shell(forOneBatch));
}

/**
 * The same behind a shell that only waits: for a transport that kills what it started when its stream is cut. The runner is in
 * a session of its own, sees the end of its input, and has the time to end the batch. Constant text, too.
 */
export function guardedRunnerArgv(sudo: boolean): readonly string[] {
  const guard = 'exec 3<&0; setsid -- "$@" <&3 3<&- & wait "$!"';
  return ['/bin/bash', '--noprofile', '--norc', '-p', '-c', guard, 'mortar', ...runnerArgv(sudo)];
}

/** A line for the login shell on the node: one runner for one batch after the other (see `forKeptShell`). */
export function keptRunnerCommandLine(sudo: boolean): string {
  return `exec ${quoteWords(asRoot(sudo, shell(forManyBatches)))}`;
}

/** A script with its length before it, as the runner's shell reads it. */
export function addHeader(script: string): Buffer {
  const body = Buffer.from(script, 'utf8');
  return Buffer.concat([Buffer.from(`mortar${body.length}\n`, 'latin1'), body]);
}

/** What each shell gets first: the runner, which defines functions and does nothing. */
export const runnerScript = addHeader(runnerText);

/** All that a shell gets which is there for one batch. @param script see `composeBatch`. */
export const forOwnShell = (script: string): Buffer => Buffer.concat([runnerScript, addHeader(script)]);

/**
 * A batch for a shell that has the runner and outlives the batch. It runs in a child, with files of its own: a daemon that it
 * started may print into those for ever.
 */
export const forKeptShell = (script: string): Buffer => addHeader(`(\n${script})\n`);
