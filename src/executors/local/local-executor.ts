import { spawn } from 'node:child_process';
import { homedir } from 'node:os';
import { withAnySignal } from '../../lib/any-signal.ts';
import { Pending } from '../../lib/pending.ts';
import type { Command, CommandResult, Executor, Host, RunOptions } from '../executor.ts';
import type { BatchChannel, ChannelEnd } from '../script/batch-channel.ts';
import { abortError } from '../script/batch-verdict.ts';
import { prepareBatch, runBatch } from '../script/run-batch.ts';
import { runnerArgv } from '../script/runner.ts';

export interface LocalExecutorOptions {
  /** Run as root by sudo, which must not ask for a password. */
  readonly sudo?: boolean;
}

/** Runs commands on this host, whatever host is named: for a manager on the storage node itself, and for node agents. */
export class LocalExecutor implements Executor {
  readonly name = 'local';
  readonly #sudo: boolean;
  readonly #closing = new AbortController();
  readonly #running = new Pending();

  constructor(options: LocalExecutorOptions = {}) {
    this.#sudo = options.sudo ?? false;
  }

  async run(host: Host, commands: readonly Command[], options: RunOptions): Promise<CommandResult[]> {
    if (commands.length === 0) return [];
    return withAnySignal([this.#closing.signal, options.signal], async (signal) => {
      const batch = prepareBatch({ host, commands, options: { ...options, signal }, sudo: this.#sudo });
      if (signal.aborted) throw abortError(batch, undefined, signal.reason);
      return this.#running.add(runBatch(openProcess(runnerArgv(this.#sudo)), batch));
    });
  }

  forget(): void {}

  async close(): Promise<void> {
    this.#closing.abort(new Error('the executor was closed'));
    await this.#running.idle();
  }
}

/** A runner as a child process in a session of its own, so that a Ctrl-C meant for the manager does not reach it. */
function openProcess(argv: readonly string[]): BatchChannel {
  const [program = '', ...rest] = argv;
  // The manager's own environment holds secrets.
  const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: homedir() };
  const child = spawn(program, rest, { cwd: '/', env, detached: true, stdio: 'pipe' });
  // A runner that ends early shows by its exit; that the rest could not be written says nothing more.
  child.stdin.on('error', () => {});
  const closed = new Promise<ChannelEnd>((resolve) => {
    child.on('close', (code, signal) =>
      resolve({ exitCode: code ?? undefined, signal: signal ?? undefined }),
    );
    child.on('error', (error) => {
      if (child.pid === undefined) resolve({ exitCode: 127 });
      else resolve({ lost: error.message });
    });
  });
  return {
    input: child.stdin,
    output: child.stdout,
    errors: child.stderr,
    closed,
    drop: () => {
      child.unref();
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    },
  };
}
