import type { Operation } from '../api/schema/operations.ts';
import { expectStatus } from './answer.ts';
import { ClientError, TransportError } from './client-error.ts';
import { EventParser, type ServerSentEvent } from './event-parser.ts';
import { type CallOptions, type Session, segment } from './session.ts';
import { operationDetailsShape, operationShape } from './shapes.ts';

/** What happens to an operation, as the server tells it (`src/operations/events.ts`). */
export type OperationEvent = { readonly operationId: string; readonly atMs: number } & (
  | { readonly type: 'state'; readonly state: Operation['state']; readonly message?: string }
  | { readonly type: 'stage'; readonly stage: number; readonly stageCount: number }
  | {
      readonly type: 'step';
      readonly action: string;
      readonly title: string;
      readonly nodeId: string | null;
      readonly state: 'planned' | 'running' | 'done' | 'failed' | 'undone';
      readonly message?: string;
    }
  | {
      readonly type: 'command';
      readonly nodeId: string;
      readonly label: string;
      readonly status: string;
      readonly output: string;
    }
  | { readonly type: 'waiting'; readonly reason: string; readonly untilMs: number }
);

export interface WatchCalls {
  /**
   * Follows an operation: what happened so far, then what happens. Goes on when the connection breaks; each event comes
   * once. Kinds of events that are not known here are passed over.
   *
   * @returns the operation as it ended.
   */
  watch(id: string, onEvent: (event: OperationEvent) => void, options?: CallOptions): Promise<Operation>;
}

const eventTypes: ReadonlySet<string> = new Set(['state', 'stage', 'step', 'command', 'waiting']);

/** More than a server repeats. */
const remembered = 1000;

const reconnectPauseMs = 1000;
/** How often in a row the connection may break or fail. */
const maxBreaks = 15;

export const createWatchCalls = (session: Session): WatchCalls => ({
  watch: (id, onEvent, options = {}) => new Watch(session, id, onEvent).run(options),
});

class Watch {
  readonly #session: Session;
  readonly #id: string;
  readonly #onEvent: (event: OperationEvent) => void;
  /** What came already: a new connection begins with the history. */
  readonly #seen = new Set<string>();

  constructor(session: Session, id: string, onEvent: (event: OperationEvent) => void) {
    this.#session = session;
    this.#id = id;
    this.#onEvent = onEvent;
  }

  async run(options: CallOptions): Promise<Operation> {
    for (let breaks = 0; ; breaks += 1) {
      try {
        const seenBefore = this.#seen.size;
        const ended = (await this.#follow(options)) ?? (await this.#endedMeanwhile(options));
        if (ended !== undefined) return ended;
        if (this.#seen.size > seenBefore) breaks = 0;
      } catch (thrown) {
        if (!(thrown instanceof TransportError) || !thrown.isPassing || breaks >= maxBreaks) throw thrown;
      }
      if (breaks >= maxBreaks) throw new ClientError('the server ends the event stream again and again');
      await this.#session.clock.sleep(reconnectPauseMs, options.signal);
    }
  }

  /** @returns the operation when the stream came to its end, undefined when it broke off. */
  async #follow(options: CallOptions): Promise<Operation | undefined> {
    const target = `/operations/${segment(this.#id)}/events`;
    const response = await expectStatus(
      await this.#session.exchange({ ...options, method: 'GET', target }),
      200,
    );
    const parser = new EventParser();
    for await (const piece of response.chunks()) {
      for (const event of parser.push(piece)) {
        if (event.type === 'end') return operationShape.read(JSON.parse(event.data), 'the last event');
        this.#tell(event);
      }
    }
    return undefined;
  }

  #tell({ type, data }: ServerSentEvent): void {
    if (!eventTypes.has(type) || this.#seen.has(data)) return;
    this.#seen.add(data);
    const [oldest] = this.#seen;
    if (this.#seen.size > remembered && oldest !== undefined) this.#seen.delete(oldest);
    this.#onEvent(JSON.parse(data) as OperationEvent);
  }

  async #endedMeanwhile(options: CallOptions): Promise<Operation | undefined> {
    const target = `/operations/${segment(this.#id)}`;
    const operation = await this.#session.value({ ...options, method: 'GET', target }, operationDetailsShape);
    return operation.finished === null ? undefined : operation;
  }
}
