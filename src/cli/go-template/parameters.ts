import type { Budget } from './budget.ts';
import type { GoValue, Maybe } from './values.ts';

/** What a function takes in a place. `any` takes nil, too. */
export type Parameter = 'any' | 'string' | 'uint64' | '[]string';

export interface GoFunction {
  readonly fixed: readonly Parameter[];
  /** What may follow any number of times. */
  readonly rest?: Parameter;
  /** @throws CallFault. */
  call(args: readonly Maybe[], budget: Budget): Maybe;
}

export type GoFunctions = ReadonlyMap<string, GoFunction>;

/** Whether Go lets a value be given for a parameter: a type with a name of its own is another type. */
export function suits(value: GoValue, parameter: Parameter): boolean {
  switch (parameter) {
    case 'any':
      return true;
    case '[]string':
      return value.kind === 'slice' && (value.type === '[]string' || value.type === 'sort.StringSlice');
    case 'string':
    case 'uint64':
      return value.type === parameter;
  }
}
