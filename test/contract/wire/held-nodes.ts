import type { Executor } from '../../../src/executors/executor.ts';

/** Stands between a manager and its nodes: can hold commands up until it is opened, or break them. */
export class HeldNodes {
  #opened: Promise<void> | undefined;
  #open: () => void = () => undefined;
  #broken: string | undefined;

  /** From now on no command reaches a node. */
  shut(): void {
    this.#opened = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  /** What was held up goes on. */
  open(): void {
    this.#opened = undefined;
    this.#open();
  }

  /** Commands whose line has this in it fail, until it is mended with nothing. */
  breakCommands(containing: string | undefined): void {
    this.#broken = containing;
  }

  readonly wrap = (inner: Executor): Executor => ({
    name: inner.name,
    forget: (nodeId) => inner.forget(nodeId),
    close: () => inner.close(),
    run: async (host, commands, options) => {
      await this.#opened;
      const broken = this.#broken;
      if (broken === undefined) return inner.run(host, commands, options);
      const spoilt = commands.map((command) =>
        command.argv.join(' ').includes(broken) ? { ...command, argv: ['false'] } : command,
      );
      return inner.run(host, spoilt, options);
    },
  });
}
