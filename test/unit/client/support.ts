import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { type Client, type ClientOptions, createClient } from '../../../src/client/client.ts';
import { TransportError } from '../../../src/client/client-error.ts';
import type { HttpRequest, HttpResponse, Transport } from '../../../src/client/transport.ts';
import type { Clock } from '../../../src/lib/clock.ts';

/** What a scripted server answers. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export const jsonAnswer = (value: unknown, status = 200): Answer => ({
  status,
  headers: { 'content-type': 'application/json; charset=UTF-8' },
  body: `${JSON.stringify(value)}\n`,
});
export const textAnswer = (status: number, body: string): Answer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: `${body}\n`,
});
export const acceptedAnswer = (location = '/queue/0a'): Answer => ({ status: 202, headers: { location } });
export const pendingAnswer = (headers: Record<string, string> = {}): Answer => ({
  status: 200,
  headers: { 'x-pending': 'true', ...headers },
});
export const seeOtherAnswer = (location: string): Answer => ({ status: 303, headers: { location } });

/** A clock that passes only while somebody sleeps; it remembers how long. */
export class FakeClock implements Clock {
  readonly sleeps: number[] = [];
  #nowMs = 1_700_000_000_000;

  now(): number {
    return this.#nowMs;
  }

  async sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.sleeps.push(durationMs);
    this.#nowMs += durationMs;
    await Promise.resolve();
    signal?.throwIfAborted();
  }
}

type Script = readonly (Answer | Error)[];

/** Answers what the script says, one after the other, and remembers what was asked. */
export class ScriptedTransport implements Transport {
  readonly address = 'http://mortar.example:8080';
  readonly requests: HttpRequest[] = [];
  readonly #script: (Answer | Error)[];

  constructor(script: Script) {
    this.#script = [...script];
  }

  async request(request: HttpRequest): Promise<HttpResponse> {
    request.signal?.throwIfAborted();
    this.requests.push(request);
    const answer = this.#script.shift();
    if (answer === undefined) throw new Error(`no answer is left for ${request.method} ${request.target}`);
    if (answer instanceof Error) throw answer;
    return responseOf(answer);
  }

  close(): void {
    this.#script.length = 0;
  }

  /** `METHOD target` of each request. */
  get asked(): string[] {
    return this.requests.map(({ method, target }) => `${method} ${target}`);
  }
}

function responseOf({ status, headers = {}, body = '' }: Answer): HttpResponse {
  return {
    status,
    statusText: status === 204 ? 'No Content' : 'Status Text',
    header: (name) => headers[name],
    async *chunks() {
      yield body;
    },
    text: () => Promise.resolve(body),
    bytes: () => Promise.resolve(Buffer.from(body)),
  };
}

export const reset = (): TransportError => new TransportError('the connection broke', 'ECONNRESET');
export const refused = (): TransportError => new TransportError('connection refused', 'ECONNREFUSED');

/** A client on a scripted server, with a clock of its own. */
export function scripted(script: Script, options: Partial<ClientOptions> = {}) {
  const transport = new ScriptedTransport(script);
  const clock = new FakeClock();
  let keys = 0;
  const newKey = (): string => {
    keys += 1;
    return `key-${keys}`;
  };
  const client = createClient({
    server: transport.address,
    transport,
    clock,
    random: () => 0.5,
    newKey,
    user: 'admin',
    key: 'test-secret',
    ...options,
  });
  return { client, transport, clock };
}

/** A real HTTP server on a free port with one handler; closed when the test ends. @returns its address. */
export async function listen(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A client that is closed when the test ends. */
export function clientOf(options: ClientOptions): Client {
  const client = createClient(options);
  onTestFinished(() => client.close());
  return client;
}
