import type { Command, Host } from '../../executor.ts';

/** Which commands a fault or a delay is about; what is absent matches everything. */
export interface CommandMatch {
  /** Manage address. */
  readonly host?: string | undefined;
  /** Found anywhere in the label. */
  readonly label?: RegExp | undefined;
  /** First words of the command, its options left out and the program without its folder: `gluster volume create`. */
  readonly argv?: readonly string[] | undefined;
}

export function matches(match: CommandMatch, host: Host, command: Command): boolean {
  if (match.host !== undefined && match.host !== host.address) return false;
  if (match.label !== undefined && !match.label.test(command.label)) return false;
  return match.argv === undefined || beginsWith(plainWords(command.argv), match.argv);
}

const beginsWith = (words: readonly string[], first: readonly string[]): boolean =>
  first.every((word, index) => words[index] === word);

function plainWords(argv: readonly string[]): string[] {
  const [program = '', ...rest] = argv;
  return [program.slice(program.lastIndexOf('/') + 1), ...rest.filter((word) => !word.startsWith('-'))];
}
