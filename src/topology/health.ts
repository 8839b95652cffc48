import type { NodeRecord } from '../db/nodes.ts';
import { toAppError } from '../errors.ts';
import { sharedController } from '../lib/abort.ts';
import { glusterdCheck } from '../storage/node/preflight.ts';
import { hostOf } from './add-node.ts';
import type { TopologyTools } from './topology-tools.ts';

export interface HealthSettings {
  readonly enabled: boolean;
  readonly startDelayMs: number;
  readonly intervalMs: number;
}

export interface NodeHealthEntry {
  readonly nodeId: string;
  readonly isUp: boolean;
  /** Why it counts as down, in the node's words. */
  readonly reason: string | null;
  readonly sinceMs: number;
}

/** Nodes probed at the same time. */
const probesAtOnce = 16;

/**
 * Asks all nodes from time to time whether they work. The result is a snapshot that is replaced as a whole; nobody ever
 * waits for a probe (W1), and an unknown node counts as up.
 */
export class HealthMonitor {
  readonly #tools: TopologyTools;
  readonly #settings: HealthSettings;
  readonly #stop = sharedController();
  #entries: ReadonlyMap<string, NodeHealthEntry> = new Map();
  #loop: Promise<void> | undefined;
  /** Told of every node whose health has changed. */
  onChange: (nodeId: string) => Promise<void> = async () => undefined;

  constructor(tools: TopologyTools, settings: HealthSettings) {
    this.#tools = tools;
    this.#settings = settings;
  }

  start(): void {
    if (this.#settings.enabled) this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('stopped'));
    await this.#loop;
  }

  isDown(nodeId: string): boolean {
    return this.#entries.get(nodeId)?.isUp === false;
  }

  entry(nodeId: string): NodeHealthEntry | undefined {
    return this.#entries.get(nodeId);
  }

  /** Probes every online node once and replaces the snapshot. */
  async probeAll(): Promise<void> {
    const nodes = (await this.#tools.database.read.nodes.listAll()).filter(
      (node) => node.phase === 'ready' && node.state === 'online',
    );
    const entries = new Map<string, NodeHealthEntry>();
    for (let at = 0; at < nodes.length; at += probesAtOnce) {
      const group = nodes.slice(at, at + probesAtOnce);
      for (const entry of await Promise.all(group.map((node) => this.#probe(node))))
        entries.set(entry.nodeId, entry);
    }
    const before = this.#entries;
    this.#entries = entries;
    for (const { nodeId, isUp, reason } of entries.values()) {
      if ((before.get(nodeId)?.isUp ?? true) === isUp) continue;
      this.#tools.log.warn({ nodeId, isUp, reason }, isUp ? 'a node is up again' : 'a node is down');
      await this.onChange(nodeId);
    }
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#tools;
    let waitMs = this.#settings.startDelayMs;
    while (!this.#stop.signal.aborted) {
      await clock.sleep(waitMs, this.#stop.signal).catch(() => undefined);
      if (this.#stop.signal.aborted) return;
      await this.probeAll().catch((thrown: unknown) =>
        log.error({ err: thrown }, 'the health of nodes is unknown'),
      );
      waitMs = this.#settings.intervalMs;
    }
  }

  async #probe(node: NodeRecord): Promise<NodeHealthEntry> {
    const { access, clock, settings } = this.#tools;
    const before = this.#entries.get(node.id);
    const entry = (isUp: boolean, reason: string | null): NodeHealthEntry => ({
      nodeId: node.id,
      isUp,
      reason,
      sinceMs: before?.isUp === isUp ? before.sinceMs : clock.now(),
    });
    try {
      await access.look(hostOf(node), [glusterdCheck()], {
        timeoutMs: settings.probeTimeoutMs,
        signal: this.#stop.signal,
      });
      return entry(true, null);
    } catch (thrown) {
      return entry(false, toAppError(thrown).message);
    }
  }
}
