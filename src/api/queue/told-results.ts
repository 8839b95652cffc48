/** Clients of Heketi name themselves by the libraries they are made with. */
const oldClients = /^(Go-http-client|python-requests)\//;

/** So many told results are remembered; the oldest can then be read again, which does no harm. */
const remembered = 100_000;

/**
 * The contract tells a result once, and the next question is about an unknown id (section 4). Clients that were made for it
 * get that; all others can read a result again, which is what a lost answer needs.
 */
export class ToldResults {
  readonly #ids = new Set<string>();

  /** Whether the client knows results only as what is told once. */
  isForOnce(userAgent: string): boolean {
    return oldClients.test(userAgent);
  }

  has(operationId: string): boolean {
    return this.#ids.has(operationId);
  }

  add(operationId: string): void {
    this.#ids.add(operationId);
    if (this.#ids.size <= remembered) return;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      return;
    }
  }
}
