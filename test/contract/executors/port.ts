import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Command, CommandResult, Executor, Host, RunOptions } from '../../../src/executors/executor.ts';
import { makeFolders, removeEmptyFolder, removeFiles } from '../../../src/storage/filesystem/files.ts';
import { failureOf } from './until.ts';

/** Any executor at all, simulated ones too: only programs that storage nodes are asked for are run. */
export interface PortChoice {
  readonly name: string;
  readonly open: () => Promise<{ readonly executor: Executor; readonly host: Host; close(): Promise<void> }>;
}

const folder = `/var/lib/mortar-port-${process.pid}`;

/** What all executors promise alike (law 6): order, results, guards, expectations, errors. */
export function describePort({ name, open }: PortChoice): void {
  describe(`the executor's port (${name})`, () => {
    let opened: Awaited<ReturnType<PortChoice['open']>>;

    beforeAll(async () => {
      opened = await open();
      await run([makeFolders([folder])]);
    });
    afterAll(async () => {
      await run([
        removeFiles([`${folder}/file`]),
        ...[`${folder}/a/b`, `${folder}/a`, folder].map(removeEmptyFolder),
      ]);
      await opened.close();
    });

    const run = (commands: readonly Command[], options: Partial<RunOptions> = {}): Promise<CommandResult[]> =>
      opened.executor.run(opened.host, commands, { timeoutMs: 30_000, ...options });
    const failure = (commands: readonly Command[], options: Partial<RunOptions> = {}): Promise<unknown> =>
      failureOf(run(commands, options));
    const command = (argv: readonly string[], more: Partial<Command> = {}): Command => ({
      label: argv.join(' '),
      argv,
      ...more,
    });
    const mkdir = (path: string): Command => command(['mkdir', `${folder}/${path}`]);
    const isThere = (path: string): Command =>
      command(['test', '-d', `${folder}/${path}`], { label: `look for ${path}`, optional: true });

    it('runs commands in order and answers with one result each', async () => {
      expect(await run([])).toEqual([]);
      expect(await run([mkdir('a'), mkdir('a/b'), command(['id', '-u'])])).toEqual([
        { label: `mkdir ${folder}/a`, status: 'ok', exitCode: 0, stdout: '', stderr: '' },
        { label: `mkdir ${folder}/a/b`, status: 'ok', exitCode: 0, stdout: '', stderr: '' },
        { label: 'id -u', status: 'ok', exitCode: 0, stdout: '0\n', stderr: '' },
      ]);
    });

    it("stops at the first failure, with the node's words and the results before it", async () => {
      const { address, nodeId } = opened.host;
      const taken = command(['mkdir', `${folder}/a`], { label: 'make it again' });
      expect(await failure([command(['id', '-u']), taken, mkdir('c')])).toMatchObject({
        code: 'node.command_failed',
        message: expect.stringMatching(
          new RegExp(
            `^${address}: make it again: .*mkdir: cannot create directory '${folder}/a': File exists \\(exit code 1\\)$`,
          ),
        ) as string,
        details: { host: address, nodeId, exitCode: 1, results: [{ label: 'id -u', stdout: '0\n' }] },
      });
      expect(await run([isThere('c')])).toMatchObject([{ status: 'failed', exitCode: 1 }]);
    });

    it('goes on after an optional failure, and skips what a guard finds done', async () => {
      const guarded = command(['mkdir', `${folder}/a`], { unless: ['test', '-d', `${folder}/a`] });
      const results = await run([isThere('c'), guarded, command(['id', '-u'])]);
      expect(results.map(({ status }) => status)).toEqual(['failed', 'skipped', 'ok']);
      expect(results[1]).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    });

    it('takes the exit codes and the text that are expected, and no others', async () => {
      const absent = ['test', '-d', `${folder}/c`];
      expect(await run([command(absent, { expect: [1] })])).toMatchObject([{ status: 'ok', exitCode: 1 }]);
      expect(await run([command(['id', '-u'], { expectStdout: '0' })])).toMatchObject([{ status: 'ok' }]);
      const wrong = [
        command(absent, { expect: [2] }),
        command(['id', '-u'], { expect: [1] }),
        command(['id', '-u'], { expectStdout: '1000' }),
      ];
      for (const each of wrong) expect(await failure([each])).toMatchObject({ code: 'node.command_failed' });
    });

    it('gives standard input, and keeps no more output than was asked for', async () => {
      const write = command(['tee', `${folder}/file`], { stdin: 'ü words\n' });
      const read = command(['cat', `${folder}/file`]);
      expect((await run([write, read]))[1]?.stdout).toBe('ü words\n');
      expect(await run([{ ...read, maxOutputBytes: 9 }])).toMatchObject([{ status: 'ok' }]);
      expect(await failure([{ ...read, maxOutputBytes: 8 }])).toMatchObject({
        code: 'node.command_failed',
        message: expect.stringContaining('it printed more than the 8 bytes') as string,
      });
    });

    it('does not find a program that is not there', async () => {
      expect(await failure([command(['no-such-program', 'x'], { label: 'try it' })])).toMatchObject({
        code: 'node.command_failed',
        message: `${opened.host.address}: try it: no-such-program: command not found (exit code 127)`,
      });
    });

    it('tells results as they come, and ends with a listener that throws', async () => {
      const told: string[] = [];
      const results = await run([isThere('c'), command(['id', '-u'])], {
        onResult: ({ label, status }) => void told.push(`${label} ${status}`),
      });
      expect(told).toEqual(results.map(({ label, status }) => `${label} ${status}`));
      const onResult = (): never => {
        throw new Error('enough');
      };
      // A node may be ahead of the listener, so what comes next may have been run.
      expect(await failure([command(['id', '-u']), command(['id', '-u'])], { onResult })).toMatchObject({
        code: 'server.internal',
        cause: { message: 'enough' },
      });
    });

    it('begins nothing that was called off before, or after it was closed', async () => {
      expect(await failure([mkdir('c')], { signal: AbortSignal.abort() })).toMatchObject({
        code: 'node.aborted',
      });
      const closed = await open();
      await closed.close();
      const late = closed.executor.run(closed.host, [mkdir('c')], { timeoutMs: 1000 });
      expect(await failureOf(late)).toMatchObject({ code: 'node.aborted' });
      expect(await run([isThere('c')])).toMatchObject([{ status: 'failed' }]);
    });

    it('lets one batch of a lock after the other', async () => {
      const once = (index: number): Promise<unknown> =>
        run([mkdir(`turn`), command(['rmdir', `${folder}/turn`], { label: String(index) })], {
          lock: 'port',
        });
      await expect(Promise.all([1, 2, 3, 4].map(once))).resolves.toHaveLength(4);
    });
  });
}
