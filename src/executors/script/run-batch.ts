import { AppError, toAppError } from '../../errors.ts';
import { newId } from '../../lib/ids.ts';
import type { CommandResult } from '../executor.ts';
import type { BatchChannel, ChannelEnd } from './batch-channel.ts';
import { BatchReport } from './batch-report.ts';
import {
  abortError,
  type BatchOrder,
  closedError,
  endError,
  lostError,
  timeoutError,
} from './batch-verdict.ts';
import { composeBatch } from './compose-batch.ts';
import { FrameParser } from './frame-parser.ts';
import { nodeError } from './node-error.ts';
import { forKeptShell, forOwnShell } from './runner.ts';

/** How often the node hears that the manager is alive; it gives up after a minute of silence. */
const beatMs = 15_000;
/** What the node needs to end a batch (TERM, KILL after 5 s) and to say so. */
const endingMs = 15_000;
const longestWords = 8192;

/** A batch that is checked and composed, so that what is wrong with it shows before a node is asked for anything. */
export interface PreparedBatch extends BatchOrder {
  readonly nonce: string;
  readonly script: string;
}

/** @throws AppError as `composeBatch` */
export function prepareBatch(order: BatchOrder): PreparedBatch {
  const nonce = newId();
  const { timeoutMs, lock } = order.options;
  return { ...order, nonce, script: composeBatch(order.commands, { nonce, timeoutMs, lock }) };
}

/**
 * Runs a batch over a channel to a runner and resolves when the node says that it has ended. Called off or late, the node
 * is told and waited for, but not for ever.
 *
 * @returns one result a command, in order.
 * @throws AppError as `Executor.run`.
 */
export function runBatch(channel: BatchChannel, batch: PreparedBatch): Promise<CommandResult[]> {
  return new BatchRun(channel, batch).outcome;
}

class BatchRun {
  readonly outcome: Promise<CommandResult[]>;
  readonly #channel: BatchChannel;
  readonly #batch: PreparedBatch;
  readonly #parser: FrameParser;
  readonly #report: BatchReport;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #onAbort = (): void => this.#callOff();
  readonly #onOutput = (chunk: Buffer): void => this.#read(chunk);
  readonly #onErrors = (chunk: Buffer): void => {
    if (this.#words.length < longestWords) this.#words += chunk.toString('utf8');
  };
  #settle: (conclusion: AppError | CommandResult[]) => void = () => {};
  #settled = false;
  #calledOff = false;
  /** What the caller's `onResult` threw: nothing it would want to go on after. */
  #thrown: AppError | undefined;
  #words = '';

  constructor(channel: BatchChannel, batch: PreparedBatch) {
    this.#channel = channel;
    this.#batch = batch;
    this.#parser = new FrameParser(batch.nonce);
    this.#report = new BatchReport(batch.commands);
    this.outcome = new Promise((resolve, reject) => {
      this.#settle = (conclusion) => {
        if (this.#settled) return;
        this.#settled = true;
        this.#stop();
        if (conclusion instanceof AppError) reject(conclusion);
        else resolve(conclusion);
      };
    });
    this.#start();
  }

  #start(): void {
    const { input, output, errors, closed } = this.#channel;
    output.on('data', this.#onOutput);
    errors.on('data', this.#onErrors);
    void closed.then((end) => this.#conclude(this.#closedError(end)));
    const { script } = this.#batch;
    input.write(this.#channel.keep === undefined ? forOwnShell(script) : forKeptShell(script));
    const { signal, timeoutMs } = this.#batch.options;
    this.#timers.push(setInterval(() => this.#say('beat'), beatMs));
    this.#after(timeoutMs + endingMs, () => this.#overdue());
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (signal?.aborted === true) this.#callOff();
  }

  #read(chunk: Buffer): void {
    if (this.#settled) return;
    try {
      for (const frame of this.#parser.push(chunk)) {
        const result = this.#report.take(frame);
        if (result !== undefined) this.#tell(result);
        if (frame.kind === 'end') this.#conclude(endError(this.#batch, this.#report, this.#nodesWords()));
      }
    } catch (error) {
      const { code, message } = toAppError(error);
      this.#giveUp(nodeError(code, this.#batch.host, message, { cause: error }));
    }
  }

  #tell(result: CommandResult): void {
    if (this.#thrown !== undefined) return;
    try {
      this.#batch.options.onResult?.(result);
    } catch (error) {
      this.#thrown = toAppError(error);
      this.#callOff();
    }
  }

  /** Asks the node to end the batch, and waits until it has: until then its commands may still be at work. */
  #callOff(): void {
    if (this.#calledOff || this.#settled) return;
    this.#calledOff = true;
    this.#say('cancel');
    this.#after(endingMs, () => this.#giveUp(abortError(this.#batch, this.#report)));
  }

  #overdue(): void {
    const fate = 'the node does not say that it was ended';
    this.#giveUp(
      this.#report.greeted
        ? timeoutError(this.#batch, this.#report, fate)
        : lostError(this.#batch, this.#report, 'the node did not answer'),
    );
  }

  #closedError(end: ChannelEnd): AppError {
    if (this.#calledOff) return abortError(this.#batch, this.#report, this.#batch.options.signal?.reason);
    return closedError(this.#batch, this.#report, end, this.#nodesWords());
  }

  #nodesWords(): string {
    return this.#words.trim() || this.#parser.noise.trim().slice(-longestWords);
  }

  #giveUp(error: AppError): void {
    this.#conclude(error);
    this.#channel.drop();
  }

  #conclude(error: AppError | undefined): void {
    this.#settle(this.#thrown ?? error ?? this.#report.results);
  }

  /** Nothing was called off or cut off, so the runner waits for nothing any more. */
  get #cameToItsEnd(): boolean {
    const { end } = this.#report;
    return !this.#calledOff && (end === 'done' || end === 'failed');
  }

  #say(word: 'beat' | 'cancel'): void {
    if (this.#channel.input.writable) this.#channel.input.write(`${word}\n`);
  }

  #after(delayMs: number, act: () => void): void {
    this.#timers.push(setTimeout(act, delayMs));
  }

  #stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#batch.options.signal?.removeEventListener('abort', this.#onAbort);
    const { input, output, errors, keep } = this.#channel;
    output.off('data', this.#onOutput);
    errors.off('data', this.#onErrors);
    if (keep !== undefined && this.#cameToItsEnd) keep();
    else if (input.writable) input.end();
  }
}
