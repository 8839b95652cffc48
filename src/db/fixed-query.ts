import type { CompiledQuery, Kysely } from 'kysely';
import type { Schema } from './schema.ts';

type Value = string | number | null | undefined;
type Row = Readonly<Record<string, Value>>;
type Argument = Value | Row | readonly (Value | Row)[];

/** Stands for a value while a query is built. */
class Slot {
  readonly index: number;

  constructor(index: number) {
    this.index = index;
  }
}

/**
 * A query whose text is made once, since building it anew costs more than running it. `build` is called with stand-ins
 * for the values, once for each shape of them (how many there are in a list, which columns a row has), so it must not look
 * at them. Columns that are `undefined` are left out.
 *
 * @returns what runs the query with values; it resolves with the rows.
 */
export function fixed<A extends readonly Argument[], R>(
  sql: Kysely<Schema>,
  build: (...values: A) => { compile(): CompiledQuery<R> },
): (...values: A) => Promise<R[]> {
  const texts = new Map<string, CompiledQuery<R>>();
  return async (...values) => {
    const flat: Value[] = [];
    const shape = values.map((value) => flatten(value, flat)).join(';');
    let compiled = texts.get(shape);
    if (compiled === undefined) {
      compiled = build(...standIns(values)).compile();
      if (texts.size < mostShapes) texts.set(shape, compiled);
    }
    const parameters = compiled.parameters.map((it) => (it instanceof Slot ? flat[it.index] : it));
    return (await sql.executeQuery<R>({ ...compiled, parameters })).rows;
  };
}

/** Lists may be of any length: the texts of the first so many are kept. */
const mostShapes = 200;

/** Appends the values of an argument in order. @returns its shape. */
function flatten(argument: Argument, flat: Value[]): string {
  if (typeof argument !== 'object' || argument === null) {
    flat.push(argument);
    return '';
  }
  if (isList(argument)) {
    const shapes = argument.map((item) => flatten(item, flat));
    const isEven = shapes.every((shape) => shape === shapes[0]);
    return isEven ? `${shapes.length}[${shapes[0] ?? ''}]` : `[${shapes.join('|')}]`;
  }
  let shape = '{';
  for (const [column, value] of Object.entries(argument)) {
    if (value === undefined) continue;
    flat.push(value);
    shape += `${column},`;
  }
  return shape;
}

/** The same arguments with a slot in place of each value, numbered in the order of `flatten`. */
function standIns<A extends readonly Argument[]>(values: A): A {
  let count = 0;
  const slot = (): Slot => new Slot(count++);
  const standIn = (argument: Argument): unknown => {
    if (typeof argument !== 'object' || argument === null) return slot();
    if (isList(argument)) return argument.map(standIn);
    const columns = Object.entries(argument).filter(([, value]) => value !== undefined);
    return Object.fromEntries(columns.map(([column]) => [column, slot()]));
  };
  return values.map(standIn) as unknown as A;
}

const isList = (argument: Row | readonly (Value | Row)[]): argument is readonly (Value | Row)[] =>
  Array.isArray(argument);
