/** What was seen so long ago may have changed. */
const recentMs = 5000;

/**
 * What was seen in gluster a moment ago, so that the next step, or the next operation, need not ask again. Only for what
 * gluster itself refuses when it no longer holds. In memory: after a restart nothing is known, and everything looked at.
 */
export class RecentLooks<Seen> {
  readonly #nowMs: () => number;
  readonly #looks = new Map<string, { readonly seen: Seen; readonly atMs: number }>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  note(key: string, seen: Seen): void {
    this.#forgetOld();
    // Kept in the order of time.
    this.#looks.delete(key);
    this.#looks.set(key, { seen, atMs: this.#nowMs() });
  }

  /** Undefined when it was not looked at, or not lately. */
  find(key: string): Seen | undefined {
    this.#forgetOld();
    return this.#looks.get(key)?.seen;
  }

  forget(key: string): void {
    this.#looks.delete(key);
  }

  #forgetOld(): void {
    const now = this.#nowMs();
    for (const [key, { atMs }] of this.#looks) {
      if (now - atMs < recentMs && now >= atMs) return;
      this.#looks.delete(key);
    }
  }
}
