/** What an answer means: an error in the server's words, or a value of the expected shape. */
import { ClientError } from './client-error.ts';
import type { Shape } from './shape.ts';
import { ShapeError } from './shape.ts';
import type { HttpResponse } from './transport.ts';

interface Problem {
  readonly detail?: unknown;
  readonly title?: unknown;
  readonly code?: unknown;
  readonly details?: unknown;
  readonly remedy?: unknown;
}

const asText = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

function readProblem(response: HttpResponse, body: string): Problem {
  if (response.header('content-type')?.startsWith('application/problem+json') !== true) return {};
  try {
    return (JSON.parse(body) ?? {}) as Problem;
  } catch {
    return {};
  }
}

/**
 * The error that an answer is: the body, trimmed, is the message (wire contract section 20.1); of a problem document it is
 * the detail.
 */
export async function errorOf(response: HttpResponse): Promise<ClientError> {
  const body = (await response.text()).trim();
  const { status, statusText } = response;
  const problem = readProblem(response, body);
  const message = asText(problem.detail) ?? asText(problem.title) ?? body;
  return new ClientError(
    message === '' ? `server did not provide a message (status ${status}: ${statusText})` : message.trim(),
    {
      status,
      code: asText(problem.code),
      remedy: asText(problem.remedy),
      details:
        typeof problem.details === 'object' && problem.details !== null ? { ...problem.details } : undefined,
    },
  );
}

/** Throws unless the status is one of those the contract has for the call; reads the body away otherwise. */
export async function expectStatus(response: HttpResponse, ...expected: number[]): Promise<HttpResponse> {
  if (expected.includes(response.status)) return response;
  throw await errorOf(response);
}

/**
 * The value in an answer.
 *
 * @param what the request, for messages: `GET /clusters`.
 * @throws ClientError when the body is no JSON, or of another shape.
 */
export async function readAnswer<Value>(
  response: HttpResponse,
  shape: Shape<Value>,
  what: string,
): Promise<Value> {
  const body = await response.text();
  try {
    return shape.read(JSON.parse(body), '');
  } catch (thrown) {
    const why = thrown instanceof ShapeError ? thrown.message : 'it is no JSON';
    throw new ClientError(
      `the answer to ${what} cannot be read: ${why}; is this a Mortar or Heketi server?`,
      {
        status: response.status,
        cause: thrown,
      },
    );
  }
}
