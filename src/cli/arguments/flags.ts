/** Flags of the kinds that heketi-cli has. Text flags are plain commander options. */
import { type Command, Option } from 'commander';
import { forFlag, parseDecimal, parseInteger } from './go-values.ts';

/** `--size` of `--size <gib>`, as complaints name it. */
const nameOf = (declaration: string): string => declaration.replace(/\s*<.*$/, '');

export const integerFlag = (declaration: string, description: string): Option =>
  new Option(declaration, description).argParser(forFlag(nameOf(declaration), parseInteger));

export const decimalFlag = (declaration: string, description: string): Option =>
  new Option(declaration, description).argParser(forFlag(nameOf(declaration), parseDecimal));

/** A flag that holds unless it is switched off: `--file=false`. */
export function addFlagThatHolds(command: Command, name: string, description: string): Command {
  return command.option(`--${name}`, description, true).addOption(new Option(`--no-${name}`).hideHelp());
}

/** `a,b` and repetitions make one list. */
export const listFlag = (declaration: string, description: string): Option =>
  new Option(declaration, description).argParser((text, previous: readonly string[] | undefined) => [
    ...(previous ?? []),
    ...text.split(',').filter((item) => item !== ''),
  ]);
