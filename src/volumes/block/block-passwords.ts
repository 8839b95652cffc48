/** More than so many are not remembered: the nodes are asked again. */
const most = 10_000;

/** Passwords of block volumes, in memory alone: they are on the nodes, and nowhere in the database. */
export class BlockPasswords {
  readonly #byId = new Map<string, string>();

  keep(blockId: string, password: string): void {
    if (this.#byId.size >= most) this.#byId.clear();
    this.#byId.set(blockId, password);
  }

  of(blockId: string): string | undefined {
    return this.#byId.get(blockId);
  }

  forget(blockId: string): void {
    this.#byId.delete(blockId);
  }
}
