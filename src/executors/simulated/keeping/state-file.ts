import { closeSync, existsSync, openSync, renameSync, statSync, truncateSync, writeSync } from 'node:fs';
import { AppError } from '../../../errors.ts';
import { encodeLines, isEntryLine, LineDecoder } from './codec.ts';
import { type FileLine, fileLines } from './file-lines.ts';

/** Grows when the kept world gets another shape. */
const format = 2;

/** Lines are written together until they are so long. */
const writtenCharacters = 256 * 1024;

interface Head<State> {
  readonly format: number;
  readonly world: State;
}

export interface LoadedState<State> {
  readonly world: State;
  /** Changes since the world was written, the oldest first; read as they are asked for, once. */
  readonly changes: Iterable<unknown>;
}

/**
 * Where a simulated world outlives its process: the world, then a line for each change since. Nothing is
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
   * @throws AppError `config.invalid` for a file that is something else, or damaged; for a damaged change when it is read.
   */
  load(): LoadedState<State> | undefined {
    if (!existsSync(this.#path)) return undefined;
    const lines = numbered(fileLines(this.#path));
    const first = lines.next();
    if (first.done === true) return undefined;
    const decoder = new LineDecoder();
    const head = this.#read(first.value, (text) => decoder.value(text));
    if (!isHead<State>(head))
      throw this.#fault(1, 'it is no state of a simulation of this version of Mortar');
    let line = lines.next();
    let { endByte } = first.value;
    while (line.done !== true && isEntryLine(line.value.text)) {
      this.#read(line.value, (text) => decoder.entry(text));
      ({ endByte } = line.value);
      line = lines.next();
    }
    return { world: head.world, changes: this.#changes(endByte, line, lines) };
  }

  *#changes(
    worldEndByte: number,
    first: IteratorResult<NumberedLine>,
    others: Iterator<NumberedLine>,
  ): Generator {
    let endByte = worldEndByte;
    for (let line = first; line.done !== true; line = others.next()) {
      ({ endByte } = line.value);
      yield this.#read(line.value, (text): unknown => JSON.parse(text));
    }
    if (endByte < statSync(this.#path).size) truncateSync(this.#path, endByte);
  }

  /** Begins the file anew with the world as it is: the old file stays until the new one is whole. */
  write(world: State): void {
    this.close();
    const temporary = `${this.#path}.new`;
    const file = openSync(temporary, 'w', 0o600);
    try {
      let text = '';
      for (const line of encodeLines({ format, world })) {
        text += `${line}\n`;
        if (text.length < writtenCharacters) continue;
        writeSync(file, text);
        text = '';
      }
      writeSync(file, text);
    } finally {
      closeSync(file);
    }
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

  #read<T>({ text, number }: NumberedLine, read: (text: string) => T): T {
    try {
      return read(text);
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

interface NumberedLine extends FileLine {
  readonly number: number;
}

function* numbered(lines: Iterable<FileLine>): Generator<NumberedLine> {
  let number = 0;
  for (const line of lines) {
    number += 1;
    yield { ...line, number };
  }
}
