import { errorOf, expectStatus } from './answer.ts';
import { ClientError, TransportError } from './client-error.ts';
import type { Call, CallOptions, Session } from './session.ts';
import type { HttpResponse } from './transport.ts';

/** What calls that start an operation can be given. */
export interface QueueOptions extends CallOptions {
  /** The server has taken the work in; under this id it can be watched and cancelled. */
  readonly onAccepted?: ((operationId: string) => void) | undefined;
  /** It goes on; called after each question. */
  readonly onPending?: ((pending: PendingAnswer) => void) | undefined;
  /** Under the same key the same creation is made only once. A new key for each call is the default. */
  readonly idempotencyKey?: string | undefined;
}

export interface PendingAnswer {
  /** The place in the queue, while it waits for its turn. */
  readonly position: number | undefined;
  /** What is in its way. */
  readonly waiting: string | undefined;
}

/** Short at first, so that quick work is quick; 400 ms is the contract's pace (section 20.1). */
const firstPausesMs = [20, 50, 100, 200];
const pauseMs = 400;
const latePauseMs = 1000;
const lateAfterMs = 10_000;

/** The time until the next question. */
export function pollPauseMs(asked: number, elapsedMs: number): number {
  return firstPausesMs[asked] ?? (elapsedMs < lateAfterMs ? pauseMs : latePauseMs);
}

/** How long the server may be away while an operation is awaited: a restart does not end the operation. */
const patienceMs = 15_000;

/**
 * Sends a request that is answered 202 and waits for its end (wire contract sections 4 and 20.1).
 *
 * @returns the final answer: 204, or the resource that a 303 led to. Which of them is right is the caller's affair.
 * @throws ClientError when the request or the operation fails; the signal's reason when it is aborted.
 */
export async function startAndWait(
  session: Session,
  call: Call,
  options: QueueOptions,
): Promise<HttpResponse> {
  const { signal, onBusy } = options;
  const accepted = await expectStatus(await session.send({ ...call, signal, onBusy }), 202);
  await accepted.text();
  const location = targetOf(accepted, call.target);
  const operationId = /^\/queue\/([0-9A-Za-z-]+)$/.exec(location)?.[1];
  if (operationId !== undefined) options.onAccepted?.(operationId);
  return waitForEnd(session, location, options);
}

/** Where an answer sends us: always on our own server, whatever name it has for itself. */
function targetOf(response: HttpResponse, asked: string): string {
  const location = response.header('location') ?? '';
  const base = new URL(asked, 'http://server');
  if (location === '' || !URL.canParse(location, base.href)) {
    const what = location === '' ? 'without a Location' : `with the Location "${location}"`;
    throw new ClientError(
      `the server answered ${response.status} ${what}; is this a Mortar or Heketi server?`,
      {
        status: response.status,
      },
    );
  }
  const { pathname, search } = new URL(location, base);
  return `${pathname}${search}`;
}

/** Asks a queue entry until it has ended; follows it to its resource. */
async function waitForEnd(
  session: Session,
  location: string,
  { signal, onPending }: QueueOptions,
): Promise<HttpResponse> {
  const { clock } = session;
  const startedMs = clock.now();
  for (let asked = 0; ; asked += 1) {
    await clock.sleep(pollPauseMs(asked, clock.now() - startedMs), signal);
    const response = await ask(session, location, signal);
    if (response.header('x-pending') === 'true') {
      if (response.status !== 200) throw await errorOf(response);
      await response.text();
      onPending?.(pendingAnswerOf(response));
      continue;
    }
    if (response.status !== 303) return response;
    await response.text();
    return session.exchange({ method: 'GET', target: targetOf(response, location), signal });
  }
}

function pendingAnswerOf(response: HttpResponse): PendingAnswer {
  const position = Number(response.header('x-mortar-position') ?? Number.NaN);
  return {
    position: Number.isNaN(position) ? undefined : position,
    waiting: response.header('x-mortar-waiting'),
  };
}

/** One question; asked again while the server is away for a moment. */
async function ask(session: Session, target: string, signal: AbortSignal | undefined): Promise<HttpResponse> {
  const startedMs = session.clock.now();
  for (let tries = 0; ; tries += 1) {
    try {
      return await session.exchange({ method: 'GET', target, signal });
    } catch (thrown) {
      const isPassing = thrown instanceof TransportError && thrown.isPassing;
      if (!isPassing || session.clock.now() - startedMs > patienceMs) throw thrown;
      await session.clock.sleep(pollPauseMs(tries, 0), signal);
    }
  }
}
