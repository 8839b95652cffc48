import type { Client } from '../../client/client.ts';

/** Names of nodes, asked for when first needed; until they come, and when they cannot be had, there is none. */
export class NodeNames {
  readonly #client: Client;
  readonly #signal: AbortSignal | undefined;
  readonly #names = new Map<string, string | undefined>();
  readonly #asking = new Set<Promise<void>>();

  constructor(client: Client, signal?: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
  }

  get(nodeId: string): string | undefined {
    if (!this.#names.has(nodeId)) {
      this.#names.set(nodeId, undefined);
      const asking = this.#ask(nodeId).finally(() => this.#asking.delete(asking));
      this.#asking.add(asking);
    }
    return this.#names.get(nodeId);
  }

  /** The name, waited for; the id when it cannot be had. */
  async find(nodeId: string): Promise<string> {
    this.get(nodeId);
    await Promise.all(this.#asking);
    return this.#names.get(nodeId) ?? nodeId;
  }

  async #ask(nodeId: string): Promise<void> {
    try {
      const { hostnames } = await this.#client.nodes.get(nodeId, { signal: this.#signal });
      this.#names.set(nodeId, hostnames.manage[0]);
    } catch {
      // A node that is being added or removed has no name to be had; its id stands for it.
    }
  }
}
