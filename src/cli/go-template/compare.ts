/** Go's comparisons in templates. */
import { CallFault } from './fault.ts';
import { compareText, type GoFloat, type GoInteger, type GoValue, type Maybe } from './values.ts';

const isInteger = (value: Maybe): value is GoInteger => value?.kind === 'int' || value?.kind === 'uint';

/** Whether the first equals any of the others. */
export function equalsAny(first: Maybe, others: readonly Maybe[]): boolean {
  if (others.length === 0) throw new CallFault('missing argument for comparison');
  return others.some((other) => equals(first, other));
}

const isComposite = (value: Maybe): boolean =>
  value === undefined || value.kind === 'slice' || value.kind === 'map' || value.kind === 'struct';

function equals(a: Maybe, b: Maybe): boolean {
  if (isInteger(a) && isInteger(b)) return a.data === b.data;
  if (isComposite(a) && isComposite(b)) return equalComposites(a, b);
  if (a === undefined || b === undefined) return false;
  if (a.kind !== b.kind) {
    throw new CallFault(`incompatible types for comparison: ${a.type} and ${b.type}`);
  }
  return 'data' in a && 'data' in b && a.data === b.data;
}

const isNil = (value: Maybe): boolean => value === undefined || ('isNil' in value && value.isNil);

function equalComposites(a: Maybe, b: Maybe): boolean {
  if (a === undefined || b === undefined) return isNil(a) && isNil(b);
  if (a.kind !== b.kind) throw new CallFault(`non-comparable types: ${a.type}, ${b.type}`);
  if (isNil(a) || isNil(b)) return isNil(a) && isNil(b);
  if (a.kind !== 'struct' || b.kind !== 'struct' || !isComparable(b)) {
    throw new CallFault(`non-comparable type ${b.type}; it can be compared with nil`);
  }
  return a.type === b.type && a.fields.every(({ value }, at) => equals(value, b.fields[at]?.value));
}

const isComparable = (value: GoValue): boolean =>
  value.kind === 'struct'
    ? value.fields.every((field) => isComparable(field.value))
    : value.kind !== 'slice' && value.kind !== 'map';

/** Whether the first is less. */
export function isLess(a: Maybe, b: Maybe): boolean {
  if (!isOrdered(a) || !isOrdered(b)) throw new CallFault('invalid type for comparison');
  if (isInteger(a) && isInteger(b)) return a.data < b.data;
  if (a.kind === 'float' && b.kind === 'float') return a.data < b.data;
  if (a.kind === 'string' && b.kind === 'string') return compareText(a.data, b.data) < 0;
  if (a.kind === 'bool' && b.kind === 'bool') throw new CallFault('invalid type for comparison');
  throw new CallFault(`incompatible types for comparison: ${a.type} and ${b.type}`);
}

type Ordered = GoInteger | GoFloat | Extract<GoValue, { readonly kind: 'string' | 'bool' }>;

const isOrdered = (value: Maybe): value is Ordered => value !== undefined && 'data' in value;
