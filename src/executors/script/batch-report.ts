import { AppError } from '../../errors.ts';
import type { Command, CommandResult } from '../executor.ts';
import { outputLimit } from './compose-batch.ts';
import type { EndReason, Frame } from './frame-parser.ts';

/** What the node has told of a batch so far: frames come in, results of commands come out. Pure. */
export class BatchReport {
  readonly #commands: readonly Command[];
  readonly results: CommandResult[] = [];
  /** The command that stopped the batch, when one did. */
  failure: CommandResult | undefined;
  greeted = false;
  locked = false;
  end: EndReason | undefined;
  #output = { out: new Gathered(), err: new Gathered() };

  constructor(commands: readonly Command[]) {
    this.#commands = commands;
  }

  /** The command that is running, or would be next. */
  get current(): Command | undefined {
    return this.#commands[this.results.length];
  }

  /**
   * @returns the result that the frame completes, unless it is the one that stopped the batch.
   * @throws AppError `node.strange_answer` when the frame does not follow from those before it.
   */
  take(frame: Frame): CommandResult | undefined {
    switch (frame.kind) {
      case 'hello':
        this.greeted = true;
        return undefined;
      case 'locked':
        this.locked = true;
        return undefined;
      case 'output':
        this.#gather(frame.stream, frame.data);
        return undefined;
      case 'ran':
        return this.#complete(frame);
      case 'end':
        this.#check(frame.reason !== 'done' || this.results.length === this.#commands.length, 'an early end');
        this.#check((frame.reason === 'failed') === (this.failure !== undefined), 'an end without reason');
        this.end = frame.reason;
        return undefined;
    }
  }

  #gather(stream: 'out' | 'err', data: Buffer): void {
    const limit = this.current === undefined ? 0 : outputLimit(this.current);
    this.#output[stream].add(data);
    this.#check(this.#output[stream].size <= limit, 'more output than allowed');
  }

  #complete(frame: Extract<Frame, { kind: 'ran' }>): CommandResult | undefined {
    const command = this.current;
    this.#check(frame.index === this.results.length && this.failure === undefined, 'a result out of turn');
    if (command === undefined) return undefined;
    const { out, err } = this.#output;
    this.#output = { out: new Gathered(), err: new Gathered() };
    const { exitCode, verdict } = frame;
    if (verdict === 'flood') return undefined;
    const result = {
      label: command.label,
      status: verdict,
      exitCode,
      stdout: out.text(),
      stderr: err.text(),
    } satisfies CommandResult;
    if (verdict === 'failed' && command.optional !== true) {
      this.failure = result;
      return undefined;
    }
    this.results.push(result);
    return result;
  }

  #check(holds: boolean, fault: string): void {
    if (!holds) throw new AppError('node.strange_answer', `the answer cannot be read (${fault})`);
  }
}

class Gathered {
  readonly #parts: Buffer[] = [];
  size = 0;

  add(part: Buffer): void {
    this.#parts.push(part);
    this.size += part.length;
  }

  text(): string {
    return Buffer.concat(this.#parts).toString('utf8');
  }
}
