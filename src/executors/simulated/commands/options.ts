import { NotSimulated } from './program.ts';

export interface OptionForm {
  /** Options without a value, as they are written: `-qq`, `--all`. */
  readonly flags?: readonly string[];
  /** Options with a value: `--size 1G`, `--size=1G`. */
  readonly values?: readonly string[];
}

export interface Options {
  has(flag: string): boolean;
  /** The last value given. */
  value(option: string): string | undefined;
  values(option: string): readonly string[];
  /** What is no option. */
  readonly rest: readonly string[];
}

/** Splits arguments into options and the rest. @throws NotSimulated for an option that is in neither list. */
export function parseOptions(args: readonly string[], form: OptionForm): Options {
  const flags = new Set<string>();
  const values = new Map<string, string[]>();
  const rest: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    const [name, inlineValue] = splitOption(arg);
    if (!arg.startsWith('-') || arg === '-') rest.push(arg);
    else if (form.flags?.includes(arg) === true) flags.add(arg);
    else if (form.values?.includes(name) === true) {
      const value = inlineValue ?? args[(at += 1)] ?? '';
      values.set(name, [...(values.get(name) ?? []), value]);
    } else throw new NotSimulated(`the option ${arg}`);
  }
  return {
    rest,
    has: (flag) => flags.has(flag),
    value: (option) => values.get(option)?.at(-1),
    values: (option) => values.get(option) ?? [],
  };
}

function splitOption(arg: string): [string, string | undefined] {
  const at = arg.startsWith('--') ? arg.indexOf('=') : -1;
  return at === -1 ? [arg, undefined] : [arg.slice(0, at), arg.slice(at + 1)];
}
