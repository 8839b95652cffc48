import { describe, expect, it } from 'vitest';
import type { CommandResult } from '../../../../src/executors/executor.ts';
import { createSimulatedExecutor } from '../../../../src/executors/simulated/simulated-executor.ts';
import { command, failureOf, hostOf, newBench, settled } from './support.ts';

const host = 'n1';
const mkdir = (path: string) => command(['mkdir', path]);
const isThere = (path: string) => command(['test', '-d', path], { optional: true });

describe('a batch on a simulated node', () => {
  it('runs its commands in order and answers with one result each', async () => {
    const { run } = newBench();
    expect(await run(host, [mkdir('/a'), mkdir('/a/b'), command(['cat', '/etc/fstab'])])).toEqual([
      { label: 'mkdir /a', status: 'ok', exitCode: 0, stdout: '', stderr: '' },
      { label: 'mkdir /a/b', status: 'ok', exitCode: 0, stdout: '', stderr: '' },
      expect.objectContaining({ stdout: '/dev/root / ext4 defaults 0 1\n' }),
    ]);
  });

  it('answers nothing for no commands', async () => {
    expect(await newBench().run(host, [])).toEqual([]);
  });

  it("stops at the first failure, with the node's words and the results before it", async () => {
    const { run, failure } = newBench();
    expect(await failure(host, [mkdir('/a'), mkdir('/a'), mkdir('/b')])).toMatchObject({
      code: 'node.command_failed',
      message: "n1: mkdir /a: mkdir: cannot create directory '/a': File exists (exit code 1)",
      details: { host, label: 'mkdir /a', exitCode: 1, results: [{ label: 'mkdir /a', status: 'ok' }] },
    });
    expect(await run(host, [isThere('/b')])).toMatchObject([{ status: 'failed' }]);
  });

  it('goes on after an optional failure', async () => {
    const results = await newBench().run(host, [
      command(['cat', '/nothing'], { optional: true }),
      mkdir('/a'),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['failed', 'ok']);
  });

  it('skips what is there already, without an answer', async () => {
    const guarded = command(['mkdir', '/a'], { unless: ['test', '-d', '/a'] });
    const results = await newBench().run(host, [guarded, guarded]);
    expect(results[0]?.status).toBe('ok');
    expect(results[1]).toEqual({ label: 'mkdir /a', status: 'skipped', exitCode: 0, stdout: '', stderr: '' });
  });

  it('takes the exit codes that are expected, and no others', async () => {
    const { run, failure } = newBench();
    const guard = ['test', '-d', '/a'];
    expect(await run(host, [command(guard, { expect: [1] })])).toMatchObject([{ status: 'ok', exitCode: 1 }]);
    expect((await failure(host, [command(['id', '-u'], { expect: [1] })])).details).toMatchObject({
      exitCode: 0,
    });
  });

  it('wants the text that is expected on stdout', async () => {
    const { run, failure } = newBench();
    await run(host, [command(['id', '-u'], { expectStdout: '0' })]);
    expect((await failure(host, [command(['id', '-u'], { expectStdout: '1000' })])).code).toBe(
      'node.command_failed',
    );
  });

  it('gives standard input', async () => {
    const write = command(['install', '-D', '-m', '0600', '/dev/stdin', '/x/y'], { stdin: 'words\n' });
    const results = await newBench().run(host, [write, command(['cat', '/x/y'])]);
    expect(results[1]?.stdout).toBe('words\n');
  });

  it('refuses more output than is kept', async () => {
    const { run, failure } = newBench();
    const cat = command(['cat', '/etc/fstab']);
    await run(host, [{ ...cat, maxOutputBytes: 30 }]);
    expect(await failure(host, [{ ...cat, maxOutputBytes: 29 }])).toMatchObject({
      code: 'node.command_failed',
      details: { exitCode: 143, stderr: 'it printed more than the 29 bytes that are kept of one stream' },
    });
  });

  it('tells each result as it comes', async () => {
    const told: CommandResult[] = [];
    const { failure } = newBench();
    await failure(host, [mkdir('/a'), command(['cat', '/nothing'])], {
      onResult: (result) => told.push(result),
    });
    expect(told.map(({ label }) => label)).toEqual(['mkdir /a']);
  });

  it('ends when nobody wants to hear of it any more', async () => {
    const { run, failure } = newBench();
    const tired = (): void => {
      throw new Error('enough');
    };
    expect(await failure(host, [mkdir('/a'), mkdir('/b')], { onResult: tired })).toMatchObject({
      code: 'server.internal',
    });
    expect(await run(host, [isThere('/b')])).toMatchObject([{ status: 'failed' }]);
  });

  it('does not know programs that are not simulated, nor uses of those that are', async () => {
    const { failure } = newBench();
    expect((await failure(host, [command(['fdisk', '-l'])])).details).toMatchObject({
      exitCode: 127,
      stderr: 'fdisk: command not found\n',
    });
    expect((await failure(host, [command(['/opt/bin/lvm', 'pvs'])])).details).toMatchObject({
      exitCode: 127,
    });
    expect((await failure(host, [command(['lvm', 'lvreduce', 'a/b'])])).details).toMatchObject({
      exitCode: 127,
      stderr: 'lvm: not simulated: lvm lvreduce\n',
    });
    expect((await failure(host, [command(['mkdir', '--mode', '7', '/a'])])).details).toMatchObject({
      exitCode: 127,
      stderr: 'mkdir: not simulated: the option --mode\n',
    });
  });
});

describe('a batch that is cut off', () => {
  const slow = { setUp: () => newBench({ description: { latency: [{ perCommandMs: 1000 }] } }) };

  it('by its deadline rejects at once and does nothing more', async () => {
    const { run, failure, clock } = slow.setUp();
    const late = failure(host, [mkdir('/a'), mkdir('/b'), mkdir('/c')], { timeoutMs: 1500 });
    await clock.pass(5000);
    expect(await late).toMatchObject({
      code: 'node.command_timeout',
      message: 'n1: mkdir /b: did not end within the 1.5 s of its batch and was ended on the node',
      details: { label: 'mkdir /b', results: [{ label: 'mkdir /a' }] },
    });
    const looks = run(host, ['/a', '/b', '/c'].map(isThere));
    await clock.pass(5000);
    expect((await looks).map(({ status }) => status)).toEqual(['ok', 'failed', 'failed']);
  });

  it('by its signal rejects with the reason as cause', async () => {
    const { failure, clock } = slow.setUp();
    const controller = new AbortController();
    const reason = new Error('called off');
    const called = failure(host, [mkdir('/a')], { signal: controller.signal });
    await settled();
    controller.abort(reason);
    expect(await called).toMatchObject({
      code: 'node.aborted',
      message: 'n1: mkdir /a: called off',
      cause: reason,
    });
    await clock.pass(5000);
  });

  it('before it begins runs nothing', async () => {
    const { run, failure, clock } = slow.setUp();
    expect((await failure(host, [mkdir('/a')], { signal: AbortSignal.abort() })).code).toBe('node.aborted');
    const look = run(host, [isThere('/a')]);
    await clock.pass(5000);
    expect(await look).toMatchObject([{ status: 'failed' }]);
  });

  it('lets an unstoppable command end, which holds the lock until then', async () => {
    const { run, failure, clock } = slow.setUp();
    const controller = new AbortController();
    const unstoppable = command(['mkdir', '/a'], { unstoppable: true });
    const called = failure(host, [unstoppable, mkdir('/b')], { signal: controller.signal, lock: 'op-1' });
    await settled();
    controller.abort();
    expect((await called).code).toBe('node.aborted');
    const next = run(host, ['/a', '/b'].map(isThere), { lock: 'op-1' });
    await clock.pass(10_000);
    expect((await next).map(({ status }) => status)).toEqual(['ok', 'failed']);
  });

  it('dies with its node, also what is unstoppable', async () => {
    const { simulation, failure, clock } = slow.setUp();
    const controller = new AbortController();
    const called = failure(host, [command(['mkdir', '/a'], { unstoppable: true })], {
      signal: controller.signal,
    });
    await settled();
    controller.abort();
    expect((await called).code).toBe('node.aborted');
    simulation.powerOff(host);
    simulation.powerOn(host);
    await clock.pass(5000);
    expect(simulation.act(host, ['test', '-d', '/a']).exitCode).toBe(1);
  });

  it('says that an unstoppable command goes on when the deadline is over', async () => {
    const { failure, clock } = slow.setUp();
    const late = failure(host, [command(['mkdir', '/a'], { unstoppable: true })], { timeoutMs: 500 });
    await clock.pass(5000);
    expect((await late).message).toContain(
      'goes on on the node, because ending it would not end what it has begun',
    );
  });

  it('while it waits for a lock says who holds it', async () => {
    const { run, failure, clock } = slow.setUp();
    const first = run(host, [mkdir('/a')], { lock: 'op-1' });
    const other = run(host, [mkdir('/other')], { lock: 'op-2' });
    const late = failure(host, [mkdir('/b')], { lock: 'op-1', timeoutMs: 100 });
    await clock.pass(5000);
    expect(await late).toMatchObject({
      code: 'node.command_timeout',
      message: 'n1: an earlier batch of the operation is still running and holds the lock op-1; waited 0.1 s',
    });
    await Promise.all([first, other]);
  });

  it('with its executor is called off, and the world stays for the next executor', async () => {
    const { simulation, executor, clock } = slow.setUp();
    const run = (using: typeof executor, path: string) =>
      using.run(hostOf(host), [command(['mkdir', path], { unstoppable: true })], { timeoutMs: 60_000 });
    const called = failureOf(run(executor, '/a'));
    await settled();
    await executor.close();
    expect((await called).code).toBe('node.aborted');
    expect((await failureOf(run(executor, '/b'))).code).toBe('node.aborted');
    const successor = createSimulatedExecutor({ simulation });
    await clock.pass(1000);
    expect(simulation.act(host, ['test', '-d', '/a']).exitCode).toBe(0);
    const made = run(successor, '/c');
    await clock.pass(1000);
    expect(await made).toHaveLength(1);
  });
});
