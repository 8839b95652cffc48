import type { ChangeObserver } from '../db/database.ts';
import type { NodeReads } from '../db/nodes.ts';
import type { Touched } from '../db/touched.ts';
import { AppError } from '../errors.ts';
import type { Host } from '../executors/executor.ts';

/**
 * Where commands for a node go. Every batch of commands asks, and nodes hardly ever change, so answers are kept until a
 * node is changed.
 */
export class NodeHosts implements ChangeObserver {
  readonly #nodes: Pick<NodeReads, 'find'>;
  readonly #known = new Map<string, Promise<Host>>();
  #isStale = false;

  constructor(nodes: Pick<NodeReads, 'find'>) {
    this.#nodes = nodes;
  }

  /** @throws AppError `object.not_found`, `node.lost`. */
  of(nodeId: string): Promise<Host> {
    const known = this.#known.get(nodeId);
    if (known !== undefined) return known;
    const found = this.#find(nodeId);
    this.#known.set(nodeId, found);
    found.catch(() => this.#known.delete(nodeId));
    return found;
  }

  async changed(touched: Touched): Promise<void> {
    if (touched.nodes.size > 0) this.#isStale = true;
  }

  committed(): void {
    if (this.#isStale) this.#known.clear();
    this.#isStale = false;
  }

  async #find(nodeId: string): Promise<Host> {
    const node = await this.#nodes.find(nodeId);
    if (node === undefined)
      throw new AppError('object.not_found', `the node ${nodeId} is not on record any more`);
    if (node.lostAtMs !== null) {
      throw new AppError('node.lost', `the node ${node.manageNames[0]} was declared lost`, {
        details: { nodeId },
      });
    }
    return { nodeId, address: node.manageNames[0] ?? '' };
  }
}
