/** The errors of a batch as the port declares them; messages and details are those of the real transports. */
import { AppError, type ErrorCode } from '../../../errors.ts';
import type { Command, CommandResult, Host, RunOptions } from '../../executor.ts';
import { commandFailed } from '../../failure.ts';

export interface BatchOrder {
  readonly host: Host;
  readonly commands: readonly Command[];
  readonly options: RunOptions;
}

const defaultMaxOutputBytes = 4 * 1024 * 1024;
/** Exit code of a command that was ended by TERM. */
const endedExitCode = 143;

interface Details {
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

export function nodeError(
  code: ErrorCode,
  host: Host,
  text: string,
  { details, cause }: Details = {},
): AppError {
  return new AppError(code, `${host.address}: ${text}`, {
    details: { host: host.address, nodeId: host.nodeId, ...details },
    cause,
  });
}

/** How far a batch has come. */
export interface Progress {
  readonly results: readonly CommandResult[];
  /** The lock is held, or none was asked for. */
  readonly isLocked: boolean;
}

const currentOf = ({ commands }: BatchOrder, { results }: Progress): Command | undefined =>
  commands[results.length];

export function abortError(order: BatchOrder, progress: Progress, cause: unknown): AppError {
  const label = currentOf(order, progress)?.label;
  return nodeError('node.aborted', order.host, `${label}: called off`, {
    details: { label, results: progress.results },
    cause,
  });
}

export function timeoutError(order: BatchOrder, progress: Progress): AppError {
  const { host, options } = order;
  const command = currentOf(order, progress);
  const seconds = `${options.timeoutMs / 1000} s`;
  const details = { label: command?.label, results: progress.results };
  if (!progress.isLocked) {
    const text = `an earlier batch of the operation is still running and holds the lock ${options.lock}; waited ${seconds}`;
    return nodeError('node.command_timeout', host, text, { details });
  }
  const fate =
    command?.unstoppable === true
      ? 'goes on on the node, because ending it would not end what it has begun'
      : 'was ended on the node';
  const text = `${command?.label}: did not end within the ${seconds} of its batch and ${fate}`;
  return nodeError('node.command_timeout', host, text, { details });
}

export function lostError(order: BatchOrder, progress: Progress, reason: string): AppError {
  const label = currentOf(order, progress)?.label;
  return nodeError(
    'node.connection_lost',
    order.host,
    `the connection was lost during "${label}": ${reason}`,
    {
      details: { label, results: progress.results },
    },
  );
}

const limitOf = (command: Command): number => command.maxOutputBytes ?? defaultMaxOutputBytes;

/** Whether a command printed more on one stream than is kept. */
export function isFlood(
  command: Command,
  { stdout, stderr }: { readonly stdout: string; readonly stderr: string },
): boolean {
  const limit = limitOf(command);
  // A character has at most three bytes for each of its UTF-16 units, so most outputs need no counting.
  return [stdout, stderr].some((text) => text.length * 3 > limit && Buffer.byteLength(text) > limit);
}

export function floodError(order: BatchOrder, command: Command, before: readonly CommandResult[]): AppError {
  const failed: CommandResult = {
    label: command.label,
    status: 'failed',
    exitCode: endedExitCode,
    stdout: '',
    stderr: `it printed more than the ${limitOf(command)} bytes that are kept of one stream`,
  };
  return commandFailed(order.host, failed, before);
}
