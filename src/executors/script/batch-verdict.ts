import type { AppError } from '../../errors.ts';
import type { Command, CommandResult, Host, RunOptions } from '../executor.ts';
import { commandFailed } from '../failure.ts';
import type { ChannelEnd } from './batch-channel.ts';
import type { BatchReport } from './batch-report.ts';
import { outputLimit } from './compose-batch.ts';
import { nodeError } from './node-error.ts';

/** A batch as its errors tell of it. */
export interface BatchOrder {
  readonly host: Host;
  readonly commands: readonly Command[];
  readonly options: RunOptions;
  /** Whether the runner was started by sudo. */
  readonly sudo: boolean;
}

/** Exit code of a command that was ended by TERM: its own is not known. */
const endedExitCode = 143;

/** The error of a batch that the node says has ended, or undefined when all its commands ran. */
export function endError(order: BatchOrder, report: BatchReport, words: string): AppError | undefined {
  switch (report.end) {
    case 'done':
      return undefined;
    case 'failed':
      return report.failure && commandFailed(order.host, report.failure, report.results);
    case 'flood':
      return floodError(order, report);
    case 'deadline':
      return timeoutError(order, report, 'was ended on the node');
    case 'cancelled':
      return abortError(order, report);
    case 'gone':
      return lostError(order, report, 'the node had heard nothing for a while and ended the batch');
    case 'killed':
      return lostError(order, report, 'something on the node killed the batch (out of memory?)');
    case 'broken':
    case undefined:
      return nodeError('node.strange_answer', order.host, `the batch could not be started: ${words}`);
  }
}

/** The error of a batch that found no free place in the time it could wait. Nothing was run. */
export function queueError({ host, commands, options }: BatchOrder): AppError {
  const label = commands[0]?.label;
  const seconds = options.timeoutMs / 1000;
  const text = `${label}: was not begun, since earlier batches on this node took all of the ${seconds} s it could wait`;
  return nodeError('node.command_timeout', host, text, { details: { label, results: [] } });
}

export function abortError(order: BatchOrder, report?: BatchReport, cause?: unknown): AppError {
  const label = report?.current?.label ?? order.commands[0]?.label ?? 'nothing';
  return nodeError('node.aborted', order.host, `${label}: called off`, {
    details: { label, results: report?.results ?? [] },
    cause,
  });
}

/** @param fate what became of the command: "was ended on the node". */
export function timeoutError(order: BatchOrder, report: BatchReport, fate: string): AppError {
  const { host, options } = order;
  const seconds = `${options.timeoutMs / 1000} s`;
  const details = { label: report.current?.label, results: report.results };
  if (options.lock !== undefined && !report.locked) {
    const text = `an earlier batch of the operation is still running and holds the lock ${options.lock}; waited ${seconds}`;
    return nodeError('node.command_timeout', host, text, { details });
  }
  const outcome =
    report.current?.unstoppable === true
      ? 'goes on on the node, because ending it would not end what it has begun'
      : fate;
  const text = `${report.current?.label}: did not end within the ${seconds} of its batch and ${outcome}`;
  return nodeError('node.command_timeout', host, text, { details });
}

export function lostError(order: BatchOrder, report: BatchReport, reason: string): AppError {
  const label = report.current?.label;
  return nodeError(
    'node.connection_lost',
    order.host,
    `the connection was lost during "${label}": ${reason}`,
    {
      details: { label, results: report.results },
    },
  );
}

/** The error of a channel that closed although the node had not said that the batch has ended. */
export function closedError(
  order: BatchOrder,
  report: BatchReport,
  end: ChannelEnd,
  words: string,
): AppError {
  if (end.notStarted !== undefined && !report.greeted) return refusedError(order, end.notStarted);
  if (end.lost !== undefined) return lostError(order, report, end.lost);
  if (end.exitCode === undefined && end.signal === undefined) {
    return lostError(order, report, 'it closed without an exit code');
  }
  const exit = end.signal === undefined ? `exit code ${end.exitCode}` : `signal ${end.signal}`;
  if (report.greeted) return lostError(order, report, `the batch ended without a report (${exit})`);
  return notStartedError(order, words === '' ? exit : words, end.exitCode);
}

/** Nothing was run: a container runtime, or something on the way to it, says why. */
function refusedError({ host }: BatchOrder, words: string): AppError {
  const details = { words };
  if (/bash.*(?:no such file|not found)/i.test(words)) {
    return nodeError('node.tool_missing', host, `bash is missing: ${words}`, { details });
  }
  return nodeError('node.unreachable', host, `the batch could not be started: ${words}`, { details });
}

/** Nothing was run. Who refused it shows in the words of the node. */
function notStartedError(order: BatchOrder, words: string, exitCode: number | undefined): AppError {
  const { host, sudo } = order;
  const details = { words, exitCode };
  if (/^mortar: /m.test(words)) {
    const text = `the batch did not arrive whole; does a start-up file of the login read standard input? ${words}`;
    return nodeError('node.strange_answer', host, text, { details });
  }
  const missing = /(?<program>sudo|bash): (?:command )?not found|(?<path>\/bin\/bash): No such file/.exec(
    words,
  )?.groups;
  if (missing !== undefined || exitCode === 127) {
    const program = missing?.['program'] ?? (sudo && missing === undefined ? 'sudo' : 'bash');
    return nodeError('node.tool_missing', host, `${program} is missing: ${words}`, { details });
  }
  if (sudo) return nodeError('node.sudo_refused', host, sudoWords(words), { details });
  return nodeError('node.login_refused', host, `the login does not run commands: ${words}`, { details });
}

/** What sudo says for itself, without its lecture and the login's chatter. */
function sudoWords(words: string): string {
  const own = words.split('\n').filter((line) => /^sudo: |sudoers|not allowed to/.test(line));
  return own.length > 0 ? own.join(' ') : words;
}

function floodError(order: BatchOrder, report: BatchReport): AppError {
  const command = report.current;
  if (command === undefined) return lostError(order, report, 'the batch ended without a report');
  const failed: CommandResult = {
    label: command.label,
    status: 'failed',
    exitCode: endedExitCode,
    stdout: '',
    stderr: `it printed more than the ${outputLimit(command)} bytes that are kept of one stream`,
  };
  return commandFailed(order.host, failed, report.results);
}
