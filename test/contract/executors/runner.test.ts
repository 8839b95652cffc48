import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Command } from '../../../src/executors/executor.ts';
import { type BatchForm, composeBatch } from '../../../src/executors/script/compose-batch.ts';
import {
  forKeptShell,
  forOwnShell,
  keptRunnerCommandLine,
  runnerArgv,
  runnerScript,
} from '../../../src/executors/script/runner.ts';
import { readPid } from './place.ts';
import { execute, install } from './sshd.ts';
import { isRunning, until } from './until.ts';

const nonce = 'abc123';

/** A batch with the runner before it, as a shell gets them that is there for one batch. */
const payload = (commands: readonly Command[], form: BatchForm): Buffer =>
  forOwnShell(composeBatch(commands, form));

describe('the runner on the node', () => {
  let folder: string;
  let children: ChildProcess[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mortar-runner-'));
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    children = [];
    await rm(folder, { recursive: true });
  });

  /** Starts the runner, behind `before` when that is given; what it prints ends up in `output`. */
  const start = (before: readonly string[] = []): { child: ChildProcess; output: Promise<string> } => {
    const [program = '', ...rest] = [...before, ...runnerArgv(false)];
    const child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(child);
    // It may end before it has heard everything.
    child.stdin?.on('error', () => {});
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    return { child, output: once(child, 'close').then(() => text) };
  };
  const endless = (): Command => ({
    label: 'work',
    argv: ['sh', '-c', 'echo $$ >"$1/child"; exec sleep 1000', 'sh', folder],
  });
  const form = { nonce, timeoutMs: 30_000 };

  it('ends the batch when it has not heard of the manager for a while, as after a power cut there', async () => {
    const { child, output } = start();
    child.stdin?.write(payload([endless()], { ...form, silenceMs: 300 }));
    expect(await output).toBe(`${nonce} hello\n${nonce} end gone\n`);
    expect(await isRunning(await readPid(join(folder, 'child')))).toBe(false);
  });

  it('goes on as long as it hears of the manager', async () => {
    const { child, output } = start();
    child.stdin?.write(payload([{ label: 'work', argv: ['sleep', '2.5'] }], { ...form, silenceMs: 2000 }));
    const beat = setInterval(() => child.stdin?.write('beat\n'), 50);
    expect(await output).toBe(`${nonce} hello\n${nonce} ran 0 ok 0\n${nonce} end done\n`);
    clearInterval(beat);
  });

  it.each([
    { words: 'beat\nbet\nbeabeat\n', ending: 'ran 0 ok 0\nabc123 end done' },
    { words: 'bcancel\n', ending: 'end cancelled' },
    { words: 'cacel\n', ending: 'end cancelled' },
  ])('takes $words for what it was meant to be, a letter more or less', async ({ words, ending }) => {
    const { child, output } = start();
    child.stdin?.write(payload([{ label: 'work', argv: ['sleep', '0.5'] }], form));
    child.stdin?.write(words);
    expect(await output).toBe(`${nonce} hello\n${nonce} ${ending}\n`);
  });

  it.each(['SIGHUP', 'SIGTERM', 'SIGINT'] as const)(
    'ends the batch when it is ended by %s',
    async (signal) => {
      const { child, output } = start();
      child.stdin?.write(payload([endless()], form));
      const pid = await readPid(join(folder, 'child'));
      child.kill(signal);
      expect(await output).toBe(`${nonce} hello\n${nonce} end gone\n`);
      expect(await isRunning(pid)).toBe(false);
    },
  );

  it('runs nothing of a script that has not come whole', async () => {
    const whole = payload([{ label: 'work', argv: ['touch', join(folder, 'mark')] }], form);
    for (const length of [0, 4, 7, 1000, whole.length - 200, whole.length - 1]) {
      const { child, output } = start();
      child.stdin?.end(whole.subarray(0, length));
      expect(await output).toBe('');
    }
    expect(existsSync(join(folder, 'mark'))).toBe(false);
  });

  it('takes no word for a header that was said when a batch had just ended', async () => {
    const child = spawn('sh', ['-c', keptRunnerCommandLine(false)], { stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(child);
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    child.stdin?.write(runnerScript);
    for (const name of ['first', 'second', 'third']) {
      const script = composeBatch([{ label: 'work', argv: ['echo', name] }], { ...form, nonce: name });
      child.stdin?.write(forKeptShell(script));
      await until(`the end of the ${name}`, () => text.includes(`${name} end done\n`));
      child.stdin?.write('beat\n');
      child.stdin?.write('t\ncancel\n');
    }
    child.stdin?.end();
    await once(child, 'close');
    const frames = (name: string): string =>
      `${name} hello\n${name} out ${name.length + 1}\n${name}\n${name} ran 0 ok 0\n${name} end done\n`;
    expect(text).toBe(['first', 'second', 'third'].map(frames).join(''));
  });

  it('has no fault that shellcheck can find', async () => {
    await install('/usr/bin/shellcheck', 'shellcheck');
    const file = join(import.meta.dirname, '../../../src/executors/script/runner.sh');
    // SC2154: the settings are assigned by what is sent before it.
    await expect(execute('shellcheck', ['--shell=bash', '--exclude=SC2154', file])).resolves.toMatchObject({
      stdout: '',
    });
  });

  it('has no value of the batch in its command line', () => {
    expect(runnerArgv(true).slice(0, 3)).toEqual(['sudo', '-n', '--']);
    expect(runnerArgv(false)).toEqual(runnerArgv(true).slice(3));
  });

  it.each([
    { commands: 1, lock: undefined, forks: 3 },
    { commands: 10, lock: undefined, forks: 12 },
    { commands: 10, lock: 'fork-count', forks: 15 },
  ])(
    'forks once a command and a few times more: $forks times for $commands',
    async ({ commands, lock, forks }) => {
      await install('/usr/bin/strace', 'strace');
      const log = join(folder, 'trace');
      const { child, output } = start([
        'strace',
        '-f',
        '-qq',
        '-e',
        'trace=fork,vfork,clone,clone3',
        '-o',
        log,
      ]);
      const command: Command = {
        label: 'list',
        argv: ['ls', '/'],
        expectStdout: 'etc',
        unless: ['test', '-e', '/no/such'],
        stdin: 'x',
      };
      child.stdin?.write(
        payload(
          Array.from({ length: commands }, () => command),
          { ...form, lock },
        ),
      );
      expect(await output).toContain(`${nonce} end done\n`);
      const calls = (await readFile(log, 'utf8'))
        .split('\n')
        .filter((line) => /\b(v?fork|clone3?)\(/.test(line));
      // One less when another test has a lock at the moment: the directory is there already. One more when the commands
      // are done before their files have lost their names: then that is seen to a second time.
      const leastForks = forks - (lock === undefined ? 0 : 1);
      expect(calls.length).toBeGreaterThanOrEqual(leastForks);
      expect(calls.length).toBeLessThanOrEqual(forks + 1);
    },
  );
});
