import type { Command, Option } from 'commander';
import { failure } from '../exit-error.ts';
import { nearest } from './nearest.ts';

/** A command and the words that are not part of its name. */
export interface FoundCommand {
  readonly command: Command;
  /** Flags, their values and arguments, in their order. */
  readonly rest: readonly string[];
}

/** Flags that a command takes: its own and, where it has none of that name, those of the groups above it. */
export function flagsOf(command: Command): Map<string, Option> {
  const flags = new Map<string, Option>();
  for (let holder: Command | null = command; holder !== null; holder = holder.parent) {
    for (const option of holder.options) {
      // The version is the program's alone.
      if (holder !== command && option.long === '--version') continue;
      const isHidden = option.long !== undefined && flags.has(option.long);
      if (isHidden) continue;
      if (option.long != null) flags.set(option.long, option);
      if (option.short != null && !flags.has(option.short)) flags.set(option.short, option);
    }
  }
  return flags;
}

export const takesValue = (option: Option): boolean => option.required || option.optional;

/**
 * Finds the command in a line, flags standing anywhere (as cobra does: a flag that is not known may have a value).
 *
 * @throws ExitError for an unknown command at the top. Below, an unknown word stays with its group, which shows its help.
 */
export function findCommand(program: Command, words: readonly string[]): FoundCommand {
  let command = program;
  const rest = [...words];
  for (;;) {
    const at = firstArgument(command, rest);
    const name = at === undefined ? undefined : rest[at];
    const found = command.commands.find(
      (each) => each.name() === name || each.aliases().includes(name ?? ''),
    );
    if (at === undefined || name === undefined || found === undefined) {
      if (command === program && name !== undefined) throw unknownCommand(program, name);
      return { command, rest };
    }
    rest.splice(at, 1);
    command = found;
  }
}

function firstArgument(command: Command, words: readonly string[]): number | undefined {
  const flags = flagsOf(command);
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') return undefined;
    if (!word.startsWith('-') || word === '-') return at;
    if (hasValueBehind(word, flags)) at += 1;
  }
  return undefined;
}

function hasValueBehind(word: string, flags: ReadonlyMap<string, Option>): boolean {
  if (word.includes('=')) return false;
  const isOneFlag = word.startsWith('--') || word.length === 2;
  if (!isOneFlag || word === '--help' || word === '-h') return false;
  const option = flags.get(word);
  return option === undefined || takesValue(option);
}

function unknownCommand(program: Command, name: string): Error {
  const near = nearest(
    name,
    visibleCommands(program).map((command) => command.name()),
  );
  const hint = near === undefined ? '' : `\n\nDid you mean this?\n\t${near}\n`;
  const text = `unknown command ${JSON.stringify(name)} for "${program.name()}"${hint}`;
  return failure(`${text}\nRun '${program.name()} --help' for usage.`);
}

export const visibleCommands = (command: Command): readonly Command[] =>
  command.createHelp().visibleCommands(command);
