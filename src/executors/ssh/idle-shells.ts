/** A shell ends by itself after two minutes without a word, so what is kept for one is surely there. */
const longestIdleMs = 60_000;

interface Shell {
  /** Lets it end in order. */
  end(): void;
  /** Lets go of it at once. */
  drop(): void;
}

/** Shells on a node that wait for their next batch; each for a minute. */
export class IdleShells<S extends Shell> {
  readonly #shells = new Map<S, NodeJS.Timeout>();
  readonly #waiting = new Set<(shell: S) => void>();

  add(shell: S): void {
    const [first] = this.#waiting;
    if (first !== undefined) {
      first(shell);
      return;
    }
    const timer = setTimeout(() => {
      this.#shells.delete(shell);
      shell.end();
    }, longestIdleMs);
    timer.unref();
    this.#shells.set(shell, timer);
  }

  /** The one that was at work last. */
  take(): S | undefined {
    const shell = [...this.#shells.keys()].at(-1);
    if (shell !== undefined) this.#remove(shell);
    return shell;
  }

  /** The next that is added, when that is within the time given. @throws the reason of `signal` when it is aborted first. */
  next(timeMs: number, signal: AbortSignal): Promise<S | undefined> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#waiting.delete(onShell);
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      };
      const onShell = (shell?: S): void => {
        stop();
        resolve(shell);
      };
      const onAbort = (): void => {
        stop();
        reject(signal.reason as Error);
      };
      const timer = setTimeout(onShell, timeMs);
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) onAbort();
      else this.#waiting.add(onShell);
    });
  }

  /** Lets go of all of them: where one does not answer, the others do not either. */
  drop(): void {
    for (const shell of this.#shells.keys()) {
      this.#remove(shell);
      shell.drop();
    }
  }

  #remove(shell: S): void {
    clearTimeout(this.#shells.get(shell));
    this.#shells.delete(shell);
  }
}
