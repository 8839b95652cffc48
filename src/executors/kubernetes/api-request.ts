import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { ClusterAccess } from './access.ts';
import { ApiFailure } from './api-failure.ts';

const longestErrorBytes = 64 * 1024;

/**
 * Sends a GET. The answer's body is the caller's to read or destroy.
 *
 * @param path from the root, with its query.
 * @param timeoutMs until the answer begins.
 * @throws ApiFailure for everything but an answer 200; the reason of `signal` when it is aborted first.
 */
export async function get(
  access: ClusterAccess,
  path: string,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<IncomingMessage> {
  const response = await ask(access, path, options);
  if (response.statusCode === 200) return response;
  throw ApiFailure.ofAnswer(response.statusCode ?? 0, await readText(response, longestErrorBytes));
}

/** @throws ApiFailure as `get`, and when the answer breaks off. */
export async function getText(
  access: ClusterAccess,
  path: string,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<string> {
  return readText(await get(access, path, options));
}

/** @returns the text, cut off after the limit. @throws ApiFailure when the answer breaks off. */
export async function readText(
  response: IncomingMessage,
  limitBytes = Number.POSITIVE_INFINITY,
): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of response as AsyncIterable<Buffer>) {
      parts.push(part);
      size += part.length;
      if (size > limitBytes) break;
    }
  } catch (error) {
    throw ApiFailure.ofNetwork(error as Error);
  }
  return Buffer.concat(parts).toString('utf8');
}

async function ask(
  access: ClusterAccess,
  path: string,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<IncomingMessage> {
  const url = new URL(`${access.server}${path}`);
  const options = await access.requestOptions();
  const send = url.protocol === 'http:' ? httpRequest : httpsRequest;
  return new Promise((resolve, reject) => {
    const asking = send(url, { ...options, signal });
    const timer = setTimeout(() => {
      asking.destroy(
        Object.assign(new Error(`no answer within ${timeoutMs / 1000} s`), { code: 'ETIMEDOUT' }),
      );
    }, timeoutMs);
    asking.on('response', (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    asking.on('error', (error) => {
      clearTimeout(timer);
      reject(signal.aborted ? (signal.reason as Error) : ApiFailure.ofNetwork(error));
    });
    asking.end();
  });
}
