import type { Kind } from './kinds.ts';

/** The flags of `mortar serve`, as the command line hands them over. */
export interface ConfigFlags {
  readonly config?: string | undefined;
  readonly listen?: string | undefined;
  readonly db?: string | undefined;
  readonly simulate?: boolean | undefined;
  readonly simulationFile?: string | undefined;
  readonly logLevel?: string | undefined;
  readonly disableAuth?: boolean | undefined;
}

/** A variable of Heketi that sets a key of Mortar. */
interface HeketiVariable {
  readonly name: string;
  /**
   * Turns the text into what Mortar's file would hold, or undefined when it sets nothing; `weaker` is the value of the
   * configuration file. Without it the text is read as Mortar's own variable would be.
   */
  readonly read?: (text: string, weaker: unknown) => unknown;
}

/** A flag that sets a key; `sets` is the value that a flag without argument stands for. */
interface KeyFlag {
  readonly flag: `--${string}`;
  readonly field: keyof ConfigFlags;
  readonly sets?: unknown;
}

/** What is said about a key beside its kind. */
export interface KeyAbout {
  /** One or two sentences for the reference. */
  readonly about: string;
  readonly heketi?: readonly HeketiVariable[];
  readonly flag?: KeyFlag;
}

/** A key of the configuration: the one definition behind validation, environment, flags, reference and `config check`. */
export interface Key<Value> extends KeyAbout {
  readonly node: 'key';
  readonly kind: Kind<unknown>;
  /** The default as a file would write it; undefined when the key may be absent. */
  readonly default: unknown;
  /** Never present: carries the type of the value (in a function, so that `undefined` in it survives inference). */
  readonly produces?: () => Value;
}

/** Keys that belong together, under one name. */
export interface Group<Members> {
  readonly node: 'group';
  readonly about: string;
  readonly members: Members;
}

/** The value of a key with a default is always there. */
export function key<Value>(kind: Kind<Value>, spec: KeyAbout & { readonly default: unknown }): Key<Value> {
  return { node: 'key', kind, ...spec };
}

/** A key that may be absent. */
export function optionalKey<Value>(kind: Kind<Value>, spec: KeyAbout): Key<Value | undefined> {
  return { node: 'key', kind, default: undefined, ...spec };
}

export function group<const Members>(about: string, members: Members): Group<Members> {
  return { node: 'group', about, members };
}

/** `max_running` becomes `maxRunning`. */
type Camel<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Name;

/** The typed values of a definition, camelCase, nested as in the file. */
export type Values<Members> = {
  readonly [Name in keyof Members & string as Camel<Name>]: Members[Name] extends Key<infer Value>
    ? Value
    : Members[Name] extends Group<infer Inner>
      ? Values<Inner>
      : never;
};

/** The dotted paths of the keys of a definition: `ssh.key_file`. */
export type PathsOf<Members, Prefix extends string = ''> = {
  [Name in keyof Members & string]: Members[Name] extends Key<unknown>
    ? `${Prefix}${Name}`
    : Members[Name] extends Group<infer Inner>
      ? PathsOf<Inner, `${Prefix}${Name}.`>
      : never;
}[keyof Members & string];
