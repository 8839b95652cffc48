import { closeSync, openSync, readSync, renameSync, statSync, truncateSync, writeSync } from 'node:fs';
import { AppError } from '../../../errors.ts';
import type { WorldState } from '../world/state.ts';
import { encodeLines, isEntryLine, LineDecoder } from './codec.ts';
import { type FileLine, fileLines } from './file-lines.ts';

/** Grows when the kept world gets another shape. */
const format = 2;

/** Lines are written together until they are so long. */
const writtenCharacters = 256 * 1024;

/** What `{ format, world }` begins with as JSON. */
const beginning = `{"format":${format},"world":{`;

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
   * Looks only at how the file begins. @returns whether there is one, with something in it.
   *
   * @throws AppError `config.invalid` for a file that is something else.
   */
  isKept(): boolean {
    if ((statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0) === 0) return false;
    const bytes = Buffer.alloc(beginning.length);
    const file = openSync(this.#path, 'r');
    try {
      readSync(file, bytes);
    } finally {
      closeSync(file);
    }
    if (bytes.toString('latin1') !== beginning)
      throw this.#fault(1, 'it is no state of a simulation of this version of Mortar');
    return true;
  }

  /**
   * What the file holds; yields while it reads, so that others can have a turn. A last line that was not written to its end
   * is dropped.
   *
   * @throws AppError `config.invalid` for a damaged file; for a damaged change when it is read.
   */
  *load(): Generator<void, LoadedState<State>> {
    const lines = numbered(fileLines(this.#path));
    const first = lines.next();
    if (first.done === true) throw this.#fault(1, 'it was not written to its end');
    const decoder = new LineDecoder();
    const { world } = this.#read(first.value, (text) => decoder.value(text)) as { world: State };
    let line = lines.next();
    let { endByte } = first.value;
    while (line.done !== true && isEntryLine(line.value.text)) {
      this.#read(line.value, (text) => decoder.entry(text));
      ({ endByte } = line.value);
      yield;
      line = lines.next();
    }
    return { world, changes: this.#changes(endByte, line, lines) };
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

  /**
   * Begins the file anew with the world as it is: the old file stays until the new one is whole. Yields while it writes, so
   * that others can have a turn; they must not change the world.
   */
  *write(world: State): Generator<void, void> {
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
        yield;
      }
      writeSync(file, text);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, this.#path);
  }

  /** As `write`, while nobody waits for a turn. */
  writeAtOnce(world: State): void {
    const writing = this.write(world);
    while (writing.next().done !== true);
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

export type WorldFile = StateFile<WorldState>;

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
