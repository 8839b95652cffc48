import type { PendingAnswer } from '../../client/queue.ts';
import type { OperationEvent } from '../../client/watch.ts';

/** A node's name, or undefined as long as it is not known. */
export type NameOf = (nodeId: string) => string | undefined;

const shownNodes = 4;
const shortId = 8;

/** One line about an operation in progress: "make the bricks · node1, node2 (stage 2 of 4)". */
export class ProgressLine {
  readonly #title: string;
  readonly #nameOf: NameOf;
  /** Running steps: their title, and the node of each. */
  readonly #running = new Map<string, { readonly title: string; readonly nodeId: string | null }>();
  #stage = '';
  #doneSteps = 0;
  #obstacle = '';
  #isUndoing = false;

  constructor(title: string, nameOf: NameOf) {
    this.#title = title;
    this.#nameOf = nameOf;
  }

  take(event: OperationEvent): void {
    switch (event.type) {
      case 'step':
        this.#takeStep(event);
        return;
      case 'stage':
        this.#running.clear();
        this.#stage = `stage ${event.stage + 1} of ${event.stageCount}`;
        return;
      case 'waiting':
        this.#obstacle = `waiting: ${event.reason}`;
        return;
      case 'state':
        this.#isUndoing = event.state === 'undoing';
        this.#obstacle =
          event.state === 'stuck' ? `stuck: ${event.message ?? 'see mortar operation info'}` : '';
        return;
      case 'command':
    }
  }

  pending({ position, waiting }: PendingAnswer): void {
    if (waiting !== undefined) this.#obstacle = `waiting: ${waiting}`;
    else if (position !== undefined) this.#obstacle = `number ${position} in the queue`;
    else this.#obstacle = '';
  }

  busy(pauseMs: number): void {
    this.#obstacle = `the server is busy, trying again in ${Math.ceil(pauseMs / 1000)} s`;
  }

  get text(): string {
    const title = this.#isUndoing ? `${this.#title}: undoing it` : this.#title;
    const now = this.#obstacle === '' ? this.#stepsText() : this.#obstacle;
    const place = this.#stage === '' || this.#obstacle !== '' ? '' : ` (${this.#stage}${this.#doneText()})`;
    return now === '' ? `${title}${place} …` : `${title}: ${now}${place} …`;
  }

  #takeStep({ title, nodeId, state, action }: OperationEvent & { type: 'step' }): void {
    this.#obstacle = '';
    const key = `${action}/${nodeId ?? ''}`;
    if (state === 'running') this.#running.set(key, { title, nodeId });
    else this.#running.delete(key);
    if (state === 'done') this.#doneSteps += 1;
  }

  #doneText(): string {
    return this.#doneSteps === 0 ? '' : `, ${this.#doneSteps} done`;
  }

  #stepsText(): string {
    const steps = [...this.#running.values()];
    const title = steps.at(-1)?.title;
    if (title === undefined) return '';
    const nodes = steps
      .filter((step) => step.title === title && step.nodeId !== null)
      .map(({ nodeId }) => this.#nameOf(nodeId ?? '') ?? (nodeId ?? '').slice(0, shortId));
    const names = [...new Set(nodes)];
    if (names.length === 0) return title;
    const more = names.length > shownNodes ? ` and ${names.length - shownNodes} more` : '';
    return `${title} · ${names.slice(0, shownNodes).join(', ')}${more}`;
  }
}
