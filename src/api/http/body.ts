import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import getRawBody from 'raw-body';
import type { z } from 'zod';
import { AppError } from '../../errors.ts';
import { foldKeys } from './fold-keys.ts';
import { explainIssues } from './validation.ts';

const unparsableWords = 'request unable to be parsed';
const unparsable = (reason: string): AppError =>
  new AppError('request.unparsable', unparsableWords, { details: { reason } });

/** The other form of the complaint, that some routes have: a 400 with the reason. Anything else stays as it is. */
export function withItsReason(thrown: unknown): unknown {
  if (!(thrown instanceof AppError) || thrown.code !== 'request.unparsable') return thrown;
  const { reason } = thrown.details;
  const words = typeof reason === 'string' ? reason : 'a field has the wrong type';
  return new AppError('request.unparsable', `${unparsableWords}: ${words}`, {
    status: 400,
    details: thrown.details,
  });
}

/**
 * Reads a body as the contract does: JSON whatever the content type says (section 2). What is not UTF-8 is not repaired
 * but refused: names would otherwise come out as others than were sent.
 *
 * @throws AppError `request.too_large`, `request.unparsable`.
 */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<string> {
  try {
    const bytes = await getRawBody(request, {
      length: request.headers['content-length'] ?? null,
      limit: limitBytes,
    });
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (thrown) {
    if ((thrown as { type?: string }).type !== 'entity.too.large') throw unparsable('it is no UTF-8');
    throw new AppError(
      'request.too_large',
      `the body is larger than ${limitBytes} bytes; send a smaller one`,
    );
  }
}

/**
 * Turns a body's text into what the schema describes.
 *
 * @throws AppError `request.unparsable` for text that is no JSON object or has wrong types; `request.invalid` with the
 * contract's "validation failed: …" for wrong values.
 */
export function parseBody<Body>(text: string, schema: z.ZodType<Body>): Body {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (thrown) {
    throw unparsable(thrown instanceof Error ? thrown.message : 'it is no JSON');
  }
  const folded = foldKeys(document ?? {}, schema);
  if (typeof folded !== 'object' || folded === null || Array.isArray(folded))
    throw unparsable('it is no JSON object');
  const parsed = schema.safeParse(folded);
  if (parsed.success) return parsed.data;
  throw explainIssues(parsed.error, folded);
}

/** What makes two requests the same, for idempotency keys. */
export const fingerprint = (method: string, path: string, body: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify([method, path, body]))
    .digest('hex');
