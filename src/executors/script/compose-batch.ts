import { AppError } from '../../errors.ts';
import type { Command } from '../executor.ts';
import { quotePrintfFormat, quoteWords } from './quote.ts';

const defaultMaxOutputBytes = 4 * 1024 * 1024;

/** A cut cable does not close a connection: only silence tells. */
const defaultSilenceMs = 60_000;

/** Three weeks; a timer of Node's cannot take much longer. */
const longestTimeoutMs = 21 * 24 * 3_600_000;

export interface BatchForm {
  /** Marks the frames of this batch: letters and digits that nobody can guess. */
  readonly nonce: string;
  readonly timeoutMs: number;
  readonly lock?: string | undefined;
  /** When the node has heard nothing of the manager for so long it ends the batch; a minute when absent. */
  readonly silenceMs?: number;
}

/** How much of each stream of a command is kept. */
export function outputLimit(command: Command): number {
  return command.maxOutputBytes ?? defaultMaxOutputBytes;
}

/**
 * What a batch is for a shell that has the runner: its settings and the commands. Pure.
 *
 * @throws AppError `request.invalid` for an argument that cannot be passed on, `server.internal` for a batch or a lock
 * that makes no sense (a fault of the caller).
 */
export function composeBatch(commands: readonly Command[], form: BatchForm): string {
  checkForm(commands, form);
  const settings = [
    `nonce=${form.nonce}`,
    `deadline=${hundredths(form.timeoutMs)}`,
    `silence=${hundredths(form.silenceMs ?? defaultSilenceMs)}`,
    `ceiling=${Math.max(...commands.map(outputLimit))}`,
    `lock=${form.lock ?? ''}`,
  ];
  const steps = commands.map((command, index) => composeStep(command, index));
  return [...settings, 'batch() {', ...steps, '}', 'main', ''].join('\n');
}

/** A command for the runner: the assignments that differ from its defaults, then `step` with the argv. */
function composeStep(command: Command, index: number): string {
  const words = ['fresh'];
  if (command.unless !== undefined) words.push(`unless=(${quoteWords(command.unless)})`);
  if (command.expect !== undefined) words.push(`expect=' ${command.expect.join(' ')} '`);
  if (command.expectStdout !== undefined) words.push(`want=${quoteWords([command.expectStdout])}`);
  if (command.stdin !== undefined) words.push(`input=${quotePrintfFormat(command.stdin)} has_input=1`);
  if (command.optional === true) words.push('optional=1');
  if (command.unstoppable === true) words.push('unstoppable=1');
  words.push(`limit=${outputLimit(command)}`);
  words.push(`step ${index} ${quoteWords(command.argv)} || return`);
  return words.join('\n');
}

function hundredths(durationMs: number): number {
  return Math.ceil(durationMs / 10);
}

/** What is put into the script unquoted, and what would make it meaningless, is checked here. */
function checkForm(commands: readonly Command[], form: BatchForm): void {
  demand(/^[0-9a-zA-Z]+$/.test(form.nonce), `nonce ${form.nonce}`);
  demand(form.lock === undefined || /^[0-9a-zA-Z-]+$/.test(form.lock), `lock name ${form.lock}`);
  demand(form.timeoutMs > 0 && form.timeoutMs <= longestTimeoutMs, `timeout ${form.timeoutMs}`);
  for (const command of commands) {
    demand(command.argv.length > 0, `"${command.label}" without argv`);
    demand(
      command.unless === undefined || command.unless.length > 0,
      `"${command.label}" with an empty guard`,
    );
    demand(Number.isSafeInteger(outputLimit(command)), `"${command.label}" with maxOutputBytes not a number`);
    demand((command.expect ?? []).every(Number.isInteger), `"${command.label}" with exit codes not numbers`);
  }
}

function demand(holds: boolean, fault: string): void {
  if (!holds) throw new AppError('server.internal', `A batch was built wrongly: ${fault}.`);
}
