import type { Command, CommandResult, Executor, Host, RunOptions } from '../../src/executors/executor.ts';

/** Where a manager dies: at its nth batch of commands, after so many of the batch's commands were run. */
export interface KillPoint {
  readonly batch: number;
  /** `all`: the whole batch was run, but the manager never heard of it. */
  readonly commandsRun: number | 'all';
}

/**
 * Lets a manager die as if by SIGKILL: from the point on nothing reaches the nodes and no answer comes back, ever. What is
 * below (the nodes) lives on.
 */
export class KillSwitch {
  /** Batches that were sent since `arm`. */
  batches: { readonly commands: number; readonly labels: readonly string[] }[] = [];
  #point: KillPoint | undefined;
  #onDeath: () => void = () => undefined;
  #isDead = false;

  get isDead(): boolean {
    return this.#isDead;
  }

  /** @returns resolves when the manager dies. */
  arm(point: KillPoint | undefined): Promise<void> {
    this.batches = [];
    this.#point = point;
    return new Promise((resolve) => {
      this.#onDeath = resolve;
    });
  }

  readonly wrap = (inner: Executor): Executor => ({
    name: inner.name,
    forget: (nodeId) => inner.forget(nodeId),
    close: async () => undefined,
    run: (host, commands, options) => this.#run(inner, host, commands, options),
  });

  async #run(
    inner: Executor,
    host: Host,
    commands: readonly Command[],
    options: RunOptions,
  ): Promise<CommandResult[]> {
    if (this.#isDead) return new Promise(() => undefined);
    const batch = this.batches.length;
    this.batches.push({ commands: commands.length, labels: commands.map(({ label }) => label) });
    if (this.#point?.batch !== batch) {
      const results = await inner.run(host, commands, options);
      return this.#isDead ? new Promise(() => undefined) : results;
    }
    this.#isDead = true;
    const { commandsRun } = this.#point;
    const run = commandsRun === 'all' ? commands : commands.slice(0, commandsRun);
    // Without the manager's signal: a dead manager cannot call anything off.
    const { signal: _signal, onResult: _onResult, ...rest } = options;
    if (run.length > 0) await inner.run(host, run, rest).catch(() => undefined);
    this.#onDeath();
    return new Promise(() => undefined);
  }
}
