/**
 * The port through which commands reach a node. Above it (storage/, volumes/, topology/) commands are built and their
 * output is read; below it a transport (ssh, local, kubernetes, simulated) carries them and knows nothing of storage.
 */

import type { Command, CommandResult, Host } from '../lib/command.ts';

export type { Command, CommandResult, Host };

export interface RunOptions {
  /**
   * Deadline of the whole batch, counted from its start on the node; then the process group there is ended. Before that
   * it may wait as long for its turn among the batches of the node.
   */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /**
   * Name of a lock on the node (letters, digits, `-`) held while the batch runs. A batch that is left over from a killed
   * manager holds it too, so the successor's batch of the same operation starts only when the old one has ended.
   */
  readonly lock?: string;
  /** Called as commands end, in order: progress for people. */
  readonly onResult?: (result: CommandResult) => void;
}

export interface Executor {
  /** `simulated` is shown to users on every answer; nothing else depends on the name. */
  readonly name: 'ssh' | 'local' | 'kubernetes' | 'simulated';

  /**
   * Runs the commands in order on one host in one round trip and stops at the first failure.
   *
   * @returns one result a command, in order.
   * @throws AppError `node.command_failed` with the host, the label, the exit code and the node's own words (details:
   * `host`, `label`, `exitCode`, `stderr`, `stdout`, `results` of the commands before it); `node.command_timeout`;
   * `node.connection_lost`, `node.strange_answer` (what the node did is unknown); `node.aborted`; `node.unreachable`,
   * `node.name_unresolved`, `node.host_key_*`, `node.login_refused`, `node.sudo_refused`, `node.tool_missing` (bash or
   * sudo), `request.invalid` (an argument with a NUL), `config.invalid` (nothing was run).
   */
  run(host: Host, commands: readonly Command[], options: RunOptions): Promise<CommandResult[]>;

  /** Drops what is kept for the host (a connection), for instance after its address changed. */
  forget(nodeId: string): void;

  /** Ends kept connections; commands that are still running are cut off. */
  close(): Promise<void>;
}
