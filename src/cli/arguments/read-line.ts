/**
 * Reads a command line the way heketi-cli does (wire contract section 18.1), and puts it in an order that commander reads
 * without doubt: command, flags with their values after `=`, `--`, arguments. Flags may stand before or after arguments;
 * a switch is `--flag` or `--flag=false`; the complaints are heketi-cli's.
 */
import type { Command, Option } from 'commander';
import { failure } from '../exit-error.ts';
import { findCommand, flagsOf, takesValue } from './find-command.ts';
import { forFlag, parseBoolean } from './go-values.ts';

export interface CommandLine {
  readonly command: Command;
  /** `--help` or `-h` was among the flags. */
  readonly wantsHelp: boolean;
  readonly args: readonly string[];
  /** The whole line in commander's order. */
  readonly argv: readonly string[];
}

/** @throws ExitError for unknown commands and flags, and for flags without their value. */
export function readLine(program: Command, words: readonly string[]): CommandLine {
  const { command, rest } = findCommand(program, words);
  const reader = new FlagReader(flagsOf(command));
  reader.read(rest);
  return {
    command,
    wantsHelp: reader.wantsHelp,
    args: reader.args,
    argv: [...pathOf(command), ...reader.flags(), '--', ...reader.args],
  };
}

function pathOf(command: Command): string[] {
  return command.parent === null ? [] : [...pathOf(command.parent), command.name()];
}

class FlagReader {
  readonly args: string[] = [];
  wantsHelp = false;
  readonly #known: ReadonlyMap<string, Option>;
  readonly #values: string[] = [];
  readonly #switches = new Map<Option, boolean>();
  #words: string[] = [];

  constructor(known: ReadonlyMap<string, Option>) {
    this.#known = known;
  }

  read(words: readonly string[]): void {
    this.#words = [...words];
    for (let word = this.#words.shift(); word !== undefined; word = this.#words.shift()) {
      if (word === '--') {
        this.args.push(...this.#words);
        return;
      }
      if (!word.startsWith('-') || word === '-') this.args.push(word);
      else if (word.startsWith('--')) this.#readLong(word);
      else this.#readShorts(word);
    }
  }

  /** The flags as commander takes them. A switch that is off and has no opposite is left out. */
  flags(): string[] {
    const switches = [...this.#switches].flatMap(([option, isOn]) => {
      if (isOn) return [option.long ?? option.short ?? ''];
      const opposite = `--no-${option.name()}`;
      return this.#known.has(opposite) ? [opposite] : [];
    });
    return [...this.#values, ...switches];
  }

  #readLong(word: string): void {
    const at = word.indexOf('=');
    const name = at < 0 ? word : word.slice(0, at);
    const value = at < 0 ? undefined : word.slice(at + 1);
    if (name === '--help') this.wantsHelp = true;
    else {
      const option = this.#known.get(name);
      if (option === undefined) throw failure(`unknown flag: ${name}`);
      this.#take(option, value, `flag needs an argument: ${name}`);
    }
  }

  /** `-I`, `-s URL`, `-sURL`, `-s=URL`, `-Is URL`. */
  #readShorts(word: string): void {
    for (let letters = word.slice(1); letters !== ''; ) {
      const letter = letters.charAt(0);
      const behind = letters.slice(1);
      const option = this.#known.get(`-${letter}`);
      if (option === undefined && letter === 'h') {
        this.wantsHelp = true;
        letters = behind;
        continue;
      }
      if (option === undefined) throw failure(`unknown shorthand flag: '${letter}' in ${word}`);
      const isAssigned = behind.startsWith('=');
      const value = isAssigned ? behind.slice(1) : behind;
      const hasValue = isAssigned || (takesValue(option) && behind !== '');
      this.#take(option, hasValue ? value : undefined, `flag needs an argument: '${letter}' in ${word}`);
      letters = hasValue ? '' : behind;
    }
  }

  #take(option: Option, value: string | undefined, complaint: string): void {
    if (!takesValue(option)) {
      this.#switches.set(option, value === undefined || forFlag(flagsAs(option), parseBoolean)(value));
      return;
    }
    const given = value ?? (option.required ? this.#words.shift() : '');
    if (given === undefined) throw failure(complaint);
    this.#values.push(option.long == null ? `${option.short}${given}` : `${option.long}=${given}`);
  }
}

/** `-s, --server`. */
const flagsAs = ({ short, long }: Option): string =>
  [short, long].filter((name) => name != null && name !== '').join(', ');
