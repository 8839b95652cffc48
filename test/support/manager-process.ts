import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { testKeys } from './manager.ts';
import { Wire } from './wire.ts';

const root = resolve(import.meta.dirname, '../..');

export interface ProcessEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program in a process of its own, whose output is read along; ended with the test. */
export class Program {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';

  constructor(argv: readonly string[], env: Readonly<Record<string, string>>) {
    const [program = '', ...words] = argv;
    this.child = spawn(program, words, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    onTestFinished(async () => void (await this.end('SIGKILL')));
  }

  /** Resolves when it has ended by itself. */
  async ended(): Promise<ProcessEnd> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'close');
    return { code: this.child.exitCode, stdout: this.stdout, stderr: this.stderr };
  }

  async end(signal: NodeJS.Signals): Promise<ProcessEnd> {
    if (this.child.exitCode === null) this.child.kill(signal);
    return this.ended();
  }

  /** Resolves when the text was written to one of the outputs; rejects when it ends without. */
  async says(pattern: RegExp): Promise<RegExpMatchArray> {
    for (;;) {
      const match = this.stdout.match(pattern) ?? this.stderr.match(pattern);
      if (match !== null) return match;
      if (this.child.exitCode !== null || this.child.signalCode !== null)
        throw new Error(`it ended without "${pattern}": ${this.stdout}${this.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** A `mortar …`, from the sources. */
export class MortarProcess extends Program {
  constructor(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
    super([process.execPath, '--import', 'tsx', join(root, 'src/main.ts'), ...words], {
      PATH: process.env.PATH ?? '',
      HEKETI_ADMIN_KEY: testKeys.admin,
      HEKETI_USER_KEY: testKeys.user,
      MORTAR_HEALTH_ENABLED: 'false',
      ...env,
    });
  }
}

/** Runs a command to its end. */
export const mortar = (
  words: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<ProcessEnd> => new MortarProcess(words, env).ended();

/** A manager in a process of its own, on simulated nodes. */
export class ManagerProcess extends MortarProcess {
  constructor(database: string, env: Readonly<Record<string, string>> = {}) {
    super(['serve', '--simulate', '--listen', '127.0.0.1:0', '--db', database], env);
  }

  /** Resolves when it serves. */
  async wire(): Promise<Wire> {
    const [, port] = await this.says(/Listening on port (\d+)/);
    return new Wire(`http://127.0.0.1:${port}`, testKeys);
  }
}
