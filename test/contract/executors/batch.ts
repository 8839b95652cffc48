import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Command, CommandResult, RunOptions } from '../../../src/executors/executor.ts';
import { type Place, readPid } from './place.ts';
import type { Transport, TransportChoice } from './transports.ts';
import { until } from './until.ts';

/** What every way to a real machine promises of a batch: framing, quoting, streams, success and failure. */
export function describeBatches({ name, open }: TransportChoice): void {
  describe(`a batch of commands (${name})`, () => {
    let transport: Transport;
    let place: Place;
    let folder: string;

    beforeAll(async () => {
      transport = await open();
      ({ place } = transport);
      folder = await place.makeFolder();
    });
    afterAll(async () => {
      await place.removeFolder(folder);
      await transport.close();
    });

    const run = (commands: readonly Command[], options: Partial<RunOptions> = {}): Promise<CommandResult[]> =>
      transport.executor.run(transport.host, commands, { timeoutMs: 30_000, ...options });
    const command = (argv: readonly string[], more: Partial<Command> = {}): Command => ({
      label: argv.join(' ').slice(0, 40),
      argv,
      ...more,
    });
    const sh = (script: string, more: Partial<Command> = {}): Command => command(['sh', '-c', script], more);
    const only = async (one: Command): Promise<CommandResult> => {
      const [result] = await run([one]);
      if (result === undefined) throw new Error('no result');
      return result;
    };

    it('runs the commands in order and answers with one result each', async () => {
      const results = await run([command(['echo', 'one'], { label: 'first' }), command(['echo', 'two'])]);
      expect(results).toEqual([
        { label: 'first', status: 'ok', exitCode: 0, stdout: 'one\n', stderr: '' },
        { label: 'echo two', status: 'ok', exitCode: 0, stdout: 'two\n', stderr: '' },
      ]);
    });

    it('answers an empty batch with nothing', async () => {
      expect(await run([])).toEqual([]);
    });

    it('keeps stdout and stderr apart', async () => {
      const result = await only(sh('echo out; echo err >&2; echo out; echo err >&2'));
      expect(result).toMatchObject({ stdout: 'out\nout\n', stderr: 'err\nerr\n' });
    });

    it('gives commands the C locale, the paths of root, umask 022 and / to work in', async () => {
      const result = await only(sh('echo $LC_ALL; echo $PATH; umask; pwd'));
      expect(result.stdout).toBe(
        'C\n/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n0022\n/\n',
      );
    });

    describe('arguments', () => {
      const echoed = async (values: readonly string[]): Promise<string[]> => {
        const { stdout } = await only(command(['printf', '%s\\0', 'first', ...values]));
        return stdout.split('\0').slice(1, -1);
      };

      it('arrive as they are, however hostile', async () => {
        const values = [
          [
            '',
            ' ',
            '-rf',
            '--',
            '~',
            '*',
            '$HOME',
            '$(id)',
            '`id`',
            '; id',
            '& id',
            '| id',
            '> /x',
            '!!',
            '\\',
          ],
          ["it's", '"quoted"', 'a\nb', '\n', '\t\r\v\f', 'C:\\path', '{a,b}', '[a-z]', '#no', 'a=b', '%s%n'],
          ['ü 漢 🙂', '\u0001', '\u007f', '\u001b[31m', '\u0085', '\u00a0', '\u2028', "!'", '\'!"$x'],
        ].flat();
        expect(await echoed(values)).toEqual(values);
      });

      it('arrive with every character from 1 to 255', async () => {
        const every = String.fromCharCode(...Array.from({ length: 255 }, (_, index) => index + 1));
        expect(await echoed([every, ...every.split('')])).toEqual([every, ...every.split('')]);
      });

      it('arrive as they are, whatever they are', async () => {
        const argument = fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => !text.includes('\0'));
        await fc.assert(
          fc.asyncProperty(fc.array(argument, { minLength: 1, maxLength: 60 }), async (values) => {
            expect(await echoed(values)).toEqual(values);
          }),
          { numRuns: 30 },
        );
      });

      it('are refused before anything is run when no program can have them', async () => {
        const mark = join(folder, 'mark');
        await expect(run([command(['touch', mark]), command(['echo', 'a\0b'])])).rejects.toMatchObject({
          code: 'request.invalid',
          message: expect.stringContaining('NUL') as string,
        });
        await expect(run([command(['echo', '\ud800'])])).rejects.toMatchObject({ code: 'request.invalid' });
        expect(await place.exists(mark)).toBe(false);
      });

      it('never stand in a command line of the runner', async () => {
        const value = 'needle-in-the-haystack';
        const { stdout } = await only(
          sh('for each in /proc/[0-9]*/cmdline; do tr "\\0" " " <"$each"; echo; done 2>/dev/null', {
            stdin: value,
            expectStdout: '',
          }),
        );
        expect(stdout).toContain('mortar');
        expect(stdout).not.toContain(value);
      });
    });

    describe('programs', () => {
      it('are found by name in sbin too, and by path', async () => {
        expect((await only(command(['/usr/sbin/ldconfig', '--version']))).stdout).toContain('ldconfig');
        expect((await only(command(['ldconfig', '--version']))).stdout).toContain('ldconfig');
      });

      it('are never the builtins of a shell', async () => {
        const { stdout } = await only(command(['echo', '--version']));
        expect(stdout).toContain('coreutils');
        const results = await run(
          ['exit', 'eval', 'return', 'exec', 'trap', 'step', 'cut ', '.', '@', '*', ''].map((name) =>
            command([name, '0'], { optional: true }),
          ),
        );
        expect(results.map(({ exitCode }) => exitCode)).not.toContain(0);
      });

      it.each(['no-such-program', '/no/such/program'])(
        'that are missing end with 127 and their name: %s',
        async (name) => {
          await expect(run([command([name, 'x'], { label: 'try it' })])).rejects.toMatchObject({
            code: 'node.command_failed',
            message: `${transport.host.address}: try it: ${name}: command not found (exit code 127)`,
          });
        },
      );

      it('that cannot be executed end with 126', async () => {
        const result = await only(command(['/etc/passwd'], { expect: [126] }));
        expect(result.stderr).toContain('/etc/passwd');
      });
    });

    describe('standard input', () => {
      it('is empty without a text', async () => {
        expect((await only(command(['cat']))).stdout).toBe('');
      });

      it('is the text, byte by byte', async () => {
        const text = `-n %s %% \\n \\\\ \\0101 'a' "b" $HOME \`id\` \u0000\u0000001\u0001\u007f ü🙂\n\n`;
        const results = await run([
          command(['cat'], { stdin: text }),
          command(['cat'], { stdin: '' }),
          command(['cat'], { stdin: 'short' }),
          command(['cat']),
        ]);
        expect(results.map(({ stdout }) => stdout)).toEqual([text, '', 'short', '']);
      });

      it('may be long and need not be read', async () => {
        const text = 'line of text\n'.repeat(100_000);
        const results = await run([command(['cat'], { stdin: text }), command(['true'], { stdin: text })]);
        expect(results[0]?.stdout).toBe(text);
      });
    });

    describe('output', () => {
      it('may look like the frames it is sent in', async () => {
        const text = 'ffff hello\nffff out 3\nabcffff ran 0 ok 0\nffff end done\n';
        const results = await run([command(['printf', '%s', text]), command(['echo', 'next'])]);
        expect(results.map(({ stdout }) => stdout)).toEqual([text, 'next\n']);
      });

      it('may hold NUL bytes anywhere, and no line break at its end', async () => {
        const results = await run([
          command(['printf', 'a\\0b\\0']),
          command(['printf', '\\0']),
          sh('head -c 70000 /dev/zero; printf x; printf "e\\0" >&2'),
          command(['printf', 'x']),
        ]);
        expect(results.map(({ stdout }) => stdout)).toEqual(['a\0b\0', '\0', `${'\0'.repeat(70_000)}x`, 'x']);
        expect(results[2]?.stderr).toBe('e\0');
      });

      it('keeps characters whole that lie across the pieces it is sent in', async () => {
        const { stdout } = await only(
          sh('i=0; while [ $i -lt 3000 ]; do printf "a漢漢漢漢漢漢漢漢漢漢漢漢漢"; i=$((i+1)); done'),
        );
        expect(stdout).toBe('a漢漢漢漢漢漢漢漢漢漢漢漢漢'.repeat(3000));
      });

      it('may be as long as allowed on each stream', async () => {
        const size = 4 * 1024 * 1024;
        const { stdout, stderr } = await only(sh(`yes | head -c ${size}; yes | head -c ${size} >&2`));
        expect([stdout.length, stderr.length]).toEqual([size, size]);
      });

      it.each(['', ' >&2'])('that is longer is a failure that says so (%s)', async (where) => {
        const mark = join(folder, 'after-flood');
        const flood = sh(`head -c 1001 /dev/zero | tr "\\0" x${where}`, {
          label: 'flood',
          maxOutputBytes: 1000,
        });
        await expect(run([command(['true']), flood, command(['touch', mark])])).rejects.toMatchObject({
          code: 'node.command_failed',
          message: expect.stringMatching(/flood: it printed more than the 1000 bytes/) as string,
          details: { label: 'flood', results: [{ label: 'true' }] },
        });
        expect(await place.exists(mark)).toBe(false);
        expect((await only({ ...flood, maxOutputBytes: 1001 })).exitCode).toBe(0);
      });

      it('without end ends the command', async () => {
        const pidFile = join(folder, 'flood');
        const flood = sh(`echo $$ >${pidFile}; exec yes`, { label: 'endless' });
        await expect(run([flood])).rejects.toMatchObject({ code: 'node.command_failed' });
        expect(await place.isRunning(await readPid(pidFile, place))).toBe(false);
      });
    });

    describe('success and failure', () => {
      it('stops at the first failure and tells what ran', async () => {
        const mark = join(folder, 'not-reached');
        const failing = sh('echo partly; echo "disk is gone" >&2; exit 5', { label: 'make the pool' });
        await expect(run([command(['echo', 'a']), failing, command(['touch', mark])])).rejects.toMatchObject({
          code: 'node.command_failed',
          message: `${transport.host.address}: make the pool: disk is gone (exit code 5)`,
          details: {
            host: transport.host.address,
            nodeId: 'n1',
            label: 'make the pool',
            exitCode: 5,
            stdout: 'partly\n',
            stderr: 'disk is gone\n',
            results: [{ label: 'echo a', stdout: 'a\n' }],
          },
        });
        expect(await place.exists(mark)).toBe(false);
      });

      it('counts the expected exit codes as success, and only those', async () => {
        expect(await only(sh('exit 5', { expect: [0, 5] }))).toMatchObject({ status: 'ok', exitCode: 5 });
        await expect(run([command(['true'], { expect: [1] })])).rejects.toMatchObject({
          details: { exitCode: 0 },
        });
        await expect(run([sh('exit 5', { expect: [15, 55] })])).rejects.toMatchObject({
          code: 'node.command_failed',
        });
      });

      it('demands the text on stdout that was asked for', async () => {
        const text = '<opRet>0</opRet>\n[*?] $x';
        expect(await only(command(['echo', `a ${text} b`], { expectStdout: text }))).toMatchObject({
          status: 'ok',
        });
        expect(await only(sh('yes | head -c 300000; echo end', { expectStdout: 'end' }))).toMatchObject({
          status: 'ok',
        });
        for (const printed of ['<opRet>0</opRet>\nxx $x', '']) {
          const missing = command(['echo', printed], { expectStdout: text, label: 'create' });
          await expect(run([missing])).rejects.toMatchObject({ details: { label: 'create', exitCode: 0 } });
        }
      });

      it('records the failure of an optional command and goes on', async () => {
        const results = await run([sh('echo no >&2; exit 3', { optional: true }), command(['echo', 'next'])]);
        expect(results).toMatchObject([
          { status: 'failed', exitCode: 3, stderr: 'no\n' },
          { status: 'ok', stdout: 'next\n' },
        ]);
      });

      it('tells a signal as 128 and its number', async () => {
        const results = await run(
          ['KILL', 'TERM', 'SEGV'].map((name) => sh(`kill -${name} $$`, { optional: true })),
        );
        expect(results.map(({ exitCode }) => exitCode)).toEqual([137, 143, 139]);
        expect(results.map(({ stderr }) => stderr)).toEqual(['', '', '']);
      });

      it('skips what exists already', async () => {
        const file = join(folder, 'exists');
        await place.write(file, '');
        const results = await run([
          command(['touch', `${file}.1`], { unless: ['test', '-e', file] }),
          command(['touch', `${file}.2`], { unless: ['test', '-e', `${file}.none`] }),
          command(['touch', `${file}.3`], { unless: ['sh', '-c', 'echo noise; echo noise >&2; exit 0'] }),
          command(['touch', `${file}.4`], { unless: ['no-such-program'] }),
        ]);
        expect(results.map(({ status }) => status)).toEqual(['skipped', 'ok', 'skipped', 'ok']);
        expect(results[2]).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
        expect(await Promise.all([1, 2, 3, 4].map((at) => place.exists(`${file}.${at}`)))).toEqual([
          false,
          true,
          false,
          true,
        ]);
      });

      it('looks at a guard when it is its turn', async () => {
        const file = join(folder, 'made');
        const results = await run([
          command(['touch', file]),
          command(['touch', `${file}.again`], { unless: ['test', '-e', file] }),
        ]);
        expect(results.map(({ status }) => status)).toEqual(['ok', 'skipped']);
      });
    });

    describe('progress', () => {
      it('is told as each command ends, in order', async () => {
        const file = join(folder, 'go-on');
        const told: string[] = [];
        const results = await run(
          [
            command(['echo'], { label: 'a' }),
            sh(`until test -e ${file}; do sleep 0.05; done`, { label: 'b' }),
            sh('exit 1', { label: 'c', optional: true }),
            command(['echo'], { label: 'd', unless: ['true'] }),
          ],
          {
            onResult: ({ label, status }) => {
              told.push(`${label} ${status}`);
              // The second command ends only because the end of the first was told before.
              if (label === 'a') void place.write(file, '');
            },
          },
        );
        expect(told).toEqual(['a ok', 'b ok', 'c failed', 'd skipped']);
        expect(results).toHaveLength(4);
      });

      it('ends the batch when the listener throws', async () => {
        const onResult = (): never => {
          throw new Error('listener is broken');
        };
        const batch = run([command(['true']), command(['sleep', '1000'])], { onResult });
        await expect(batch).rejects.toMatchObject({
          code: 'server.internal',
          cause: { message: 'listener is broken' },
        });
      });
    });

    it('runs 50 batches at once', async () => {
      const numbers = Array.from({ length: 50 }, (_, index) => String(index));
      const results = await Promise.all(numbers.map((number) => only(command(['echo', '-n', number]))));
      expect(results.map(({ stdout }) => stdout)).toEqual(numbers);
    });

    it('leaves no process and no file', async () => {
      const { stdout } = await only(sh('echo $PPID; cut -d " " -f 4 /proc/$PPID/stat'));
      const [worker, main] = stdout.split('\n').map(Number);
      // Files of other tests' batches may be there for a moment.
      const isSpool = (name: string): boolean => name.startsWith('mortar.');
      await until('no file is left', async () => !(await place.list('/run')).some(isSpool));
      expect(await place.isRunning(worker ?? 0)).toBe(false);
      await until('the runner is gone', async () => !(await place.isRunning(main ?? 0)));
    });
  });
}
