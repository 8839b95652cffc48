import type { z } from 'zod';
import { AppError } from '../../errors.ts';

type Issue = z.core.$ZodIssue;

function valueAt(document: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key],
    document,
  );
}

/** A value of another type than the schema's; an absent one is a matter of validation. */
const isWrongType = (issue: Issue, document: unknown): boolean =>
  (issue.code === 'invalid_type' || issue.code === 'invalid_union') &&
  valueAt(document, issue.path) !== undefined;

const wordsOf = (issue: Issue): string => (issue.code === 'invalid_type' ? 'cannot be blank' : issue.message);

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

function collect(issues: readonly Issue[]): Fault {
  const root: Fault = { fields: new Map() };
  for (const issue of issues) {
    const names = issue.path.filter((part) => typeof part === 'string');
    let fault = root;
    for (const name of names) {
      const inner = fault.fields.get(name) ?? { fields: new Map() };
      fault.fields.set(name, inner);
      fault = inner;
    }
    fault.words ??= wordsOf(issue);
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
      { details: { issues: list(issues) } },
    );
  }
  if (issues.some((issue) => isWrongType(issue, document))) {
    return new AppError('request.unparsable', 'request unable to be parsed', {
      details: { issues: list(issues) },
    });
  }
  return new AppError('request.invalid', `validation failed: ${format(collect(issues))}`, {
    details: { issues: list(issues) },
  });
}

const list = (issues: readonly Issue[]): { path: string; message: string }[] =>
  issues.map((issue) => ({ path: issue.path.join('.'), message: wordsOf(issue) }));
