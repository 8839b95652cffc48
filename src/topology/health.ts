import { setImmediate as turnOfOthers } from 'node:timers/promises';
import type { NodeRecord } from '../db/nodes.ts';
import { toAppError } from '../errors.ts';
import { sharedController } from '../lib/abort.ts';
import { chunked } from '../lib/chunked.ts';
import {
  countPending,
  listBrickProcesses,
  parsePending,
  readBrickPids,
  servedBricks,
} from '../storage/gluster/local-bricks.ts';
import { parseLogicalVolumes } from '../storage/lvm/reports.ts';
import { glusterdCheck } from '../storage/node/preflight.ts';
import { hostOf } from './add-node.ts';
import type { BrickWatch } from './brick-watch.ts';
import type { PoolWatch } from './pool-watch.ts';
import type { TopologyTools } from './topology-tools.ts';

export interface HealthSettings {
  readonly enabled: boolean;
  readonly startDelayMs: number;
  readonly intervalMs: number;
}

export interface NodeHealthEntry {
  readonly nodeId: string;
  readonly clusterId: string;
  /** Where commands are sent. */
  readonly hostname: string;
  readonly isUp: boolean;
  /** Why it counts as down, in the node's words. */
  readonly reason: string | null;
  readonly sinceMs: number;
}

/** Who is told what the probes see beside the health. */
interface Watches {
  readonly pools: PoolWatch;
  readonly bricks: BrickWatch;
}

/** A command line has its limits. */
const bricksPerCommand = 500;

/** Nodes probed at the same time. */
const probesAtOnce = 16;

/**
 * Asks all nodes from time to time whether they work. The result is a snapshot that is replaced as a whole; nobody ever
 * waits for a probe (W1), and an unknown node counts as up.
 */
export class HealthMonitor {
  readonly #tools: TopologyTools;
  readonly #settings: HealthSettings;
  readonly #pools: PoolWatch;
  readonly #bricks: BrickWatch;
  readonly #stop = sharedController();
  #entries: ReadonlyMap<string, NodeHealthEntry> = new Map();
  #loop: Promise<void> | undefined;
  /** Told of every node whose health has changed. */
  onChange: (nodeId: string) => Promise<void> = async () => undefined;

  constructor(tools: TopologyTools, settings: HealthSettings, watches: Watches) {
    this.#tools = tools;
    this.#pools = watches.pools;
    this.#bricks = watches.bricks;
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

  /** What the last probes said of every online node; nothing before the first. */
  entries(): Iterable<NodeHealthEntry> {
    return this.#entries.values();
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
      // Nodes that answer at once, as simulated ones do, would hold up everybody else until the last has been probed.
      await turnOfOthers();
    }
    this.#bricks.keepOnly(new Set(entries.keys()));
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
      clusterId: node.clusterId,
      hostname: node.manageNames[0] ?? '',
      isUp,
      reason,
      sinceMs: before?.isUp === isUp ? before.sinceMs : clock.now(),
    });
    try {
      await access.look(hostOf(node), [glusterdCheck()], {
        timeoutMs: settings.probeTimeoutMs,
        signal: this.#stop.signal,
      });
      await this.#lookAtPools(node);
      await this.#lookAtBricks(node);
      return entry(true, null);
    } catch (thrown) {
      this.#bricks.see(node.id, []);
      return entry(false, toAppError(thrown).message);
    }
  }

  /** A node whose LVM does not answer is not down for that: what is known of its pools stays. */
  async #lookAtPools(node: NodeRecord): Promise<void> {
    const { access, log, lvm, settings } = this.#tools;
    try {
      const [listed] = await access.look(hostOf(node), [lvm.surveyLogicalVolumes()], {
        timeoutMs: settings.probeTimeoutMs,
        signal: this.#stop.signal,
      });
      await this.#pools.see(node.id, parseLogicalVolumes(listed?.stdout ?? ''));
    } catch (thrown) {
      if (!this.#stop.signal.aborted)
        log.warn({ nodeId: node.id, err: thrown }, 'thin pools were not looked at');
    }
  }

  async #lookAtBricks(node: NodeRecord): Promise<void> {
    const { access, database, log, settings } = this.#tools;
    try {
      const bricks = await database.read.bricks.listServed(node.id);
      const healing = bricks.filter(({ canHeal }) => canHeal).map(({ path }) => path);
      const counts = chunked(healing, bricksPerCommand).map(countPending);
      const commands = [readBrickPids(), listBrickProcesses(), ...counts];
      const [pids, processes, ...counted] = await access.look(hostOf(node), commands, {
        timeoutMs: settings.probeTimeoutMs,
        signal: this.#stop.signal,
      });
      const isServed = servedBricks(pids?.stdout ?? '', processes?.stdout ?? '');
      const pending = parsePending(counted.map(({ stdout }) => stdout).join(''));
      this.#bricks.see(
        node.id,
        bricks.map(({ id, volumeId, deviceId, path }) => ({
          brickId: id,
          volumeId,
          deviceId,
          isUp: isServed(path),
          pendingEntries: pending.get(path) ?? null,
        })),
      );
    } catch (thrown) {
      this.#bricks.see(node.id, []);
      if (!this.#stop.signal.aborted) log.warn({ nodeId: node.id, err: thrown }, 'bricks were not looked at');
    }
  }
}
