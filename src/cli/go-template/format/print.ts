/** Go's `fmt.Sprint` and `fmt.Sprintln`. */
import type { Budget } from '../budget.ts';
import type { Maybe } from '../values.ts';
import { Printer } from './printer.ts';

/** A value as Go prints it by itself: `%v`. */
export const textOf = (value: Maybe, budget: Budget): string => sprint([value], budget);

/** Blanks stand only between values neither of which is a string. */
export function sprint(values: readonly Maybe[], budget: Budget): string {
  const printer = new Printer(budget);
  for (const [at, value] of values.entries()) {
    const isApart = at > 0 && value?.kind !== 'string' && values[at - 1]?.kind !== 'string';
    if (isApart) printer.write(' ');
    printer.print(value, 'v');
  }
  return printer.text;
}

export function sprintln(values: readonly Maybe[], budget: Budget): string {
  const printer = new Printer(budget);
  for (const [at, value] of values.entries()) {
    if (at > 0) printer.write(' ');
    printer.print(value, 'v');
  }
  printer.write('\n');
  return printer.text;
}
