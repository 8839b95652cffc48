import { AppError, toAppError } from '../../errors.ts';
import { withAnySignal } from '../../lib/any-signal.ts';
import { type Clock, systemClock } from '../../lib/clock.ts';
import { Pending } from '../../lib/pending.ts';
import type { Command, CommandResult, Executor, Host, RunOptions } from '../executor.ts';
import type { BatchChannel } from '../script/batch-channel.ts';
import { abortError, queueError } from '../script/batch-verdict.ts';
import { type PreparedBatch, prepareBatch, runBatch } from '../script/run-batch.ts';
import { keptRunnerCommandLine } from '../script/runner.ts';
import { type DialOptions, dial, jumpHost } from './dial.ts';
import { HostKeyCheck } from './host-key-check.ts';
import { KeptConnection } from './kept-connection.ts';
import { Login, type LoginOptions } from './login.ts';
import { SshNode } from './ssh-node.ts';

export interface SshExecutorOptions extends LoginOptions {
  /** 22 when absent. */
  readonly port?: number;
  /** Run as root by sudo, which must not ask for a password. */
  readonly sudo?: boolean;
  /** Files with host keys; new ones are written to the first. */
  readonly knownHostsFiles: readonly string[];
  /** What happens with a host whose key is not on record; see `HostKeyOptions.checking`. `strict` when absent. */
  readonly hostKeyChecking?: 'strict' | 'accept-new';
  /** A host in between, with a login of its own; its host key is checked like any other. */
  readonly jump?: JumpOptions | undefined;
  /** Time for a connection and the login; 10 s when absent. */
  readonly connectTimeoutMs?: number;
  /** Time between two signs of life on a kept connection, 15 s when absent; 0 for none. Lost after three unanswered. */
  readonly keepaliveMs?: number;
}

interface JumpOptions extends LoginOptions {
  readonly host: string;
  /** 22 when absent. */
  readonly port?: number;
}

/**
 * Runs commands on nodes over SSH: one kept connection a node, on it a few batches at a time, in shells that are kept as well.
 *
 * Waiting for a place on the connection is bounded by the batch's `timeoutMs`, which is counted anew when it runs.
 */
export class SshExecutor implements Executor {
  readonly name = 'ssh';
  readonly #options: SshExecutorOptions;
  readonly #dialOptions: DialOptions;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  readonly #nodes = new Map<string, SshNode>();
  readonly #jump: KeptConnection | undefined;
  /** Batches, and connections that end when theirs have ended. */
  readonly #pending = new Pending();

  constructor(options: SshExecutorOptions, clock: Clock = systemClock) {
    this.#options = options;
    this.#clock = clock;
    const hostKeys = new HostKeyCheck({
      files: options.knownHostsFiles,
      checking: options.hostKeyChecking ?? 'strict',
    });
    const common = {
      hostKeys,
      connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
      keepaliveMs: options.keepaliveMs ?? 15_000,
    };
    this.#jump = options.jump && makeJump(options.jump, common, clock);
    this.#dialOptions = { ...common, login: new Login(options), jump: this.#jump };
  }

  async run(host: Host, commands: readonly Command[], options: RunOptions): Promise<CommandResult[]> {
    if (commands.length === 0) return [];
    const sudo = this.#options.sudo ?? false;
    const run = withAnySignal([this.#closing.signal, options.signal], (signal) =>
      this.#run(prepareBatch({ host, commands, options: { ...options, signal }, sudo }), signal),
    );
    return this.#pending.add(run);
  }

  forget(nodeId: string): void {
    const node = this.#nodes.get(nodeId);
    if (node === undefined) return;
    this.#nodes.delete(nodeId);
    void this.#pending.add(node.retire());
  }

  async close(): Promise<void> {
    const reason = new Error('the executor was closed');
    this.#closing.abort(reason);
    await this.#pending.idle();
    await Promise.all([...this.#nodes.values()].map((node) => node.close(reason)));
    this.#nodes.clear();
    await this.#jump?.close(reason);
  }

  async #run(batch: PreparedBatch, signal: AbortSignal): Promise<CommandResult[]> {
    return runBatch(await this.#open(batch, signal), batch);
  }

  async #open(batch: PreparedBatch, signal: AbortSignal): Promise<BatchChannel> {
    const { host, options } = batch;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(queueError(batch)), options.timeoutMs);
    try {
      return await withAnySignal([signal, late.signal], (turn) =>
        this.#node(host).open(keptRunnerCommandLine(batch.sudo), signal, turn),
      );
    } catch (error) {
      if (signal.aborted && !(error instanceof AppError)) throw abortError(batch, undefined, signal.reason);
      throw toAppError(error);
    } finally {
      clearTimeout(timer);
    }
  }

  #node(host: Host): SshNode {
    const known = this.#nodes.get(host.nodeId);
    if (known?.to.host.address === host.address) return known;
    this.forget(host.nodeId);
    const to = { host, port: this.#options.port ?? 22 };
    const connection = new KeptConnection((signal) => dial(to, this.#dialOptions, signal), this.#clock);
    const node = new SshNode(to, connection);
    this.#nodes.set(host.nodeId, node);
    return node;
  }
}

function makeJump(jump: JumpOptions, common: Omit<DialOptions, 'login'>, clock: Clock): KeptConnection {
  const to = { host: jumpHost(jump.host), port: jump.port ?? 22 };
  const login = new Login(jump);
  return new KeptConnection((signal) => dial(to, { ...common, login }, signal), clock);
}
