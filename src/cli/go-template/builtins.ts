import { equalsAny, isLess } from './compare.ts';
import { escapeHtml, escapeJavaScript, escapeQuery } from './escapes.ts';
import { CallFault } from './fault.ts';
import { sprint, sprintln } from './format/print.ts';
import { sprintf } from './format/printf.ts';
import { indexed, lengthOfValue, sliced } from './indexing.ts';
import type { GoFunction, GoFunctions } from './parameters.ts';
import { goBool, goString, isTrue, type Maybe } from './values.ts';

const one = (answer: (value: Maybe) => Maybe): GoFunction => ({
  fixed: ['any'],
  call: ([value]) => answer(value),
});

const comparison = (holds: (a: Maybe, b: Maybe) => boolean): GoFunction => ({
  fixed: ['any', 'any'],
  call: ([a, b]) => goBool(holds(a, b)),
});

const isAtMost = (a: Maybe, b: Maybe): boolean => isLess(a, b) || equalsAny(a, [b]);

/** Over the text that its arguments are printed as; nil is `<no value>`, as where a template prints it. */
const escaping = (escape: (text: string) => string): GoFunction => ({
  fixed: [],
  rest: 'any',
  call(values, budget) {
    const text = escape(
      sprint(
        values.map((value) => value ?? goString('<no value>')),
        budget,
      ),
    );
    budget.spend(text.length);
    return goString(text);
  },
});

/** The functions that every template of Go has. `and` and `or` look at no more than they have to: the evaluator sees to that. */
export const builtins: GoFunctions = new Map<string, GoFunction>([
  ['and', { fixed: ['any'], rest: 'any', call: ([first]) => first }],
  ['or', { fixed: ['any'], rest: 'any', call: ([first]) => first }],
  ['not', one((value) => goBool(!isTrue(value)))],
  ['len', one(lengthOfValue)],
  ['index', { fixed: ['any'], rest: 'any', call: ([value, ...indexes]) => indexed(value, indexes) }],
  ['slice', { fixed: ['any'], rest: 'any', call: ([value, ...indexes]) => sliced(value, indexes) }],
  ['print', { fixed: [], rest: 'any', call: (values, budget) => goString(sprint(values, budget)) }],
  ['println', { fixed: [], rest: 'any', call: (values, budget) => goString(sprintln(values, budget)) }],
  [
    'printf',
    {
      fixed: ['string'],
      rest: 'any',
      call: ([format, ...values], budget) =>
        goString(sprintf(format?.kind === 'string' ? format.data : '', values, budget)),
    },
  ],
  ['eq', { fixed: ['any'], rest: 'any', call: ([value, ...others]) => goBool(equalsAny(value, others)) }],
  ['ne', comparison((a, b) => !equalsAny(a, [b]))],
  ['lt', comparison(isLess)],
  ['le', comparison(isAtMost)],
  ['gt', comparison((a, b) => !isAtMost(a, b))],
  ['ge', comparison((a, b) => !isLess(a, b))],
  ['html', escaping(escapeHtml)],
  ['js', escaping(escapeJavaScript)],
  ['urlquery', escaping(escapeQuery)],
  [
    'call',
    {
      fixed: ['any'],
      rest: 'any',
      call([value]) {
        throw new CallFault(value === undefined ? 'call of nil' : `non-function of type ${value.type}`);
      },
    },
  ],
]);
