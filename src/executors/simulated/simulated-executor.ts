import type { Command, CommandResult, Executor, Host, RunOptions } from '../executor.ts';
import { abortError, type BatchOrder } from './batch/batch-errors.ts';
import type { BatchRun } from './batch/batch-run.ts';
import type { Simulation } from './simulation.ts';

export { openSimulation } from './open-simulation.ts';
export { Simulation } from './simulation.ts';

/** A transport to simulated nodes. It answers what the real ones would; only the way is another (law 6). */
export function createSimulatedExecutor({ simulation }: { readonly simulation: Simulation }): Executor {
  return new SimulatedExecutor(simulation);
}

const nothingDone = { results: [], isLocked: true };

class SimulatedExecutor implements Executor {
  readonly name = 'simulated';
  readonly #simulation: Simulation;
  readonly #runs = new Set<BatchRun>();
  #reading: Promise<void> | undefined;
  #isClosed = false;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
  }

  async run(host: Host, commands: readonly Command[], options: RunOptions): Promise<CommandResult[]> {
    if (commands.length === 0) return [];
    const order = { host, commands, options };
    this.#throwIfOver(order);
    if (this.#reading !== undefined || !this.#simulation.readSome()) {
      await (this.#reading ??= this.#readOn());
      this.#throwIfOver(order);
    }
    const run = this.#simulation.start(order);
    this.#runs.add(run);
    try {
      return await run.outcome;
    } finally {
      this.#runs.delete(run);
    }
  }

  /** The first batches wait until a kept world is read; everybody else is served meanwhile. */
  async #readOn(): Promise<void> {
    do await new Promise((resolve) => setImmediate(resolve));
    while (!this.#isClosed && !this.#simulation.readSome());
    this.#reading = undefined;
  }

  #throwIfOver(order: BatchOrder): void {
    const { signal } = order.options;
    if (this.#isClosed) throw abortError(order, nothingDone, new Error('the executor was closed'));
    if (signal?.aborted === true) throw abortError(order, nothingDone, signal.reason);
  }

  forget(): void {}

  /** Cuts off what runs; commands that cannot be stopped go on in the simulated world. */
  close(): Promise<void> {
    this.#isClosed = true;
    for (const run of this.#runs) run.callOff(new Error('the executor was closed'));
    return Promise.resolve();
  }
}
