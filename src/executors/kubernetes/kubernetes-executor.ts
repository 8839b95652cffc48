import { AppError, toAppError } from '../../errors.ts';
import { withAnySignal } from '../../lib/any-signal.ts';
import { type Clock, systemClock } from '../../lib/clock.ts';
import { Pending } from '../../lib/pending.ts';
import type { Command, CommandResult, Executor, Host, RunOptions } from '../executor.ts';
import type { BatchChannel } from '../script/batch-channel.ts';
import { abortError, queueError } from '../script/batch-verdict.ts';
import { type PreparedBatch, prepareBatch, runBatch } from '../script/run-batch.ts';
import { guardedRunnerArgv } from '../script/runner.ts';
import { Slots } from '../slots.ts';
import { type AccessOptions, type ClusterAccess, openAccess } from './access.ts';
import { ApiFailure, apiError } from './api-failure.ts';
import { openExec } from './exec-channel.ts';
import { findPod, type PodChoice } from './find-pod.ts';
import { podsOf } from './pod-source.ts';
import { PodWatch } from './pod-watch.ts';

export interface KubernetesExecutorOptions extends AccessOptions {
  /** Where the pods are; the namespace of the service account or of the kubeconfig's context when absent. */
  readonly namespace?: string | undefined;
  /** How the pod of a node is found; see `PodChoice`. */
  readonly findPodsBy: PodChoice['by'];
  readonly podLabel: string;
  /** The first of the pod when absent. */
  readonly container?: string | undefined;
  /** Run as root by sudo in the container, which must not ask for a password. */
  readonly sudo?: boolean;
  /** Batches at once over all nodes, 0 for no limit; more wait for their turn. */
  readonly maxConnections: number;
  /** Time for the API server to take a connection; 10 s when absent. */
  readonly connectTimeoutMs?: number;
}

/** Batches at once in one pod. */
const batchesAPod = 4;

/** What is kept of the cluster once it was reached for the first time. */
interface Cluster {
  readonly access: ClusterAccess;
  readonly choice: PodChoice;
  readonly watch: PodWatch;
}

/**
 * Runs commands in the pods of the nodes, by exec through the API server. Which pod that is, is known from a kept watch.
 *
 * Waiting for a place is bounded by the batch's `timeoutMs`, which is counted anew when it runs.
 */
export class KubernetesExecutor implements Executor {
  readonly name = 'kubernetes';
  readonly #options: KubernetesExecutorOptions;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  readonly #pending = new Pending();
  readonly #places: Slots | undefined;
  readonly #placesOfNode = new Map<string, Slots>();
  #cluster: Promise<Cluster> | undefined;

  constructor(options: KubernetesExecutorOptions, clock: Clock = systemClock) {
    this.#options = options;
    this.#clock = clock;
    this.#places = options.maxConnections > 0 ? new Slots(options.maxConnections) : undefined;
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
    this.#placesOfNode.delete(nodeId);
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the executor was closed'));
    await this.#pending.idle();
    const cluster = await this.#cluster?.catch(() => undefined);
    await cluster?.watch.close();
  }

  async #run(batch: PreparedBatch, signal: AbortSignal): Promise<CommandResult[]> {
    try {
      const giveBack = await this.#takePlaces(batch, signal);
      try {
        const channel = await this.#open(batch, signal);
        // A batch that is let go of is not at an end before its stream is.
        void this.#pending.add(channel.closed);
        return await runBatch(channel, batch);
      } finally {
        giveBack();
      }
    } catch (error) {
      if (signal.aborted && !(error instanceof AppError)) throw abortError(batch, undefined, signal.reason);
      throw toAppError(error);
    }
  }

  async #takePlaces(batch: PreparedBatch, signal: AbortSignal): Promise<() => void> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(queueError(batch)), batch.options.timeoutMs);
    try {
      return await withAnySignal([signal, late.signal], async (turn) => {
        // First that of the node: who waits for a busy node keeps nobody from another.
        const giveBackNodes = await this.#nodePlaces(batch.host).take(turn);
        try {
          const giveBack = await this.#places?.take(turn);
          return () => {
            giveBack?.();
            giveBackNodes();
          };
        } catch (error) {
          giveBackNodes();
          throw error;
        }
      });
    } finally {
      clearTimeout(timer);
    }
  }

  #nodePlaces({ nodeId }: Host): Slots {
    const known = this.#placesOfNode.get(nodeId);
    if (known !== undefined) return known;
    const places = new Slots(batchesAPod);
    this.#placesOfNode.set(nodeId, places);
    return places;
  }

  async #open(batch: PreparedBatch, signal: AbortSignal): Promise<BatchChannel> {
    const cluster = await this.#reach();
    try {
      return await this.#exec(cluster, batch, signal);
    } catch (error) {
      // The pod went away and the watch has not told yet; nothing was run.
      if (!(error instanceof AppError && error.details['status'] === 404)) throw error;
      cluster.watch.distrust();
      return this.#exec(cluster, batch, signal);
    }
  }

  async #exec(
    { access, choice, watch }: Cluster,
    batch: PreparedBatch,
    signal: AbortSignal,
  ): Promise<BatchChannel> {
    const { host } = batch;
    const { namespace } = choice;
    const asking = <T>(attempt: string, work: Promise<T>): Promise<T> =>
      work.catch((error: unknown) => {
        throw error instanceof ApiFailure ? apiError(error, access.server, host, attempt) : error;
      });
    const pods = await asking(`list and watch pods in namespace ${namespace}`, watch.pods(signal));
    const target = findPod(pods, host, choice);
    const request = {
      ...target,
      namespace,
      argv: guardedRunnerArgv(batch.sudo),
      connectTimeoutMs: this.#options.connectTimeoutMs ?? 10_000,
    };
    const attempt = `exec in the pod ${target.pod} in namespace ${namespace}`;
    return asking(attempt, openExec(access, request, signal));
  }

  /** A failure is not kept: a kubeconfig may be mended while Mortar runs. */
  #reach(): Promise<Cluster> {
    this.#cluster ??= this.#openCluster().catch((error: unknown) => {
      this.#cluster = undefined;
      throw error;
    });
    return this.#cluster;
  }

  async #openCluster(): Promise<Cluster> {
    const { findPodsBy: by, podLabel: label, container } = this.#options;
    const access = await openAccess(this.#options);
    const namespace = this.#options.namespace ?? access.namespace;
    const source = podsOf(access, { namespace, label: by === 'name' ? undefined : label });
    return { access, choice: { by, label, container, namespace }, watch: new PodWatch(source, this.#clock) };
  }
}
