import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Command, Host } from '../../../src/executors/executor.ts';
import { LocalExecutor } from '../../../src/executors/local/local-executor.ts';
import type { SshExecutor } from '../../../src/executors/ssh/ssh-executor.ts';
import { readPid } from './place.ts';
import { hello, node, SshFixture } from './ssh-fixture.ts';
import { execute, install, Sshd } from './sshd.ts';
import { failureOf, isRunning, until } from './until.ts';

const user = 'mortar-test';
const rules = `/etc/sudoers.d/${user}`;

describe('a login that is not root', () => {
  let sshd: Sshd;
  let fixture: SshFixture;
  let pidFile: string;

  beforeAll(async () => {
    await install('/usr/bin/sudo', 'sudo');
    // `*` is no password but, unlike `!`, no locked account either.
    await execute('useradd', ['--no-create-home', '--shell', '/bin/bash', '--password', '*', user]);
    sshd = await Sshd.start();
    fixture = new SshFixture(sshd);
  });
  beforeEach(async () => {
    pidFile = join(sshd.folder, randomUUID());
    await rm(rules, { force: true });
  });
  afterEach(() => fixture.close());
  afterAll(async () => {
    await sshd.stop();
    await rm(rules, { force: true });
    await execute('userdel', [user]);
  });

  const allow = async (...lines: readonly string[]): Promise<void> => {
    await writeFile(rules, `${lines.join('\n')}\n`);
    await chmod(rules, 0o440);
  };
  const executor = (sudo = true): SshExecutor => fixture.executor({ user, sudo });
  /** Notes the number of a grandchild and works for ever. */
  const endless = (): Command => ({
    label: 'work',
    argv: ['sh', '-c', 'sleep 1000 & echo $! >"$1"; wait', 'sh', pidFile],
  });

  it('runs commands without sudo as itself, also with locks', async () => {
    const uid = { label: 'who', argv: ['id', '-un'] };
    const results = await executor(false).run(node, [uid, uid], { timeoutMs: 10_000, lock: 'plain' });
    expect(results.map(({ stdout }) => stdout)).toEqual([`${user}\n`, `${user}\n`]);
    const { stdout } = await execute('id', ['-u', user]);
    expect(existsSync(`/tmp/mortar-${stdout.trim()}`)).toBe(false);
  });

  describe.each([
    ['', []],
    ['with use_pty', [`Defaults:${user} use_pty`]],
    ['without use_pty', [`Defaults:${user} !use_pty`]],
    [
      'with a log of all that is typed and printed',
      [`Defaults:${user} log_input, log_output, iolog_dir=/tmp/${user}`],
    ],
  ])('runs commands as root by sudo %s', (_, defaults) => {
    beforeEach(() => allow(...defaults, `${user} ALL=(ALL) NOPASSWD: ALL`));
    afterEach(() => rm(`/tmp/${user}`, { recursive: true, force: true }));

    it('with exit codes, streams and input as without, batch after batch', async () => {
      const root = executor();
      for (let batches = 0; batches < 3; batches += 1) {
        const results = await root.run(
          node,
          [
            { label: 'who', argv: ['id', '-u'] },
            { label: 'input', argv: ['cat'], stdin: 'a\0b\r\n\u0004\u0003' },
            { label: 'code', argv: ['sh', '-c', 'printf "x\\r\\n"; echo err >&2; exit 3'], optional: true },
          ],
          { timeoutMs: 20_000, lock: 'by-sudo' },
        );
        expect(results).toMatchObject([
          { stdout: '0\n' },
          { stdout: 'a\0b\r\n\u0004\u0003' },
          { stdout: 'x\r\n', stderr: 'err\n', exitCode: 3 },
        ]);
        expect(existsSync('/run/mortar/by-sudo.lock')).toBe(false);
      }
    });

    it('and lets none wait for what somebody types', async () => {
      const ask: Command = { label: 'ask', argv: ['sh', '-c', 'read -r answer </dev/tty'], optional: true };
      const batch = executor().run(node, [ask, { ...ask, unstoppable: true }], {
        timeoutMs: 5000,
        lock: 'ask',
      });
      expect((await batch).map(({ status }) => status)).toEqual(['failed', 'failed']);
    });

    it('and ends them at the deadline', async () => {
      const batch = executor().run(node, [endless()], { timeoutMs: 700 });
      await expect(batch).rejects.toMatchObject({ code: 'node.command_timeout' });
      expect(await isRunning(await readPid(pidFile))).toBe(false);
    });

    it('and ends them when they are called off', async () => {
      const controller = new AbortController();
      const failure = failureOf(
        executor().run(node, [endless()], { timeoutMs: 20_000, signal: controller.signal }),
      );
      const pid = await readPid(pidFile);
      controller.abort();
      expect(await failure).toMatchObject({ code: 'node.aborted' });
      expect(await isRunning(pid)).toBe(false);
    });

    it('and ends them when the connection breaks', async () => {
      const failure = failureOf(executor().run(node, [endless()], { timeoutMs: 20_000 }));
      const pid = await readPid(pidFile);
      await sshd.kill();
      expect(await failure).toMatchObject({ code: 'node.connection_lost' });
      await until('the command has ended', async () => !(await isRunning(pid)));
      await sshd.up();
    });
  });

  describe.each([
    ['with use_pty', [`Defaults:${user} use_pty`]],
    ['without use_pty', [`Defaults:${user} !use_pty`]],
  ])('when the connection breaks, sudo %s', (_, defaults) => {
    it('lets what is unstoppable come to its end, and keeps the lock until then', async () => {
      await allow(...defaults, `${user} ALL=(ALL) NOPASSWD: ALL`);
      const words = 'echo $$ >"$1"; until test -e "$1.stop"; do sleep 0.05; done; echo >"$1.done"';
      const command = { label: 'work', argv: ['sh', '-c', words, 'sh', pidFile], unstoppable: true };
      const failure = failureOf(executor().run(node, [command], { timeoutMs: 20_000, lock: 'to-the-end' }));
      const pid = await readPid(pidFile);
      await sshd.kill();
      expect(await failure).toMatchObject({ code: 'node.connection_lost' });
      await sshd.up();
      const look = { label: 'look', argv: ['test', '-e', `${pidFile}.done`] };
      const next = executor().run(node, [look], { timeoutMs: 20_000, lock: 'to-the-end' });
      await setTimeout(1000);
      expect(await isRunning(pid)).toBe(true);
      await writeFile(`${pidFile}.stop`, '');
      expect(await next).toMatchObject([{ status: 'ok' }]);
    });
  });

  describe('that sudo refuses', () => {
    const host: Host = node;

    it('since it wants a password', async () => {
      await allow(`${user} ALL=(ALL) ALL`, `Defaults:${user} lecture=always`);
      await expect(hello(executor(), host)).rejects.toMatchObject({
        code: 'node.sudo_refused',
        message: '127.0.0.1: sudo: a password is required',
        details: { nodeId: 'n1', host: '127.0.0.1' },
      });
    });

    it('since it does not know the user', async () => {
      await expect(hello(executor(), host)).rejects.toMatchObject({
        code: 'node.sudo_refused',
        message: expect.stringContaining('sudo: a password is required') as string,
      });
    });

    it('since the rule is for something else', async () => {
      await allow(`${user} ALL=(ALL) NOPASSWD: /usr/bin/id`);
      await expect(hello(executor(), host)).rejects.toMatchObject({ code: 'node.sudo_refused' });
    });

    it('since there is none', async () => {
      await writeFile(join(sshd.folder, '.bashrc'), 'PATH=/no/such\n');
      await expect(hello(executor(), host)).rejects.toMatchObject({
        code: 'node.tool_missing',
        message: expect.stringContaining('sudo is missing: ') as string,
      });
      await rm(join(sshd.folder, '.bashrc'));
    });
  });

  it('may be this host, too', async () => {
    const local = new LocalExecutor({ sudo: true });
    const [result] = await local.run(node, [{ label: 'who', argv: ['id', '-u'] }], { timeoutMs: 10_000 });
    expect(result?.stdout).toBe('0\n');
    await local.close();
  });
});
