import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Command } from '../../../src/executors/executor.ts';
import type { SshExecutor } from '../../../src/executors/ssh/ssh-executor.ts';
import { node, SshFixture } from './ssh-fixture.ts';
import { Sshd } from './sshd.ts';
import { failureOf, isRunning, until } from './until.ts';

/** Prints the number of the shell that is three above: the command's parent is the worker, whose parent is the runner. */
const whoRuns: Command = {
  label: 'who',
  argv: [
    'sh',
    '-c',
    'parent() { cut -d " " -f 4 "/proc/$1/stat"; }; parent "$(parent "$PPID")"; pwd; umask; exec ls /proc/self/fd',
  ],
};
const timeoutMs = 20_000;

describe('a shell on a node', () => {
  let sshd: Sshd;
  let fixture: SshFixture;

  beforeAll(async () => {
    sshd = await Sshd.start();
    fixture = new SshFixture(sshd);
  });
  afterEach(() => fixture.close());
  afterAll(() => sshd.stop());

  const ask = async (executor: SshExecutor): Promise<string> => {
    const [result] = await executor.run(node, [whoRuns], { timeoutMs });
    return result?.stdout ?? '';
  };
  const shellOf = async (executor: SshExecutor): Promise<number> => Number.parseInt(await ask(executor), 10);

  it('runs one batch after the other, each as if it were the first', async () => {
    const executor = fixture.executor();
    const first = await ask(executor);
    for (let count = 0; count < 5; count += 1) expect(await ask(executor)).toBe(first);
    const failing = executor.run(node, [{ label: 'fail', argv: ['false'] }], { timeoutMs, lock: 'op-1' });
    expect(await failureOf(failing)).toMatchObject({ code: 'node.command_failed' });
    expect(await ask(executor)).toBe(first);
  });

  it('gives a batch nothing of what a daemon of an earlier one prints', async () => {
    const executor = fixture.executor();
    const shell = await shellOf(executor);
    const daemon = 'setsid sh -c "sleep 0.7; echo late; echo late >&2" & sleep 0.2';
    await executor.run(node, [{ label: 'daemon', argv: ['sh', '-c', daemon] }], { timeoutMs });
    const own = { label: 'own', argv: ['sh', '-c', 'sleep 1; echo own'] };
    expect(await executor.run(node, [own], { timeoutMs })).toMatchObject([{ stdout: 'own\n', stderr: '' }]);
    expect(await shellOf(executor)).toBe(shell);
  });

  it('is one of as many as were needed at once', async () => {
    const executor = fixture.executor();
    const atOnce = () => Promise.all(Array.from({ length: 12 }, () => shellOf(executor)));
    const shells = new Set(await atOnce());
    expect(shells.size).toBeLessThanOrEqual(4);
    for (const shell of await atOnce()) expect(shells).toContain(shell);
  });

  it('ends with a batch that was called off, and another takes the next', async () => {
    const executor = fixture.executor();
    const shell = await shellOf(executor);
    const controller = new AbortController();
    const long: Command = { label: 'work', argv: ['sleep', '1000'] };
    const running = executor.run(node, [whoRuns, long], {
      timeoutMs,
      signal: controller.signal,
      onResult: () => controller.abort(),
    });
    expect(await failureOf(running)).toMatchObject({ code: 'node.aborted' });
    await until('the shell has ended', async () => !(await isRunning(shell)));
    expect(await shellOf(executor)).not.toBe(shell);
  });

  it('is replaced without a word when somebody on the node has ended it', async () => {
    const executor = fixture.executor();
    const shell = await shellOf(executor);
    process.kill(shell, 'SIGKILL');
    expect(await shellOf(executor)).not.toBe(shell);
  });

  it('takes its batch with it when somebody on the node ends it amid the work', async () => {
    const executor = fixture.executor();
    const shell = await shellOf(executor);
    let worker = 0;
    const noted: Command = { label: 'note', argv: ['sh', '-c', 'echo $PPID'] };
    const failure = await failureOf(
      executor.run(node, [noted, { label: 'work', argv: ['sleep', '1000'] }], {
        timeoutMs,
        onResult: ({ stdout }) => {
          worker = Number(stdout);
          process.kill(shell, 'SIGKILL');
        },
      }),
    );
    expect(failure).toMatchObject({ code: 'node.connection_lost' });
    await until('the worker has ended', async () => !(await isRunning(worker)));
    expect(await shellOf(executor)).not.toBe(shell);
  });

  it('gets no batch while it does not answer, so nothing is done twice or late', async () => {
    const executor = fixture.executor();
    const shell = await shellOf(executor);
    process.kill(shell, 'SIGSTOP');
    try {
      expect(await shellOf(executor)).not.toBe(shell);
    } finally {
      process.kill(shell, 'SIGKILL');
    }
  });

  it('goes with its connection', async () => {
    const executor = fixture.executor();
    const shell = await shellOf(executor);
    executor.forget(node.nodeId);
    await until('the shell has ended', async () => !(await isRunning(shell)));
    const other = await shellOf(executor);
    expect(other).not.toBe(shell);
    await executor.close();
    await until('the other has ended', async () => !(await isRunning(other)));
  });
});
