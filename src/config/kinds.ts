import { z } from 'zod';
import { Secret } from './secret.ts';
import { nearest } from './suggest.ts';

/** What values a key takes: how a file writes them, how a variable or flag writes them, and what becomes of them. */
export interface Kind<Value> {
  /** The allowed values in words, for the reference: "whole number from 1 to 65535". */
  readonly form: string;
  /** Checks the value as a file holds it. The message of an issue is the remedy. */
  readonly schema: z.ZodType<Value>;
  /** Turns the text of a variable or flag into what a file would hold; what cannot be turned is left for the schema. */
  readonly fromText: (text: string) => unknown;
  /** `path`: a path on this machine, made absolute. `secret`: never shown. */
  readonly nature: 'plain' | 'path' | 'secret';
}

export interface Range {
  readonly min: number;
  readonly max: number;
  /** Every value is a multiple of this. */
  readonly multipleOf?: number;
  /** Said after the range: "0 means no limit". */
  readonly note?: string;
}

export interface TextRule {
  readonly pattern: RegExp;
  /** What the pattern asks for: "a login name". */
  readonly form: string;
  readonly remedy: string;
}

const asIs = (text: string): string => text;

/** A whole number within a range. */
export function integer(range: Range): Kind<number> {
  const step = range.multipleOf === undefined ? '' : `, a multiple of ${range.multipleOf}`;
  const note = range.note === undefined ? '' : ` (${range.note})`;
  const form = `whole number from ${range.min} to ${range.max}${step}${note}`;
  const error = `must be a ${form}, without quotes`;
  const schema = z.int({ error }).min(range.min, { error }).max(range.max, { error });
  return {
    form,
    schema: range.multipleOf === undefined ? schema : schema.multipleOf(range.multipleOf, { error }),
    fromText: (text) => (/^-?\d{1,15}$/.test(text) ? Number(text) : text),
    nature: 'plain',
  };
}

/** A power of two within a range. */
export function powerOfTwo(range: Range): Kind<number> {
  const form = `power of two from ${range.min} to ${range.max}`;
  const error = `must be a ${form}`;
  const schema = z
    .int({ error })
    .refine((value) => value >= range.min && value <= range.max && Number.isInteger(Math.log2(value)), {
      error,
    });
  return { ...integer(range), form, schema };
}

/** A port that something listens on. */
export const port: Kind<number> = {
  ...integer({ min: 1, max: 65_535 }),
  form: 'port, 1-65535',
  schema: z
    .int({ error: 'port must be 1-65535, a number without quotes' })
    .refine((value) => value >= 1 && value <= 65_535, { error: 'port must be 1-65535' }),
};

/** The words that Go's (so Heketi's) `ParseBool` takes. */
const booleanWords = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((word) => [word, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((word) => [word, false] as const),
]);

export const boolean: Kind<boolean> = {
  form: '`true` or `false`',
  schema: z.boolean({ error: 'must be true or false, without quotes' }),
  fromText: (text) => booleanWords.get(text) ?? text,
  nature: 'plain',
};

export interface WordRules<Word> {
  /** Other spellings (Heketi's). */
  readonly aliases?: Readonly<Record<string, Word>>;
  /** Said instead of "must be one of …". */
  readonly remedy?: string;
}

/** One of some words. */
export function oneOf<const Word extends string>(
  words: readonly Word[],
  { aliases = {}, remedy }: WordRules<Word> = {},
): Kind<Word> {
  const list = words.map((word) => `\`${word}\``).join(', ');
  const also = Object.keys(aliases).map((word) => `\`${word}\``);
  const schema = z.unknown().transform((value, context): Word => {
    const word = words.find((one) => one === value) ?? aliasOf(aliases, value);
    if (word !== undefined) return word;
    const meant = typeof value === 'string' ? nearest(value, [...words, ...Object.keys(aliases)]) : undefined;
    const hint = meant === undefined ? '' : `; did you mean \`${meant}\`?`;
    context.addIssue({ code: 'custom', message: `${remedy ?? `must be one of ${list}`}${hint}` });
    return z.NEVER;
  });
  const form = also.length === 0 ? list : `${list} (also ${also.join(', ')})`;
  return { form, schema, fromText: asIs, nature: 'plain' };
}

function aliasOf<Word>(aliases: Readonly<Record<string, Word>>, value: unknown): Word | undefined {
  return typeof value === 'string' && Object.hasOwn(aliases, value) ? aliases[value] : undefined;
}

/** A text of a certain form, never with control characters. */
export function text(rule: TextRule): Kind<string> {
  return { form: rule.form, schema: textSchema(rule), fromText: asIs, nature: 'plain' };
}

/** A list of texts, or one text alone; comma list in variables. */
export function textList(rule: TextRule): Kind<readonly string[]> {
  return {
    form: `list: ${rule.form}`,
    schema: oneOrMany(textSchema(rule)),
    fromText: (given) => splitList(given, ','),
    nature: 'plain',
  };
}

/** A file or folder on this machine. */
export const path: Kind<string> = {
  form: 'path',
  schema: pathSchema(),
  fromText: asIs,
  nature: 'path',
};

/** Paths on this machine, or one alone; colon list in variables, as PATH is one. */
export const pathList: Kind<readonly string[]> = {
  form: 'path, or a list of paths',
  schema: oneOrMany(pathSchema()),
  fromText: (given) => splitList(given, ':'),
  nature: 'path',
};

/** A text that is never shown. */
export const secret: Kind<Secret> = {
  form: 'text, kept secret',
  schema: z
    .string({ error: 'must be a text; put quotes around it' })
    .min(1, { error: 'must not be empty' })
    .transform((given) => new Secret(given)),
  fromText: asIs,
  nature: 'secret',
};

/** The non-empty entries of a separated list, without the blanks around them. */
function splitList(given: string, separator: ',' | ':'): string[] {
  return given
    .split(separator)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function textSchema(rule: TextRule): z.ZodType<string> {
  const error = rule.remedy;
  // The pattern says it all; what looks like a number or a truth value in YAML needs quotes to be a text.
  return z
    .string({ error: `${error}; put quotes around it to make it a text` })
    .regex(rule.pattern, { error });
}

function pathSchema(): z.ZodType<string> {
  const error = 'must be a path, without control characters; put quotes around it if need be';
  return z.string({ error }).regex(/^[^\p{Cc}]+$/u, { error });
}

function oneOrMany(entry: z.ZodType<string>): z.ZodType<readonly string[]> {
  const error = 'must be a list of texts, or one text';
  return z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(entry, { error }));
}
