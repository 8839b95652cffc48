import type { IncomingMessage } from 'node:http';
import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';
import { AppError } from '../../errors.ts';
import type { StoredFile } from '../target.ts';

const parser = new XMLParser({ parseTagValue: false, isArray: (name) => name === 'Contents' });

const errorAnswer = z.object({
  Error: z.object({ Code: z.string(), Message: z.string().default('') }),
});

const listAnswer = z.object({
  ListBucketResult: z.object({
    Contents: z.array(z.object({ Key: z.string(), Size: z.string().regex(/^\d+$/) })).default([]),
    NextContinuationToken: z.string().optional(),
  }),
});

const longestAnswerBytes = 16 * 1024 * 1024;

/** The body of an answer. @throws when it breaks off, or is far too long. */
export async function bodyOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > longestAnswerBytes) throw new Error('the answer is too long');
  }
  return Buffer.concat(chunks).toString('utf8');
}

const remedies: Readonly<Record<string, string>> = {
  NoSuchBucket: 'make the bucket, or correct backup.s3.bucket',
  InvalidAccessKeyId: 'correct backup.s3.access_key',
  SignatureDoesNotMatch:
    'correct the secret key (backup.s3.secret_key_file), or the region (backup.s3.region)',
  AccessDenied: 'let this key read, write, list and delete in the bucket',
  RequestTimeTooSkewed: "set this machine's clock",
  AuthorizationHeaderMalformed: 'correct backup.s3.region',
};

/** The error that an answer is, in the server's words; `details.isPassing` when another try may help. */
export async function explainAnswer(answer: IncomingMessage, where: string): Promise<AppError> {
  const status = answer.statusCode ?? 0;
  const body = await bodyOf(answer).catch(() => '');
  const error = errorAnswer.safeParse(parse(body)).data?.Error;
  const words = error === undefined ? `status ${status}` : `${error.Code}: ${error.Message}`;
  const remedy = remedies[error?.Code ?? ''];
  return new AppError('backup.failed', `${where}: ${words}${remedy === undefined ? '' : `; ${remedy}`}`, {
    details: { isPassing: status >= 500 || status === 429, status },
  });
}

/** One page of a listing. @throws AppError `backup.failed` when it is none. */
export function readListing(body: string): { files: StoredFile[]; next: string | undefined } {
  const parsed = listAnswer.safeParse(parse(body));
  if (!parsed.success)
    throw new AppError(
      'backup.failed',
      'the listing of the bucket cannot be read; is backup.s3.endpoint an S3-compatible server?',
    );
  const { Contents, NextContinuationToken } = parsed.data.ListBucketResult;
  return {
    files: Contents.map(({ Key, Size }) => ({ name: Key, sizeBytes: Number(Size) })),
    next: NextContinuationToken,
  };
}

function parse(xml: string): unknown {
  try {
    return parser.parse(xml);
  } catch {
    return undefined;
  }
}
