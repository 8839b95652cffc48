/** Go's `index`, `slice` and `len` in templates. Texts count in bytes, as Go's do. */
import { CallFault } from './fault.ts';
import { type GoValue, goInt, goSlice, goString, goUint, type Maybe } from './values.ts';

function position(index: Maybe, length: number): number {
  if (index === undefined) throw new CallFault('cannot index slice/array with nil');
  if (index.kind !== 'int' && index.kind !== 'uint') {
    throw new CallFault(`cannot index slice/array with type ${index.type}`);
  }
  if (index.data < 0n || index.data > length) throw new CallFault(`index out of range: ${index.data}`);
  return Number(index.data);
}

export function indexed(value: Maybe, indexes: readonly Maybe[]): Maybe {
  if (value === undefined) throw new CallFault('index of untyped nil');
  let item: Maybe = value;
  for (const index of indexes) {
    if (item === undefined) throw new CallFault('index of nil pointer');
    item = at(item, index);
  }
  return item;
}

function at(value: GoValue, index: Maybe): Maybe {
  if (value.kind === 'slice') return value.items[inside(index, value.items.length)];
  if (value.kind === 'string') {
    const bytes = Buffer.from(value.data);
    return goUint(bytes[inside(index, bytes.length)] ?? 0, 'uint8');
  }
  if (value.kind !== 'map') throw new CallFault(`can't index item of type ${value.type}`);
  if (index === undefined) throw new CallFault('value is nil; should be of type string');
  if (index.kind !== 'string' || index.type !== 'string') {
    throw new CallFault(`value has type ${index.type}; should be string`);
  }
  return value.entries.has(index.data) ? value.entries.get(index.data) : value.zero;
}

/** A position that holds something. */
function inside(index: Maybe, length: number): number {
  const place = position(index, length);
  if (place === length) throw new CallFault(`index out of range: ${place}`);
  return place;
}

const mostIndexes = 3;

export function sliced(value: Maybe, indexes: readonly Maybe[]): GoValue {
  if (value === undefined) throw new CallFault('slice of untyped nil');
  if (indexes.length > mostIndexes) throw new CallFault(`too many slice indexes: ${indexes.length}`);
  if (value.kind === 'string') {
    if (indexes.length === mostIndexes) throw new CallFault('cannot 3-index slice a string');
    const bytes = Buffer.from(value.data);
    const [from, to] = bounds(indexes, bytes.length);
    return { ...goString(bytes.subarray(from, to).toString(), value.type) };
  }
  if (value.kind !== 'slice') throw new CallFault(`can't slice item of type ${value.type}`);
  const [from, to] = bounds(indexes, value.items.length);
  return goSlice(value.type, value.items.slice(from, to), (item) => item);
}

function bounds(indexes: readonly Maybe[], length: number): [number, number] {
  const [from = 0, to = length, most = length] = indexes.map((index) => position(index, length));
  if (from > to) throw new CallFault(`invalid slice index: ${from} > ${to}`);
  if (to > most) throw new CallFault(`invalid slice index: ${to} > ${most}`);
  return [from, to];
}

export function lengthOfValue(value: Maybe): GoValue {
  if (value === undefined) throw new CallFault('len of nil pointer');
  switch (value.kind) {
    case 'slice':
      return goInt(value.items.length);
    case 'map':
      return goInt(value.entries.size);
    case 'string':
      return goInt(Buffer.byteLength(value.data));
    case 'bool':
    case 'int':
    case 'uint':
    case 'float':
    case 'struct':
      throw new CallFault(`len of type ${value.type}`);
  }
}
