/**
 * Shapes: how an answer is read. Like heketi-cli's typed structures (wire contract sections 18.1, 20.1): what is absent or
 * null becomes the empty value, fields that are not known vanish, keys come out in the order they have here, and a value
 * of another type is an error. The types are those of `api/schema/`, so a field that is forgotten here does not compile.
 */
export interface Shape<Value> {
  /** @throws ShapeError with the place (`where`) when the value has another type. */
  read(value: unknown, where: string): Value;
}

/** A field that is left out when it is absent or empty. */
interface OptionalField<Value> {
  readonly optional: Shape<Value>;
}

type FieldOf<Value, Key extends keyof Value> =
  object extends Pick<Value, Key> ? OptionalField<Exclude<Value[Key], undefined>> : Shape<Value[Key]>;

type FieldsOf<Value> = { readonly [Key in keyof Value]-?: FieldOf<Value, Key> };

export class ShapeError extends Error {
  constructor(where: string, value: unknown, expected: string) {
    super(`${where === '' ? 'it' : where}: ${inWords(value)} is not ${expected}`);
    this.name = 'ShapeError';
  }
}

const longestShown = 40;

function inWords(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value).slice(0, longestShown);
  return Array.isArray(value) ? 'a list' : 'an object';
}

export const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null;

function primitive<Value>(empty: Value, expected: string, fits: (value: unknown) => boolean): Shape<Value> {
  return {
    read(value, where) {
      if (isAbsent(value)) return empty;
      if (fits(value)) return value as Value;
      throw new ShapeError(where, value, expected);
    },
  };
}

export const text = primitive('', 'a text', (value) => typeof value === 'string');
export const wholeNumber = primitive(0, 'a whole number', Number.isSafeInteger);
export const decimal = primitive(0, 'a number', (value) => typeof value === 'number');
export const flag = primitive(false, 'true or false', (value) => typeof value === 'boolean');

/** Any JSON value, as it is. */
export const anything: Shape<unknown> = { read: (value) => value };

/** One of these words, and never absent. */
export function oneOf<const Word extends string>(...words: Word[]): Shape<Word> {
  return {
    read(value, where) {
      const word = words.find((candidate) => candidate === value);
      if (word !== undefined) return word;
      throw new ShapeError(where, value ?? null, `one of ${words.join(', ')}`);
    },
  };
}

export function nullable<Value>(shape: Shape<Value>): Shape<Value | null> {
  return { read: (value, where) => (isAbsent(value) ? null : shape.read(value, where)) };
}

export function listOf<Value>(shape: Shape<Value>): Shape<Value[]> {
  return {
    read(value, where) {
      if (isAbsent(value)) return [];
      if (!Array.isArray(value)) throw new ShapeError(where, value, 'a list');
      return value.map((item, index) => shape.read(item, `${where}[${index}]`));
    },
  };
}

function entriesOf(value: unknown, where: string): Record<string, unknown> {
  if (isAbsent(value)) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw new ShapeError(where, value, 'an object');
  return value as Record<string, unknown>;
}

/** A map; its keys come out sorted. */
export function mapOf<Value>(shape: Shape<Value>): Shape<Record<string, Value>> {
  return {
    read(value, where) {
      const entries = Object.entries(entriesOf(value, where)).sort(([a], [b]) => (a < b ? -1 : 1));
      return Object.fromEntries(entries.map(([key, item]) => [key, shape.read(item, `${where}.${key}`)]));
    },
  };
}

export const optional = <Value>(shape: Shape<Value>): OptionalField<Value> => ({ optional: shape });

/** An object with these fields. */
export function record<Value extends object>(fields: FieldsOf<Value>): Shape<Value> {
  const known = Object.entries(fields) as [string, Shape<unknown> | OptionalField<unknown>][];
  return {
    read(value, where) {
      const entries = entriesOf(value, where);
      const result: Record<string, unknown> = {};
      for (const [name, field] of known) {
        const place = where === '' ? name : `${where}.${name}`;
        const item = Object.hasOwn(entries, name) ? entries[name] : undefined;
        if (!('optional' in field)) result[name] = field.read(item, place);
        else if (!isAbsent(item) && !isEmpty(item)) result[name] = field.optional.read(item, place);
      }
      return result as Value;
    },
  };
}

/** What a field may be left out for. */
export function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === '' || value === 0 || value === false;
}
