import type { z } from 'zod';
import { AppError } from '../../errors.ts';

type Issue = z.core.$ZodIssue;

function valueAt(document: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key],
    document,
  );
}

/** No integer that a program can hold; the contract's own limits are far below. */
const isNoInteger = (issue: Issue): boolean =>
  (issue.code === 'too_big' && issue.maximum === Number.MAX_SAFE_INTEGER) ||
  (issue.code === 'too_small' && issue.minimum === Number.MIN_SAFE_INTEGER);

/** A value of another type than the schema's; an absent one is a matter of validation. */
const isWrongType = (issue: Issue, document: unknown): boolean =>
  isNoInteger(issue) ||
  ((issue.code === 'invalid_type' || issue.code === 'invalid_union') &&
    valueAt(document, issue.path) !== undefined);

const longestShown = 60;

/** What was sent, as JSON, cut to a length that can be read. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= longestShown ? text : `${text.slice(0, longestShown)}…`;
}

/** `zone: expected a whole number, got "1"`: the field, what it takes, and what was sent. */
function typeFault(issue: Issue, document: unknown): string {
  const got = `got ${shown(valueAt(document, issue.path))}`;
  const expected = issue.code === 'invalid_type' ? issue.expected : undefined;
  const words =
    isNoInteger(issue) || expected === 'int'
      ? `expected a whole number of at most ${Number.MAX_SAFE_INTEGER}`
      : expected === undefined
        ? 'of no type that fits here'
        : `expected ${expected}`;
  return `${issue.path.join('.')}: ${words}, ${got}`;
}

/** The contract looks at this field before all others, and then tells of nothing else (section 8). */
const lookedAtFirst = 'healcheck';

/** What is absent "cannot be blank", as the contract says (section 2). */
const wordsOf = (issue: Issue, document: unknown): string =>
  issue.code === 'invalid_type' && valueAt(document, issue.path) === undefined
    ? 'cannot be blank'
    : issue.message;

interface Fault {
  words?: string;
  readonly fields: Map<string, Fault>;
}

/** `a: words; b: (c: words.).` in the contract's form: sorted by field, closed with a full stop (section 2). */
function format(fault: Fault): string {
  const items = [...fault.fields].sort(([a], [b]) => (a < b ? -1 : 1));
  const texts = items.map(([name, inner]) => `${name}: ${inner.words ?? `(${format(inner)})`}`);
  return `${texts.join('; ')}.`;
}

/** The names on the way to a value. Where objects stand in a list, as only in Mortar's own bodies, with their places. */
function namesOf(path: readonly PropertyKey[]): string[] {
  const isInList = path.some((part, at) => typeof part === 'number' && typeof path[at + 1] === 'string');
  const names: string[] = [];
  for (const part of path) {
    if (typeof part === 'string') names.push(part);
    else if (isInList) names.push(`${names.pop() ?? ''}[${String(part)}]`);
  }
  return names;
}

function collect(issues: readonly Issue[], document: unknown): Fault {
  const root: Fault = { fields: new Map() };
  const first = issues.filter(({ path }) => path[0] === lookedAtFirst);
  for (const issue of first.length > 0 ? first : issues) {
    let fault = root;
    for (const name of namesOf(issue.path)) {
      const inner = fault.fields.get(name) ?? { fields: new Map() };
      fault.fields.set(name, inner);
      fault = inner;
    }
    fault.words ??= wordsOf(issue, document);
  }
  return root;
}

/** The contract's answer to a body that does not fit its schema. */
export function explainIssues(error: z.ZodError, document: unknown): AppError {
  const { issues } = error;
  const unknown = issues.find((issue) => issue.code === 'unrecognized_keys');
  if (unknown !== undefined) {
    const where = unknown.path.length === 0 ? '' : `${unknown.path.join('.')}: `;
    return new AppError(
      'request.invalid',
      `validation failed: ${where}unknown key ${unknown.keys.map((key) => `"${key}"`).join(', ')}; see /docs for the keys there are`,
      { details: { issues: list(issues, document) } },
    );
  }
  if (issues.some((issue) => isWrongType(issue, document))) {
    const [wrong] = issues.filter((issue) => isWrongType(issue, document));
    return new AppError('request.unparsable', 'request unable to be parsed', {
      details: {
        ...(wrong === undefined ? {} : { reason: typeFault(wrong, document) }),
        issues: list(issues, document),
      },
    });
  }
  return new AppError('request.invalid', `validation failed: ${format(collect(issues, document))}`, {
    details: { issues: list(issues, document) },
  });
}

const list = (issues: readonly Issue[], document: unknown): { path: string; message: string }[] =>
  issues.map((issue) => ({ path: issue.path.join('.'), message: wordsOf(issue, document) }));
