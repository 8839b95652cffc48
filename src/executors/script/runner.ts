import { readFileSync } from 'node:fs';
import { quoteWords } from './quote.ts';

/** What a node does with a batch; see the head of runner.sh. Comments stay here, they need not travel. */
export const runnerText = readFileSync(new URL('./runner.sh', import.meta.url), 'utf8').replaceAll(
  /^ *#.*\n/gm,
  '',
);

/** Length of the header that `addHeader` puts before a script: the word `mortar` and a number. */
const headerLength = 20;

/**
 * Reads a script whose length stands in the header, and runs it. Standard input stays open behind it. `-p` keeps the
 * login's environment (BASH_ENV, exported functions) out. The whole text is constant: no value of a batch is ever seen in
 * `ps`, and the text has neither single quotes, `!` nor backslashes, so any login shell passes it on as it is.
 */
const shell = [
  '/bin/bash',
  '--noprofile',
  '--norc',
  '-p',
  '-c',
  `export LC_ALL=C; IFS= read -r -N ${headerLength} size && IFS= read -r -N "\${size#mortar}" script && eval "$script"`,
  'mortar',
];

/** The program that receives a batch on standard input. With `sudo` it must run without asking for a password. */
export function runnerArgv(sudo: boolean): readonly string[] {
  return sudo ? ['sudo', '-n', '--', ...shell] : shell;
}

/**
 * The same behind a shell that only waits: for a transport that kills what it started when its stream is cut. The runner is in
 * a session of its own, sees the end of its input, and has the time to end the batch. Constant text, too.
 */
export function guardedRunnerArgv(sudo: boolean): readonly string[] {
  const guard = 'exec 3<&0; setsid -- "$@" <&3 3<&- & wait "$!"';
  return ['/bin/bash', '--noprofile', '--norc', '-p', '-c', guard, 'mortar', ...runnerArgv(sudo)];
}

/** The same as a line for the login shell on the node. */
export function runnerCommandLine(sudo: boolean): string {
  return `exec ${quoteWords(runnerArgv(sudo))}`;
}

/** A script with its length before it, as the runner's shell reads it. */
export function addHeader(script: string): Buffer {
  const body = Buffer.from(script, 'utf8');
  const header = `mortar${String(body.length).padStart(headerLength - 'mortar'.length, '0')}`;
  return Buffer.concat([Buffer.from(header, 'latin1'), body]);
}
