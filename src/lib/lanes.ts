/**
 * Lanes: locks by key, first come first served. Work that takes several lanes takes all of them or waits, so it cannot
 * deadlock with other work, whatever the order of its keys.
 */
export class Lanes {
  readonly #held = new Set<string>();
  readonly #waiting: { readonly keys: readonly string[]; readonly start: () => void }[] = [];

  /** Runs `work` while holding every lane of `keys`; waits its turn, or rejects when `signal` is aborted before that. */
  async with<T>(keys: readonly string[], work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    if (this.isFree(keys)) for (const key of keys) this.#held.add(key);
    else await this.#wait(keys, signal);
    try {
      return await work();
    } finally {
      for (const key of keys) this.#held.delete(key);
      this.#startWhoCan();
    }
  }

  /** Nobody holds one of the lanes, and nobody waits for one. */
  isFree(keys: readonly string[]): boolean {
    return keys.every(
      (key) => !this.#held.has(key) && !this.#waiting.some((waiter) => waiter.keys.includes(key)),
    );
  }

  #wait(keys: readonly string[], signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(signal?.reason as Error);
        this.#startWhoCan();
      };
      const waiter = {
        keys,
        start: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(waiter);
      this.#startWhoCan();
    });
  }

  /** A waiter starts when its lanes are free and nobody who waits longer wants one of them. */
  #startWhoCan(): void {
    const wanted = new Set<string>();
    for (let at = 0; at < this.#waiting.length; ) {
      const waiter = this.#waiting[at];
      if (waiter === undefined) return;
      if (waiter.keys.some((key) => this.#held.has(key) || wanted.has(key))) {
        for (const key of waiter.keys) wanted.add(key);
        at += 1;
        continue;
      }
      for (const key of waiter.keys) this.#held.add(key);
      this.#waiting.splice(at, 1);
      waiter.start();
    }
  }
}
