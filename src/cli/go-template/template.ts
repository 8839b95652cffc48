/**
 * Go's text/template language, as far as a command line needs it: everything its documentation tells of but complex
 * numbers and values that are functions. The words of its errors are Go's, with the remedy added.
 */
import { Budget, generousLimits, type Limits } from './budget.ts';
import { builtins } from './builtins.ts';
import { Evaluator } from './evaluator.ts';
import type { GoFunctions } from './parameters.ts';
import { parseTemplate } from './parser.ts';
import type { GoValue } from './values.ts';

export interface Template {
  /**
   * What the template makes of a value, which is its `.` and `$`.
   *
   * @throws TemplateFault that says where and why, also when it does not end within the limits.
   */
  render(value: GoValue): string;
}

export interface TemplateOptions {
  /** What errors call it. */
  readonly name: string;
  /** What may be called besides Go's own functions. */
  readonly functions?: GoFunctions;
  readonly limits?: Limits;
}

/** @throws TemplateFault that names the line and what was expected. */
export function readTemplate(
  source: string,
  { name, functions = new Map(), limits = generousLimits }: TemplateOptions,
): Template {
  const all: GoFunctions = new Map([...builtins, ...functions]);
  const parsed = parseTemplate(name, source, new Set(all.keys()));
  return { render: (value) => new Evaluator(parsed, all, new Budget(limits)).render(value) };
}
