import type { OperationEvents } from '../../operations/events.ts';

/** Watches an operation from now on, so that an end between two looks at the database is not missed. */
export class EndWatch {
  readonly #stop: () => void;
  #hasEnded = false;
  #tell: () => void = () => undefined;

  constructor(events: OperationEvents, operationId: string) {
    this.#stop = events.subscribe(operationId, (event) => {
      if (event.type !== 'state' || (event.state !== 'done' && event.state !== 'undone')) return;
      this.#hasEnded = true;
      this.#tell();
    });
  }

  /** Resolves when the operation has ended, the time is over, or `signal` is aborted, whatever comes first. */
  async wait(longestMs: number, signal: AbortSignal): Promise<void> {
    if (this.#hasEnded || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, longestMs);
      this.#tell = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', this.#tell);
        resolve();
      };
      signal.addEventListener('abort', this.#tell, { once: true });
    });
  }

  stop(): void {
    this.#stop();
  }
}
