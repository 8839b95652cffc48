/** Values as Go has them: what a template sees. `type` is the name of the type in Go. */

export interface GoBool {
  readonly kind: 'bool';
  readonly type: string;
  readonly data: boolean;
}

export interface GoInteger {
  readonly kind: 'int' | 'uint';
  readonly type: string;
  readonly data: bigint;
}

export interface GoFloat {
  readonly kind: 'float';
  readonly type: 'float32' | 'float64';
  readonly data: number;
}

export interface GoString {
  readonly kind: 'string';
  readonly type: string;
  readonly data: string;
  /** What its method `String` says, where the type has one. */
  readonly said?: string;
}

export interface GoSlice {
  readonly kind: 'slice';
  readonly type: string;
  readonly isNil: boolean;
  readonly items: readonly GoValue[];
}

export interface GoMap {
  readonly kind: 'map';
  readonly type: string;
  readonly isNil: boolean;
  /** In the order of the keys. */
  readonly entries: ReadonlyMap<string, Maybe>;
  /** What `index` gives for a key that is not there. */
  readonly zero: Maybe;
}

interface GoField {
  readonly name: string;
  readonly value: GoValue;
  /** The fields of the struct in it are reached without its name. */
  readonly isEmbedded: boolean;
}

export interface GoStruct {
  readonly kind: 'struct';
  readonly type: string;
  readonly fields: readonly GoField[];
  /** What the method `String` of a pointer to it says: such a value shows that when it is printed by itself. */
  readonly say?: () => string;
}

export type GoValue = GoBool | GoInteger | GoFloat | GoString | GoSlice | GoMap | GoStruct;

/** Without a value: nil, or the value of a key that is not there. */
export type Maybe = GoValue | undefined;

export const goBool = (data: boolean): GoBool => ({ kind: 'bool', type: 'bool', data });

export const goInt = (data: number | bigint, type = 'int'): GoInteger => ({
  kind: 'int',
  type,
  data: BigInt(data),
});

export const goUint = (data: number | bigint, type = 'uint64'): GoInteger => ({
  kind: 'uint',
  type,
  data: BigInt(data),
});

export const goFloat = (data: number, type: GoFloat['type'] = 'float64'): GoFloat => ({
  kind: 'float',
  type,
  data: type === 'float32' ? Math.fround(data) : data,
});

export const goString = (data: string, type = 'string'): GoString => ({ kind: 'string', type, data });

/** @param raw what the items are made of, when they are asked for; undefined for nil. */
export function goSlice<Raw>(
  type: string,
  raw: readonly Raw[] | undefined,
  make: (raw: Raw) => GoValue,
): GoSlice {
  let made: readonly GoValue[] | undefined;
  return {
    kind: 'slice',
    type,
    isNil: raw === undefined,
    get items() {
      made ??= (raw ?? []).map(make);
      return made;
    },
  };
}

/** `map[string]string`. @param raw undefined for nil. */
export const goStringMap = (raw: Readonly<Record<string, string>> | undefined): GoMap => ({
  kind: 'map',
  type: 'map[string]string',
  isNil: raw === undefined,
  entries: new Map(
    Object.entries(raw ?? {})
      .sort(([a], [b]) => compareText(a, b))
      .map(([key, value]) => [key, goString(value)]),
  ),
  zero: goString(''),
});

/** Go compares the bytes. */
export const compareText = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** A field of a struct, or of one that is embedded in it. @returns undefined when there is none of that name. */
export function fieldOf(struct: GoStruct, name: string): Maybe {
  const own = struct.fields.find((field) => field.name === name);
  if (own !== undefined) return own.value;
  for (const { value, isEmbedded } of struct.fields) {
    const found = isEmbedded && value.kind === 'struct' ? fieldOf(value, name) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** All that can be reached without the name of an embedded struct. */
export const fieldNames = (struct: GoStruct): string[] =>
  struct.fields.flatMap(({ name, value, isEmbedded }) =>
    isEmbedded && value.kind === 'struct' ? fieldNames(value) : [name],
  );

/** What its method `String` says; undefined for types without one. */
export function saidBy(value: GoValue): string | undefined {
  if (value.kind === 'string') return value.said;
  return value.kind === 'struct' ? value.say?.() : undefined;
}

/** Whether `if` goes into it: not the zero of its type; a struct always is. */
export function isTrue(value: Maybe): boolean {
  switch (value?.kind) {
    case undefined:
      return false;
    case 'bool':
      return value.data;
    case 'int':
    case 'uint':
      return value.data !== 0n;
    case 'float':
      return value.data !== 0;
    case 'string':
      return value.data !== '';
    case 'slice':
      return value.items.length > 0;
    case 'map':
      return value.entries.size > 0;
    case 'struct':
      return true;
  }
}
