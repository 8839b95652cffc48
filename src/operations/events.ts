import type { OperationState, StepState } from '../db/schema.ts';

/** What happens to operations, as it happens, for the event stream. Nothing depends on it: the journal is the truth. */
export type OperationEvent = { readonly operationId: string; readonly atMs: number } & (
  | { readonly type: 'state'; readonly state: OperationState; readonly message?: string }
  | { readonly type: 'stage'; readonly stage: number; readonly stageCount: number }
  | {
      readonly type: 'step';
      readonly action: string;
      readonly title: string;
      readonly nodeId: string | null;
      readonly state: StepState;
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

type Listener = (event: OperationEvent) => void;

/** Events of one operation that a late listener still gets. */
const remembered = 300;
/** Operations whose events are remembered at the same time. */
const rememberedOperations = 500;
/** Of what a command that worked printed, so much is remembered. Those who listen get all of it. */
const rememberedOutput = 200;

export class OperationEvents {
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #history = new Map<string, OperationEvent[]>();

  publish(event: OperationEvent): void {
    this.#remember(event);
    for (const listener of this.#listeners.get(event.operationId) ?? []) listener(event);
    for (const listener of this.#listeners.get('*') ?? []) listener(event);
  }

  /** What happened so far (since this Mortar runs it), oldest first. */
  history(operationId: string): readonly OperationEvent[] {
    return this.#history.get(operationId) ?? [];
  }

  /** Calls `listener` for each event of the operation, or of all with `'*'`. @returns the end of it. */
  subscribe(operationId: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(operationId) ?? new Set();
    listeners.add(listener);
    this.#listeners.set(operationId, listeners);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(operationId);
    };
  }

  #remember(event: OperationEvent): void {
    const events = this.#history.get(event.operationId) ?? [];
    events.push(inShort(event));
    if (events.length > remembered) events.shift();
    this.#history.set(event.operationId, events);
    const [oldest] = this.#history.keys();
    if (this.#history.size > rememberedOperations && oldest !== undefined) this.#history.delete(oldest);
  }
}

/** The text is copied: a slice would keep the whole answer of the node in memory. */
function inShort(event: OperationEvent): OperationEvent {
  if (event.type !== 'command' || event.status === 'failed' || event.output.length <= rememberedOutput)
    return event;
  return { ...event, output: `${Buffer.from(event.output.slice(0, rememberedOutput)).toString()} …` };
}
