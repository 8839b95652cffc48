import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { AppError } from '../../../errors.ts';
import { decode, encode } from './codec.ts';

/** Grows when the kept world gets another shape. */
const format = 1;

interface Head<State> {
  readonly format: number;
  readonly world: State;
}

export interface LoadedState<State> {
  readonly world: State;
  /** Changes since the world was written, the oldest first. */
  readonly changes: readonly unknown[];
}

/**
 * Where a simulated world outlives its process: a line with the world, then a line for each change since. Nothing is
 * flushed to the disk: what was written survives the end of the process, however it comes, not that of the machine.
 */
export class StateFile<State> {
  readonly #path: string;
  #descriptor: number | undefined;
  #unwritten = '';

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * What the file holds, or undefined when there is none. A last line that was not written to its end is dropped.
   *
   * @throws AppError `config.invalid` for a file that is something else, or damaged.
   */
  load(): LoadedState<State> | undefined {
    if (!existsSync(this.#path)) return undefined;
    const text = readFileSync(this.#path, 'utf8');
    const end = text.lastIndexOf('\n') + 1;
    if (end === 0) return undefined;
    if (end < text.length) truncateSync(this.#path, Buffer.byteLength(text.slice(0, end)));
    const [head, ...changes] = text
      .slice(0, end - 1)
      .split('\n')
      .map((line, index) => this.#read(line, index + 1));
    if (!isHead<State>(head))
      throw this.#fault(1, 'it is no state of a simulation of this version of Mortar');
    return { world: head.world, changes };
  }

  /** Begins the file anew with the world as it is: the old file stays until the new one is whole. */
  write(world: State): void {
    this.close();
    const temporary = `${this.#path}.new`;
    writeFileSync(temporary, `${encode({ format, world })}\n`, { mode: 0o600 });
    renameSync(temporary, this.#path);
  }

  /** Takes a change, as plain JSON; `flush` writes it. */
  append(change: unknown): void {
    this.#unwritten += `${JSON.stringify(change)}\n`;
  }

  /** Writes what was taken since the last time. */
  flush(): void {
    if (this.#unwritten === '') return;
    this.#descriptor ??= openSync(this.#path, 'a');
    writeSync(this.#descriptor, this.#unwritten);
    this.#unwritten = '';
  }

  close(): void {
    this.flush();
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #read(line: string, number: number): unknown {
    try {
      return decode(line);
    } catch {
      throw this.#fault(number, 'the line is damaged');
    }
  }

  #fault(line: number, fault: string): AppError {
    return new AppError(
      'config.invalid',
      `the simulation's state file ${this.#path} cannot be used, line ${line}: ${fault}; remove the file to begin anew`,
    );
  }
}

function isHead<State>(value: unknown): value is Head<State> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'world' in value &&
    'format' in value &&
    value.format === format
  );
}
