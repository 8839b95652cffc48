/** A number of places, given out in the order of asking. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /**
   * Waits for a place.
   *
   * @returns what gives the place back; calling it again does nothing.
   * @throws the reason of `signal`, when it is aborted first.
   */
  take(signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const onAbort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(start), 1);
        reject(signal.reason as Error);
      };
      const start = (): void => {
        signal.removeEventListener('abort', onAbort);
        resolve(this.#place());
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(start);
      this.#next();
    });
  }

  #place(): () => void {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#free += 1;
      this.#next();
    };
  }

  #next(): void {
    if (this.#free === 0) return;
    const start = this.#waiting.shift();
    if (start === undefined) return;
    this.#free -= 1;
    start();
  }
}
