import type { NodeReads } from '../db/nodes.ts';
import { AppError } from '../errors.ts';
import type { Command, CommandResult, Executor, Host } from '../executors/executor.ts';

export interface LookOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Read-only looks at nodes outside any operation: nothing they run may change a node. */
export class NodeAccess {
  readonly #executor: Executor;
  readonly #nodes: Pick<NodeReads, 'find'>;

  constructor(executor: Executor, nodes: Pick<NodeReads, 'find'>) {
    this.#executor = executor;
    this.#nodes = nodes;
  }

  /** Errors as `Executor.run`; `node.lost`. */
  async look(host: Host, commands: readonly Command[], options: LookOptions): Promise<CommandResult[]> {
    const node = await this.#nodes.find(host.nodeId);
    if (node !== undefined && node.lostAtMs !== null) {
      throw new AppError('node.lost', `the node ${host.address} was declared lost`, {
        details: { nodeId: host.nodeId },
      });
    }
    return this.#executor.run(host, commands, options);
  }

  /** Drops kept connections to a node, for instance because its address changed or it was removed. */
  forget(nodeId: string): void {
    this.#executor.forget(nodeId);
  }
}
