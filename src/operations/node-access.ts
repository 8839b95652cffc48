import type { Command, CommandResult, Executor, Host } from '../executors/executor.ts';

export interface LookOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Read-only looks at nodes outside any operation: nothing they run may change a node. */
export class NodeAccess {
  readonly #executor: Executor;

  constructor(executor: Executor) {
    this.#executor = executor;
  }

  /** Errors as `Executor.run`. */
  look(host: Host, commands: readonly Command[], options: LookOptions): Promise<CommandResult[]> {
    return this.#executor.run(host, commands, options);
  }

  /** Drops kept connections to a node, for instance because its address changed or it was removed. */
  forget(nodeId: string): void {
    this.#executor.forget(nodeId);
  }
}
