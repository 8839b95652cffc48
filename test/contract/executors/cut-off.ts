import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Command, CommandResult, RunOptions } from '../../../src/executors/executor.ts';
import type { ManagedBatch } from './manager.ts';
import { type Place, readPid } from './place.ts';
import type { Transport, TransportChoice } from './transports.ts';
import { failureOf, until } from './until.ts';

const manager = join(import.meta.dirname, 'manager.ts');

/** What becomes of a batch whose deadline passes, whose caller goes, or whose lock is held: nothing is left of it. */
export function describeCutOffs({ name, open }: TransportChoice): void {
  describe(`a batch that is cut off (${name})`, () => {
    let transport: Transport;
    let place: Place;
    let folder: string;
    let lock: string;
    let managers: ChildProcess[] = [];

    beforeAll(async () => {
      transport = await open();
      ({ place } = transport);
    });
    afterAll(() => transport.close());
    beforeEach(async () => {
      folder = await place.makeFolder();
      lock = `test-${folder.slice(-6)}`;
    });
    afterEach(async () => {
      for (const each of managers) each.kill('SIGKILL');
      managers = [];
      await place.removeFolder(folder);
    });

    const file = (name: string): string => join(folder, name);
    const run = (commands: readonly Command[], options: Partial<RunOptions> = {}): Promise<CommandResult[]> =>
      transport.executor.run(transport.host, commands, { timeoutMs: 30_000, ...options });
    const sh = (script: string, more: Partial<Command> = {}): Command => ({
      label: 'work',
      argv: ['sh', '-c', script, 'sh', folder],
      ...more,
    });
    /** Notes its number, and that of a grandchild, and works for ever. */
    const endless = (): Command => sh('sleep 1000 & echo $! >"$1/grandchild"; echo $$ >"$1/child"; wait');
    const after = (): Command => sh('touch "$1/after"');
    /** Cannot be ended; works until it finds the file `stop`. Closes what it has inherited, as LVM does. */
    const unstoppable = (): Command =>
      sh(
        'exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; echo $$ >"$1/child"; until test -e "$1/stop"; do sleep 0.05; done; touch "$1/done"',
        { label: 'gluster volume create', unstoppable: true },
      );
    const startManager = (command: Command): ChildProcess => {
      const batch: ManagedBatch = { command, lock };
      const child = spawn(process.execPath, ['--import', 'tsx', manager, ...transport.manager], {
        env: { ...process.env, BATCH: JSON.stringify(batch) },
        stdio: 'ignore',
      });
      managers.push(child);
      return child;
    };
    /** What of `endless` has not ended. */
    const running = async (): Promise<string[]> => {
      const names = ['child', 'grandchild'];
      const states = await Promise.all(
        names.map(async (name) => place.isRunning(await readPid(file(name), place))),
      );
      return names.filter((_, index) => states[index]);
    };
    const isLocked = (): Promise<boolean> => place.exists(`/run/mortar/${lock}.lock`);

    describe('by its deadline', () => {
      it('is ended with everything it started', async () => {
        await expect(
          run([sh('echo begun'), endless(), after()], { timeoutMs: 1000, lock }),
        ).rejects.toMatchObject({
          code: 'node.command_timeout',
          message: `${transport.host.address}: work: did not end within the 1 s of its batch and was ended on the node`,
          details: { label: 'work', results: [{ stdout: 'begun\n' }] },
        });
        expect(await running()).toEqual([]);
        expect(await place.exists(file('after'))).toBe(false);
        expect(await isLocked()).toBe(false);
      });

      it('is ended by force when it does not want to', async () => {
        const stubborn = sh(
          `trap '' TERM; sleep 1000 & echo $! >"$1/grandchild"; echo $$ >"$1/child"; wait; wait`,
        );
        await expect(run([stubborn], { timeoutMs: 500 })).rejects.toMatchObject({
          code: 'node.command_timeout',
        });
        expect(await running()).toEqual([]);
      });
    });

    describe('by the caller', () => {
      it('is ended with everything it started, before the caller hears of it', async () => {
        const controller = new AbortController();
        const batch = run([endless(), after()], { signal: controller.signal, lock });
        const failure = failureOf(batch);
        await readPid(file('child'), place);
        controller.abort(new Error('cancelled on request'));
        expect(await failure).toMatchObject({
          code: 'node.aborted',
          message: `${transport.host.address}: work: called off`,
        });
        expect(await running()).toEqual([]);
        expect(await place.exists(file('after'))).toBe(false);
        expect(await isLocked()).toBe(false);
      });

      it('is not even begun when it was called off before', async () => {
        const batch = run([after()], { signal: AbortSignal.abort(new Error('too late')) });
        await expect(batch).rejects.toMatchObject({ code: 'node.aborted' });
        expect(await place.exists(file('after'))).toBe(false);
      });

      it('is called off wherever it stands', async () => {
        const steps = Array.from({ length: 40 }, (_, index) => sh(`echo ${index} >"$1/last"`));
        steps.push(sh('exec sleep 1000'));
        for (let reached = 0; reached < 40; reached += 3) {
          const controller = new AbortController();
          let count = 0;
          const onResult = (): void => {
            count += 1;
            if (count > reached) controller.abort();
          };
          await expect(run(steps, { signal: controller.signal, onResult, lock })).rejects.toMatchObject({
            code: 'node.aborted',
          });
          const last = await place.read(file('last'));
          await run([sh('true')], { lock });
          expect(await place.read(file('last'))).toBe(last);
          expect(await isLocked()).toBe(false);
        }
      });
    });

    it('by the death of the manager is ended with everything it started', async () => {
      const child = startManager(endless());
      await readPid(file('child'), place);
      await readPid(file('grandchild'), place);
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
      await until('everything has ended', async () => (await running()).length === 0);
      await until('the lock is gone', async () => !(await isLocked()));
      expect(await place.exists(file('after'))).toBe(false);
    });

    it('by somebody on the node says so, and runs nothing more', async () => {
      const killWorker = sh(
        'sleep 1000 & echo $! >"$1/grandchild"; echo $$ >"$1/child"; kill -KILL $PPID; wait',
      );
      await expect(run([sh('echo begun'), killWorker, after()], { lock })).rejects.toMatchObject({
        code: 'node.connection_lost',
        message: expect.stringContaining('something on the node killed the batch') as string,
        details: { results: [{ stdout: 'begun\n' }] },
      });
      expect(await running()).toEqual([]);
      expect(await isLocked()).toBe(false);

      const killMain = sh('kill -KILL $(cut -d " " -f 4 /proc/$PPID/stat); echo $$ >"$1/child"; sleep 0.2');
      await expect(run([killMain, after()], { lock })).rejects.toMatchObject({
        code: 'node.connection_lost',
        message: expect.stringMatching(/the batch ended without a report \(signal (SIG)?KILL\)$/) as string,
      });
      // The lock is held until what was running has ended.
      await run([sh('true')], { lock });
      expect(await place.isRunning(await readPid(file('child'), place))).toBe(false);
      expect(await place.exists(file('after'))).toBe(false);
    });

    it('leaves nothing running when it ends by itself', async () => {
      await run([sh('sleep 1000 & echo $! >"$1/grandchild"; echo $$ >"$1/child"')], { lock });
      expect(await running()).toEqual([]);
      expect(await isLocked()).toBe(false);
    });

    it('lets daemons live that its commands have started', async () => {
      // Like every daemon, it is on its own before the command that started it ends.
      const daemon = `setsid sh -c 'echo $$ >"$1/child"; exec sleep 1000' sh "$1" </dev/null >/dev/null 2>&1`;
      await run([sh(`${daemon} & until test -s "$1/child"; do sleep 0.02; done`)], { lock });
      const pid = await readPid(file('child'), place);
      expect(await place.isRunning(pid)).toBe(true);
      // It does not hold the lock either.
      await run([after()], { lock });
      await place.kill(pid);
    });

    describe('its lock', () => {
      it('keeps other batches of the operation out', async () => {
        const alone = sh('mkdir "$1/inside" && sleep 0.02 && rmdir "$1/inside"');
        const outcomes = await Promise.allSettled(
          Array.from({ length: 12 }, () => run([alone, alone], { lock })),
        );
        expect(outcomes.map(({ status }) => status)).not.toContain('rejected');
        expect(await isLocked()).toBe(false);
      });

      it('does not keep out the batches of others', async () => {
        const waiting = run([sh('until test -e "$1/stop"; do sleep 0.05; done')], { lock });
        await run([sh('touch "$1/stop"')], { lock: `${lock}-other` });
        expect(await waiting).toHaveLength(1);
      });

      it('is waited for until the deadline, and the error says so', async () => {
        const holding = run([sh('echo $$ >"$1/child"; until test -e "$1/stop"; do sleep 0.05; done')], {
          lock,
        });
        await readPid(file('child'), place);
        await expect(run([after()], { lock, timeoutMs: 500 })).rejects.toMatchObject({
          code: 'node.command_timeout',
          message: `${transport.host.address}: an earlier batch of the operation is still running and holds the lock ${lock}; waited 0.5 s`,
        });
        const controller = new AbortController();
        const called = failureOf(run([after()], { lock, signal: controller.signal }));
        controller.abort();
        expect(await called).toMatchObject({
          code: 'node.aborted',
        });
        expect(await place.exists(file('after'))).toBe(false);
        expect(await isLocked()).toBe(true);
        await place.write(file('stop'), '');
        await holding;
        expect(await isLocked()).toBe(false);
      });

      it('is free again after a failure', async () => {
        await expect(run([sh('exit 1')], { lock })).rejects.toMatchObject({ code: 'node.command_failed' });
        expect(await isLocked()).toBe(false);
      });
    });

    describe('with an unstoppable command', () => {
      it('leaves it running with the lock, so that the next batch waits for its end', async () => {
        const controller = new AbortController();
        const batch = run([unstoppable(), after()], { lock, signal: controller.signal });
        const failure = failureOf(batch);
        const pid = await readPid(file('child'), place);
        controller.abort();
        expect(await failure).toMatchObject({ code: 'node.aborted' });
        expect(await place.isRunning(pid)).toBe(true);

        await expect(run([after()], { lock, timeoutMs: 300 })).rejects.toMatchObject({
          code: 'node.command_timeout',
          message: expect.stringContaining('an earlier batch of the operation is still running') as string,
        });
        const next = run([sh('test -e "$1/done"')], { lock });
        await place.write(file('stop'), '');
        expect(await next).toMatchObject([{ status: 'ok' }]);
        expect(await place.exists(file('after'))).toBe(false);
        expect(await isLocked()).toBe(false);
      });

      it('says that it goes on when the deadline passes', async () => {
        await expect(run([unstoppable()], { lock, timeoutMs: 500 })).rejects.toMatchObject({
          code: 'node.command_timeout',
          message: expect.stringContaining(
            'gluster volume create: did not end within the 0.5 s of its batch and goes on',
          ) as string,
        });
        expect(await place.isRunning(await readPid(file('child'), place))).toBe(true);
        await place.write(file('stop'), '');
        await run([sh('test -e "$1/done"')], { lock });
      });

      it('lets it outlive the manager, and the next manager waits for its end', async () => {
        const child = startManager(unstoppable());
        const pid = await readPid(file('child'), place);
        const exit = once(child, 'exit');
        child.kill('SIGKILL');
        await exit;
        const next = run([sh('test -e "$1/done"')], { lock });
        await expect(run([after()], { lock, timeoutMs: 500 })).rejects.toMatchObject({
          code: 'node.command_timeout',
        });
        expect(await place.isRunning(pid)).toBe(true);
        await place.write(file('stop'), '');
        expect(await next).toMatchObject([{ status: 'ok' }]);
      });

      it('ends like any other when nobody cuts it off', async () => {
        await place.write(file('stop'), '');
        const more = { label: 'work', unstoppable: true, optional: true };
        const results = await run(
          [
            unstoppable(),
            sh('echo words >&2; exit 3', more),
            { ...more, argv: ['cat'], stdin: 'a\0b\n' },
            { ...more, argv: ['printf', '%s', 'built in, too'] },
            { ...more, argv: ['no-such-program'] },
            sh('kill -KILL $$', more),
          ],
          { lock },
        );
        expect(results).toMatchObject([
          { exitCode: 0 },
          { exitCode: 3, stderr: 'words\n' },
          { exitCode: 0, stdout: 'a\0b\n' },
          { exitCode: 0, stdout: 'built in, too' },
          { exitCode: 127, stderr: 'no-such-program: command not found\n' },
          { exitCode: 137, stdout: '', stderr: '' },
        ]);
        expect(await isLocked()).toBe(false);
      });
    });

    it('by the closing of the executor is ended, and nothing is begun afterwards', async () => {
      const closing = await open();
      const batch = closing.executor.run(closing.host, [endless()], { timeoutMs: 30_000 });
      const failure = failureOf(batch);
      await readPid(file('child'), place);
      await closing.close();
      expect(await failure).toMatchObject({ code: 'node.aborted' });
      expect(await running()).toEqual([]);
      await expect(closing.executor.run(closing.host, [after()], { timeoutMs: 1000 })).rejects.toMatchObject({
        code: 'node.aborted',
      });
    });
  });
}
