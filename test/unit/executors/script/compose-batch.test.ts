import { describe, expect, it } from 'vitest';
import type { Command } from '../../../../src/executors/executor.ts';
import { type BatchForm, composeBatch } from '../../../../src/executors/script/compose-batch.ts';

const command: Command = { label: 'list', argv: ['ls', '-l', "it's"] };
const compose = (commands: readonly Command[], form: Partial<BatchForm> = {}): string =>
  composeBatch(commands, { nonce: 'abc', timeoutMs: 1500, ...form });

describe('a batch for the runner', () => {
  it('holds its settings and the commands', () => {
    const [head, tail] = compose([command], { lock: 'op-1' }).split('batch() {');
    expect(head).toBe('nonce=abc\ndeadline=150\nsilence=6000\nceiling=4194304\nlock=op-1\n');
    expect(tail).toBe('\nfresh\nlimit=4194304\nstep 0 ls -l "it\'s" || return\n}\nmain\n');
  });

  it('says of a command what is not usual', () => {
    const special: Command = {
      label: 'special',
      argv: ['gluster', 'volume', 'list'],
      stdin: 'y\n%',
      expect: [0, 5],
      expectStdout: '<opRet>0</opRet>',
      unless: ['test', '-e', '/x y'],
      optional: true,
      unstoppable: true,
      maxOutputBytes: 100,
    };
    const [, tail = ''] = compose([special, { ...command, maxOutputBytes: 50 }]).split('batch() {\n');
    expect(tail.split('\n').slice(0, 9)).toEqual([
      'fresh',
      "unless=(test -e '/x y')",
      "expect=' 0 5 '",
      String.raw`want=\<opRet\>0\</opRet\>`,
      "input='y",
      "%%' has_input=1",
      'optional=1',
      'unstoppable=1',
      'limit=100',
    ]);
    expect(compose([special, { ...command, maxOutputBytes: 50 }])).toContain('\nceiling=100\n');
  });

  it('gives the deadline at least the time asked for', () => {
    expect(compose([command], { timeoutMs: 1 })).toContain('\ndeadline=1\n');
    expect(compose([command], { timeoutMs: 1001 })).toContain('\ndeadline=101\n');
  });

  it.each<[string, Partial<Command>, Partial<BatchForm>]>([
    ['no program', { argv: [] }, {}],
    ['an empty guard', { unless: [] }, {}],
    ['a limit that is no number', { maxOutputBytes: Number.NaN }, {}],
    ['exit codes that are no numbers', { expect: [0.5] }, {}],
    ['a lock with a path', {}, { lock: '../x' }],
    ['an empty lock', {}, { lock: '' }],
    ['no time', {}, { timeoutMs: 0 }],
    ['endless time', {}, { timeoutMs: Number.POSITIVE_INFINITY }],
    ['a strange nonce', {}, { nonce: '$(id)' }],
  ])('with %s is a fault of the caller', (_, wrong, form) => {
    expect(() => compose([{ ...command, ...wrong }], form)).toThrow(
      expect.objectContaining({ code: 'server.internal' }),
    );
  });

  it('with an argument that cannot be passed on is refused', () => {
    for (const wrong of [{ argv: ['a', '\0'] }, { unless: ['\0'] }, { expectStdout: '\0' }]) {
      expect(() => compose([{ ...command, ...wrong }])).toThrow(
        expect.objectContaining({ code: 'request.invalid' }),
      );
    }
    expect(compose([{ ...command, stdin: 'a\0b' }])).toContain(String.raw`input='a\000b'`);
  });
});
