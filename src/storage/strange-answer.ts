import { AppError } from '../errors.ts';

const longestExcerpt = 300;

/** The error for output of a node that cannot be read: says what was asked and shows the node's own words. */
export function strangeAnswer(what: string, output: string, cause?: unknown): AppError {
  const excerpt = output.trim().slice(0, longestExcerpt);
  return new AppError(
    'node.strange_answer',
    `the answer to "${what}" cannot be read: ${excerpt || '(empty)'}`,
    {
      ...(cause === undefined ? {} : { cause }),
      details: { what, excerpt },
    },
  );
}
