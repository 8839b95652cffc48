import { PassThrough } from 'node:stream';
import { AppError } from '../../errors.ts';
import type { OperationEngine } from '../../operations/engine.ts';
import type { OperationEvent } from '../../operations/events.ts';

const heartbeatMs = 15_000;
/** What waits for a client that reads slowly; one event more than this, and it is cut off. */
const longestBacklogBytes = 1024 * 1024;
const retryAfterSeconds = 10;

const eventText = (type: string, data: unknown): string =>
  `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;

/**
 * The last event of a client that does not keep up. It may come again: the history is told first, and the journal
 * (`GET /operations/{id}`) has everything.
 */
const cutOff = eventText('cut_off', {
  reason: `more than ${longestBacklogBytes / 1024} KiB of events wait to be read; connect again to go on`,
});

/** Server-sent events for at most so many listeners at a time, each with a bounded backlog. */
export class EventStreams {
  readonly #engine: OperationEngine;
  readonly #limit: number;
  #open = 0;

  constructor(engine: OperationEngine, limit: number) {
    this.#engine = engine;
    this.#limit = limit;
  }

  /**
   * Events of one operation, or of all (`'*'`): what happened so far, then what happens, as `event: <type>` with the event
   * as JSON. For one operation the stream ends with `event: end` and what `last` gives; for a client that does not read
   * what comes it ends with `event: cut_off`.
   *
   * @throws AppError `server.busy` when too many listen already.
   */
  open(operationId: string, signal: AbortSignal, last?: () => Promise<unknown>): PassThrough {
    if (this.#open >= this.#limit) {
      throw new AppError(
        'server.busy',
        `${this.#limit} event streams are open already (limits.event_streams); follow the operation at /queue instead`,
        { details: { retryAfterSeconds } },
      );
    }
    this.#open += 1;
    const stream = new Listener(this.#engine, operationId, () => {
      this.#open -= 1;
    });
    stream.begin(signal, last);
    return stream.output;
  }
}

class Listener {
  readonly output = new PassThrough();
  readonly #engine: OperationEngine;
  readonly #operationId: string;
  readonly #onEnd: () => void;
  readonly #heartbeat: NodeJS.Timeout;
  readonly #unsubscribe: () => void;
  #hasEnded = false;

  constructor(engine: OperationEngine, operationId: string, onEnd: () => void) {
    this.#engine = engine;
    this.#operationId = operationId;
    this.#onEnd = onEnd;
    this.#heartbeat = setInterval(() => this.#write(': still here\n\n'), heartbeatMs);
    this.#unsubscribe = engine.events.subscribe(operationId, (event) => this.#tell(event));
  }

  begin(signal: AbortSignal, last: (() => Promise<unknown>) | undefined): void {
    signal.addEventListener('abort', () => this.#end(), { once: true });
    this.output.once('close', () => this.#end());
    this.#write(': events\n\n');
    for (const event of this.#engine.events.history(this.#operationId)) this.#tell(event);
    if (signal.aborted) this.#end();
    if (last === undefined) return;
    this.#engine
      .whenEnded(this.#operationId)
      .then(async () => this.#write(eventText('end', await last())))
      .catch(() => undefined)
      .finally(() => this.#end());
  }

  #tell(event: OperationEvent): void {
    this.#write(eventText(event.type, event));
  }

  #write(text: string): void {
    if (this.#hasEnded) return;
    const backlogBytes = this.output.writableLength + this.output.readableLength;
    if (backlogBytes <= longestBacklogBytes) {
      this.output.write(text);
      return;
    }
    this.output.write(cutOff);
    this.#end();
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    clearInterval(this.#heartbeat);
    this.#unsubscribe();
    this.output.end();
    this.#onEnd();
  }
}
