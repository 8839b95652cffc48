/** Work in progress that somebody may want to wait for. Failures are the affair of whoever started it. */
export class Pending {
  readonly #work = new Set<Promise<unknown>>();

  add<T>(work: Promise<T>): Promise<T> {
    const settled: Promise<unknown> = Promise.allSettled([work]).then(() => this.#work.delete(settled));
    this.#work.add(settled);
    return work;
  }

  /** Resolves when nothing is in progress, also nothing that was added meanwhile. */
  async idle(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work);
  }
}
