import type { Clock } from '../lib/clock.ts';
import { expectStatus, readAnswer } from './answer.ts';
import { busyPauseMs } from './busy.ts';
import { TransportError } from './client-error.ts';
import type { Shape } from './shape.ts';
import type { Authorize } from './token.ts';
import type { HttpRequest, HttpResponse, Transport } from './transport.ts';

/** What any call can be given. */
export interface CallOptions {
  /** Ends the wait; what the server has taken in goes on. The call then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** The server is busy; the request is repeated after so long. */
  readonly onBusy?: ((pauseMs: number) => void) | undefined;
}

/** One request as the resources describe it. */
export interface Call extends CallOptions {
  readonly method: HttpRequest['method'];
  /** Path and query, encoded. */
  readonly target: string;
  readonly body?: unknown;
  /** Makes a repetition of a creation harmless. */
  readonly idempotencyKey?: string | undefined;
}

export interface SessionParts {
  readonly transport: Transport;
  readonly authorize: Authorize;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** A key that was never used before. */
  readonly newKey: () => string;
  readonly userAgent: string;
}

/** One path segment. */
export const segment = (id: string): string => encodeURIComponent(id);

/** Mortar gives problem documents to those who prefer JSON; Heketi pays no heed. */
const accept = 'application/json, application/problem+json;q=0.9, text/plain;q=0.5, */*;q=0.1';

/** Sends requests to one server: a token for each, repeated when the contract says so. */
export class Session {
  readonly clock: Clock;
  readonly #parts: SessionParts;
  #isSimulated = false;

  constructor(parts: SessionParts) {
    this.clock = parts.clock;
    this.#parts = parts;
  }

  /** Whether an answer said that the server's nodes are simulated. */
  get isSimulated(): boolean {
    return this.#isSimulated;
  }

  newKey(): string {
    return this.#parts.newKey();
  }

  /** A call that is answered at once with a value. @throws ClientError. */
  async value<Value>(call: Call, shape: Shape<Value>, status = 200): Promise<Value> {
    const response = await expectStatus(await this.send(call), status);
    return readAnswer(response, shape, `${call.method} ${call.target}`);
  }

  /** A call that is answered at once with nothing. @throws ClientError. */
  async done(call: Call, ...statuses: number[]): Promise<void> {
    await (await expectStatus(await this.send(call), ...statuses)).text();
  }

  /** Sends a request, and again while the server is busy. @throws TransportError. */
  async send(call: Call): Promise<HttpResponse> {
    for (let repeats = 0; ; repeats += 1) {
      const response = await this.exchange(call);
      if (response.status !== 429) return response;
      const pauseMs = busyPauseMs(repeats, response.header('retry-after'), this.#parts.random());
      if (pauseMs === undefined) return response;
      await response.text();
      call.onBusy?.(pauseMs);
      await this.clock.sleep(pauseMs, call.signal);
    }
  }

  /**
   * Sends a request, whatever the answer. When the connection breaks it is sent once more if that does no harm: a reading
   * one, or a creation under its key.
   *
   * @throws TransportError.
   */
  async exchange(call: Call): Promise<HttpResponse> {
    try {
      return await this.#sendOnce(call);
    } catch (thrown) {
      const isHarmless = call.method === 'GET' || call.idempotencyKey !== undefined;
      if (!isHarmless || !(thrown instanceof TransportError) || !thrown.isReset) throw thrown;
      return this.#sendOnce(call);
    }
  }

  close(): void {
    this.#parts.transport.close();
  }

  async #sendOnce({ method, target, body, idempotencyKey, signal }: Call): Promise<HttpResponse> {
    const { transport, authorize, userAgent } = this.#parts;
    const headers = {
      Authorization: await authorize(method, target),
      Accept: accept,
      'User-Agent': userAgent,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }),
    };
    const response = await transport.request({
      method,
      target,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal,
    });
    if (response.header('x-mortar-simulated') === 'true') this.#isSimulated = true;
    return response;
  }
}
