import { describe, expect, it } from 'vitest';
import type { Command } from '../../../../src/executors/executor.ts';
import { BatchReport } from '../../../../src/executors/script/batch-report.ts';
import { type BatchOrder, closedError, endError } from '../../../../src/executors/script/batch-verdict.ts';
import type { EndReason } from '../../../../src/executors/script/frame-parser.ts';

const commands: Command[] = [
  { label: 'make it', argv: ['x'], maxOutputBytes: 10 },
  { label: 'gluster', argv: ['y'], unstoppable: true },
];
const order = (more: Partial<BatchOrder> = {}): BatchOrder => ({
  host: { nodeId: 'n1', address: 'node1' },
  commands,
  options: { timeoutMs: 2000 },
  sudo: false,
  ...more,
});
const report = (end?: EndReason, done = 0): BatchReport => {
  const made = new BatchReport(commands);
  made.take({ kind: 'hello' });
  for (let index = 0; index < done; index += 1) made.take({ kind: 'ran', index, verdict: 'ok', exitCode: 0 });
  if (end !== undefined) made.take({ kind: 'end', reason: end });
  return made;
};

describe('the error of a batch', () => {
  it.each<[EndReason, string, string]>([
    [
      'deadline',
      'node.command_timeout',
      'node1: make it: did not end within the 2 s of its batch and was ended on the node',
    ],
    ['cancelled', 'node.aborted', 'node1: make it: called off'],
    [
      'gone',
      'node.connection_lost',
      'node1: the connection was lost during "make it": the node had heard nothing for a while and ended the batch',
    ],
    [
      'killed',
      'node.connection_lost',
      'node1: the connection was lost during "make it": something on the node killed the batch (out of memory?)',
    ],
    [
      'flood',
      'node.command_failed',
      'node1: make it: it printed more than the 10 bytes that are kept of one stream (exit code 143)',
    ],
    ['broken', 'node.strange_answer', 'node1: the batch could not be started: /run is full'],
  ])('that ended as "%s" is %s', (reason, code, message) => {
    expect(endError(order(), report(reason), '/run is full')).toMatchObject({
      code,
      message,
      details: { host: 'node1', nodeId: 'n1' },
    });
  });

  it('that ended well is none', () => {
    expect(endError(order(), report('done', 2), '')).toBeUndefined();
  });

  it('tells what goes on although its time is over', () => {
    expect(endError(order(), report('deadline', 1), '')?.message).toBe(
      'node1: gluster: did not end within the 2 s of its batch and goes on on the node, because ending it would not end what it has begun',
    );
  });

  it('tells that it was the lock that took the time', () => {
    const locked = order({ options: { timeoutMs: 2000, lock: 'op-7' } });
    expect(endError(locked, report('deadline'), '')).toMatchObject({
      code: 'node.command_timeout',
      message:
        'node1: an earlier batch of the operation is still running and holds the lock op-7; waited 2 s',
    });
  });
});

describe('a channel that closes too early', () => {
  const fresh = new BatchReport(commands);

  it.each([
    [
      'breaks',
      { lost: 'read ECONNRESET' },
      'node1: the connection was lost during "make it": read ECONNRESET',
    ],
    ['says nothing', {}, 'node1: the connection was lost during "make it": it closed without an exit code'],
    [
      'ends by a signal',
      { signal: 'KILL' },
      'node1: the connection was lost during "make it": the batch ended without a report (signal KILL)',
    ],
  ])('while commands run and %s is lost: nobody knows what they did', (_, end, message) => {
    expect(closedError(order(), report(), end, '')).toMatchObject({ code: 'node.connection_lost', message });
  });

  it.each([
    [
      false,
      1,
      'This account is not available.',
      'node.login_refused',
      'the login does not run commands: This account is not available.',
    ],
    [false, 3, '', 'node.login_refused', 'the login does not run commands: exit code 3'],
    [
      false,
      127,
      'sh: 1: exec: /bin/bash: not found',
      'node.tool_missing',
      'bash is missing: sh: 1: exec: /bin/bash: not found',
    ],
    [
      false,
      126,
      'fish: /bin/bash: No such file or directory',
      'node.tool_missing',
      'bash is missing: fish: /bin/bash: No such file or directory',
    ],
    [true, 1, 'sudo: a password is required', 'node.sudo_refused', 'sudo: a password is required'],
    [
      true,
      127,
      'sh: 1: exec: sudo: not found',
      'node.tool_missing',
      'sudo is missing: sh: 1: exec: sudo: not found',
    ],
    [
      true,
      1,
      'sudo: /bin/bash: command not found',
      'node.tool_missing',
      'bash is missing: sudo: /bin/bash: command not found',
    ],
    [
      true,
      1,
      'We trust you have received the usual lecture.\n\nsudo: a terminal is required',
      'node.sudo_refused',
      'sudo: a terminal is required',
    ],
    [
      true,
      1,
      'welcome\nadmin is not in the sudoers file.',
      'node.sudo_refused',
      'admin is not in the sudoers file.',
    ],
    [true, 1, 'sudo: Ein Passwort ist notwendig', 'node.sudo_refused', 'sudo: Ein Passwort ist notwendig'],
    [true, 1, '', 'node.sudo_refused', 'exit code 1'],
    [
      false,
      1,
      'mortar: line 1: read: x: invalid number',
      'node.strange_answer',
      'the batch did not arrive whole; does a start-up file of the login read standard input? mortar: line 1: read: x: invalid number',
    ],
  ])('before anything ran (sudo %s, exit code %i, "%s") is %s', (sudo, exitCode, words, code, text) => {
    expect(closedError(order({ sudo }), fresh, { exitCode }, words)).toMatchObject({
      code,
      message: `node1: ${text}`,
      details: { nodeId: 'n1', exitCode },
    });
  });
});
