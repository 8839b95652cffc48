import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import getRawBody from 'raw-body';
import type { z } from 'zod';
import { AppError } from '../../errors.ts';
import { foldKeys } from './fold-keys.ts';
import { explainIssues } from './validation.ts';

const unparsable = (): AppError => new AppError('request.unparsable', 'request unable to be parsed');

/**
 * Reads a body as the contract does: JSON whatever the content type says (section 2).
 *
 * @throws AppError `request.too_large`, `request.unparsable`.
 */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<string> {
  try {
    return await getRawBody(request, {
      length: request.headers['content-length'] ?? null,
      limit: limitBytes,
      encoding: 'utf8',
    });
  } catch (thrown) {
    if ((thrown as { type?: string }).type !== 'entity.too.large') throw unparsable();
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
  } catch {
    throw unparsable();
  }
  const folded = foldKeys(document ?? {}, schema);
  if (typeof folded !== 'object' || folded === null || Array.isArray(folded)) throw unparsable();
  const parsed = schema.safeParse(folded);
  if (parsed.success) return parsed.data;
  throw explainIssues(parsed.error, folded);
}

/** What makes two requests the same, for idempotency keys. */
export const fingerprint = (method: string, path: string, body: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify([method, path, body]))
    .digest('hex');
