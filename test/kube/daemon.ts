import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

const shownLogBytes = 2000;
const longestGoodbyeMs = 5000;

/** A server process of a test, known by its process id; it does not outlive a test run that is killed. */
export class Daemon {
  readonly #argv: readonly string[];
  readonly #env: Readonly<Record<string, string>>;
  readonly #logFile: string;
  #process: ChildProcess | undefined;

  constructor(argv: readonly string[], logFile: string, env: Readonly<Record<string, string>> = {}) {
    this.#argv = argv;
    this.#env = env;
    this.#logFile = logFile;
  }

  get isRunning(): boolean {
    const process = this.#process;
    return process?.pid !== undefined && process.exitCode === null && process.signalCode === null;
  }

  start(): void {
    if (this.isRunning) return;
    const log = openSync(this.#logFile, 'a');
    this.#process = spawn('/usr/bin/setpriv', ['--pdeathsig', 'KILL', '--', ...this.#argv], {
      stdio: ['ignore', log, log],
      env: { ...process.env, ...this.#env },
    });
    closeSync(log);
  }

  /** @throws Error with the end of the log when the process has ended. */
  async check(): Promise<void> {
    if (this.isRunning) return;
    const log = await readFile(this.#logFile, 'utf8').catch(() => '');
    throw new Error(`${this.#argv[0]} ended: ${log.slice(-shownLogBytes)}`);
  }

  /** TERM by default, and KILL when that does not help. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const process = this.#process;
    if (process === undefined || !this.isRunning) return;
    const exit = once(process, 'exit');
    process.kill(signal);
    const timer = setTimeout(() => process.kill('SIGKILL'), longestGoodbyeMs);
    await exit;
    clearTimeout(timer);
  }
}
