/**
 * The port through which commands reach a node. Above it (storage/, volumes/, topology/) commands are built and their
 * output is read; below it a transport (ssh, local, kubernetes, simulated) carries them and knows nothing of storage.
 */

/** Where commands go. */
export interface Host {
  /** Mortar's node id: keys kept connections and logs. */
  readonly nodeId: string;
  /** The manage host name: a DNS name or an IP address, without port. */
  readonly address: string;
}

/** One program call. `argv` is quoted in the transport, in one place; nothing above ever composes shell text. */
export interface Command {
  /** What this does, in a few words, for errors and logs: "create thin volume brick_ab12". Never holds secrets. */
  readonly label: string;
  readonly argv: readonly string[];
  /** Text given on standard input; without it standard input is empty. */
  readonly stdin?: string;
  /** Exit codes that count as success; `[0]` when absent. */
  readonly expect?: readonly number[];
  /** Text that stdout must hold to count as success: gluster's XML reports failures with exit code 0. */
  readonly expectStdout?: string;
  /** A cheap test: when this argv exits 0 the command is skipped, because what it makes exists already. */
  readonly unless?: readonly string[];
  /** A failure is recorded in the result and the next command runs all the same. */
  readonly optional?: boolean;
  /**
   * Not ended when the batch is cut off (cancel, deadline, lost connection), since ending the program would not end
   * what it has begun (a gluster transaction). It holds the batch's lock until it ends, so a later batch waits for it.
   */
  readonly unstoppable?: boolean;
  /** More output than this on one stream is an error instead of being kept; 4 MiB when absent. */
  readonly maxOutputBytes?: number;
}

export interface RunOptions {
  /** Deadline of the whole batch; then the process group on the node is ended. */
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

export interface CommandResult {
  readonly label: string;
  /** `skipped`: its `unless` test passed. `failed` is only seen for optional commands; others throw. */
  readonly status: 'ok' | 'failed' | 'skipped';
  /** The exit code (128 + n after signal n); 0 for a skipped command. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
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
   * `node.connection_lost` (what the node did is unknown); `node.aborted`; `node.unreachable`,
   * `node.name_unresolved`, `node.host_key_*`, `node.login_refused`, `node.sudo_refused` (nothing was run).
   */
  run(host: Host, commands: readonly Command[], options: RunOptions): Promise<CommandResult[]>;

  /** Drops what is kept for the host (a connection), for instance after its address changed. */
  forget(nodeId: string): void;

  /** Ends kept connections; commands that are still running are cut off. */
  close(): Promise<void>;
}
