import { readFileSync } from 'node:fs';
import { AppError } from '../../errors.ts';
import { type Clock, systemClock } from '../../lib/clock.ts';
import { Lanes } from '../../lib/lanes.ts';
import type { Host } from '../executor.ts';
import { type BatchOrder, nodeError } from './batch/batch-errors.ts';
import { BatchRun, type Surroundings } from './batch/batch-run.ts';
import { storageHostsIn, transactionOf } from './commands/gluster/words.ts';
import { type Fault, type FaultHandle, Faults } from './control/faults.ts';
import { GlusterLocks, refuseTransaction } from './control/gluster-locks.ts';
import { Latency, type LatencyRule } from './control/latency.ts';
import { buildWorld } from './description/build-world.ts';
import { readDescription } from './description/read-description.ts';
import {
  type DiskInput,
  diskSchema,
  type SimulationDescription,
  type SimulationInput,
  simulationSchema,
} from './description/schema.ts';
import { applyChange, type Change, type Happening } from './keeping/changes.ts';
import { KeptWorld, madeWorld, type WorldSource } from './keeping/kept-world.ts';
import { StateFile, type WorldFile } from './keeping/state-file.ts';
import { type NodePicture, pictureOf } from './picture.ts';
import { type Answer, done } from './world/answer.ts';
import type { ContentKind } from './world/contents.ts';
import type { NodeState } from './world/state.ts';
import type { World } from './world/world.ts';

/** The manage address of the node that a storage host name means, where the two differ; undefined: not known. */
export type ResolveStorageHost = (storageHost: string) => Promise<string | undefined> | string | undefined;

export interface SimulationOptions {
  /** What it begins with, as in a simulation file. A kept world goes on as it was; then only latency and faults count. */
  readonly description?: SimulationInput;
  /** Where the world is kept, so that it survives the process. Absent: in memory only. */
  readonly stateFile?: string;
  /** A kept world with more changes than this is written anew when it is read. */
  readonly compactAfter?: number;
  /** Asked for each storage host name in a gluster command that is not known yet. */
  readonly resolveStorageHost?: ResolveStorageHost;
  /** For latency and deadlines. Its `sleep` must take time, or every deadline is over at once. */
  readonly clock?: Clock;
}

const defaultCompactAfter = 20_000;

/** So long a kept world is read without anybody else having a turn. */
const readingMs = 10;

/**
 * A world of simulated nodes, and the control over it. Executors come and go (`createSimulatedExecutor`), as managers do;
 * the world stays. The same calls in the same order give the same world, UUIDs included.
 */
export class Simulation {
  readonly #source: WorldSource;
  readonly #file: WorldFile | undefined;
  readonly #faults = new Faults();
  readonly #latency = new Latency();
  readonly #glusterLocks = new GlusterLocks();
  readonly #running = new Map<string, Set<BatchRun>>();
  readonly #resolveStorageHost: ResolveStorageHost | undefined;
  readonly #surroundings: Surroundings;

  /** @throws AppError `config.invalid` for a description with faults, or a state file that is something else. */
  constructor(options: SimulationOptions = {}) {
    const description = checked(options.description ?? {});
    this.#file = options.stateFile === undefined ? undefined : new StateFile(options.stateFile);
    this.#source = this.#open(description, options);
    this.#resolveStorageHost = options.resolveStorageHost;
    for (const rule of description.latency) this.#latency.add(rule);
    for (const fault of description.faults) this.#faults.add(fault);
    this.#surroundings = {
      clock: options.clock ?? systemClock,
      faults: this.#faults,
      latency: this.#latency,
      locks: new Lanes(),
      execute: (host, argv, stdin) => this.#apply({ at: host.address, argv, stdin }) ?? done(),
      keep: () => this.#file?.flush(),
      learnNames: (argv) => this.#learnNames(argv),
      begin: (host, argv) => this.#begin(host, argv),
      powerOff: (address) => this.powerOff(address),
    };
  }

  /**
   * A simulation that begins as a file says, YAML or JSON, and for what it leaves out as `options.description` says.
   *
   * @throws AppError `config.invalid` that names each fault with line and key.
   */
  static fromFile(path: string, options: SimulationOptions = {}): Simulation {
    return new Simulation({
      ...options,
      description: readDescription(path, textOf(path), options.description),
    });
  }

  /**
   * Reads on in a kept world for a moment, short enough for others that have to be served; executors call it before a batch.
   * Whoever does not gets all of it read at once.
   *
   * @returns whether nothing is left to read.
   */
  readSome(): boolean {
    return this.#source.readFor(readingMs);
  }

  /**
   * Starts a batch; executors call it. Its outcome is the port's.
   *
   * @throws AppError `node.name_unresolved`, `node.unreachable` (also: the kept world cannot be read).
   */
  start(order: BatchOrder): BatchRun {
    const { host } = order;
    const node = this.#addressed(host);
    if (node === undefined) {
      throw nodeError('node.name_unresolved', host, 'the name does not resolve (no such simulated node)');
    }
    if (!node.isUp || !node.isReachable) {
      throw nodeError(
        'node.unreachable',
        host,
        `does not answer (the simulated node is ${node.isUp ? 'cut off' : 'off'})`,
      );
    }
    const run = new BatchRun(this.#surroundings, order);
    const running = this.#running.get(host.address) ?? new Set();
    this.#running.set(host.address, running.add(run));
    void run.finished.then(() => running.delete(run));
    return run;
  }

  /** Orders a fault. */
  addFault(fault: Fault): FaultHandle {
    return this.#faults.add(fault);
  }

  /** Takes all faults away; commands that hang by them go on. */
  clearFaults(): void {
    this.#faults.clear();
  }

  /** From now on things take time; the latest rule that fits decides. */
  setLatency(rule: LatencyRule): void {
    this.#latency.add(rule);
  }

  clearLatency(): void {
    this.#latency.clear();
  }

  /** Power cut: running batches lose their connection, mounts and brick processes are gone. */
  powerOff(address: string): void {
    this.#happen(address, { kind: 'powerOff' });
    for (const run of this.#running.get(address) ?? []) run.die();
  }

  /** Boot: what units and fstab mount is mounted, glusterd runs, and with it the bricks of started volumes. */
  powerOn(address: string): void {
    this.#happen(address, { kind: 'powerOn' });
  }

  /**
   * The system's disk is installed anew, the other disks keep what is on them: it comes up with a new glusterd that knows
   * nobody, and nothing of it is mounted. @throws Error while its old self is a peer of others.
   */
  reinstall(address: string): void {
    this.powerOff(address);
    this.#happen(address, { kind: 'reinstall' });
  }

  /** Cuts or mends the manager's way to the node. gluster's peers still reach it; `powerOff` cuts that too. */
  setReachable(address: string, isReachable: boolean): void {
    this.#happen(address, { kind: 'reach', isReachable });
    if (isReachable) return;
    for (const run of this.#running.get(address) ?? []) run.lose('the network is cut');
  }

  /** Somebody else runs a command on the node, past all faults and latency. @throws Error when the node is off. */
  act(address: string, argv: readonly string[], stdin?: string): Answer {
    if (!this.#node(address).isUp) throw new Error(`the simulated node ${address} is off`);
    const answer = this.#apply({ at: address, argv, stdin }) ?? done();
    this.#file?.flush();
    return answer;
  }

  /** Somebody else takes room in a volume group, with a volume of that name. @throws Error when LVM refuses. */
  takeExtents(
    address: string,
    group: string,
    extents: number,
    name = this.#foreignName(address, group),
  ): void {
    const answer = this.act(address, ['lvm', 'lvcreate', '-n', name, '-l', String(extents), group]);
    if (answer.exitCode !== 0) throw new Error(answer.stderr.trim());
  }

  /** Somebody else makes a gluster volume, with a brick on the node's root file system. @throws Error when gluster refuses. */
  makeForeignVolume(address: string, name: string): void {
    const storageHost = this.picture(address).peers.at(-1)?.names[0] ?? address;
    const brick = `${storageHost}:/srv/${name}`;
    const answer = this.act(address, ['gluster', 'volume', 'create', name, brick, 'force', '--xml']);
    if (!answer.stdout.includes('<opRet>0</opRet>'))
      throw new Error(`${answer.stdout}${answer.stderr}`.trim());
  }

  /** Tells that a storage host name means the node. Names that are the same as the manage address need not be told. */
  nameNode(address: string, storageHost: string): void {
    this.#happen(address, { kind: 'name', storageHost });
  }

  addDisk(address: string, disk: DiskInput): void {
    this.#happen(address, { kind: 'addDisk', disk: diskSchema.parse(disk) });
  }

  /** Replaces what is on a disk, whatever it was. */
  putContent(address: string, device: string, content: ContentKind): void {
    this.#happen(address, { kind: 'putContent', device, content });
  }

  /** Somebody else mounts a disk. */
  mount(address: string, device: string, mountPoint: string): void {
    this.#happen(address, { kind: 'mount', device, mountPoint });
  }

  /** The disk fails or is pulled out, with all that is on it. */
  pullDisk(address: string, device: string): void {
    this.#happen(address, { kind: 'pullDisk', device });
  }

  /** It is back, perhaps under another name; its mounts are not. */
  plugDisk(address: string, device: string, newDevice?: string): void {
    this.#happen(address, { kind: 'plugDisk', device, ...(newDevice === undefined ? {} : { newDevice }) });
  }

  /** How full LVM says that a pool or thin volume is; the metadata of a pool stay as they were when not given. */
  setUsage(
    address: string,
    place: { readonly group: string; readonly volume: string },
    percent: number,
    metadataPercent?: number,
  ): void {
    const metadata = metadataPercent === undefined ? {} : { metadataPercent };
    this.#happen(address, { kind: 'usage', ...place, percent, ...metadata });
  }

  /** A brick process dies. */
  endBrick(address: string, path: string): void {
    this.#happen(address, { kind: 'endBrick', path });
  }

  /** How many snapshots gluster says that a volume has. */
  setSnapshots(address: string, volume: string, count: number): void {
    this.#happen(address, { kind: 'snapshots', volume, count });
  }

  /** Whether a rebalance of the volume is under way; those that are started here are done at once. */
  setRebalancing(address: string, volume: string, isRebalancing: boolean): void {
    this.#happen(address, { kind: 'rebalancing', volume, isRebalancing });
  }

  /** A brick lacks so many entries that others of its set have; looks at the heal info make it less. */
  setUnhealed(
    address: string,
    volume: string,
    place: { readonly brick: string; readonly entries: number },
  ): void {
    this.#happen(address, { kind: 'unhealed', volume, ...place });
  }

  /** Somebody holds glusterd's lock, of one volume or of all in the node's pool. @returns the release. */
  holdGlusterLock(address: string, volume?: string): () => void {
    return this.#glusterLocks.hold(this.#world.poolOf(this.#node(address)).id, volume);
  }

  /** Manage addresses of the nodes that are there by now. */
  hosts(): string[] {
    return [...this.#world.state.nodes.keys()];
  }

  /** What is on a node, as a copy that nothing changes. */
  picture(address: string): NodePicture {
    return pictureOf(this.#world, this.#node(address));
  }

  /** Lets go of the state file. The world stays as it is. */
  close(): void {
    this.#file?.close();
  }

  #open(description: SimulationDescription, options: SimulationOptions): WorldSource {
    const file = this.#file;
    if (file?.isKept() === true) {
      const { compactAfter = defaultCompactAfter, clock = systemClock } = options;
      return new KeptWorld({ file, compactAfter, clock });
    }
    const world = buildWorld(description);
    file?.writeAtOnce(world.state);
    return madeWorld(world);
  }

  get #world(): World {
    return this.#source.world;
  }

  /** The node of a batch. A world that cannot be read is a network in which nobody answers. */
  #addressed(host: Host): NodeState | undefined {
    try {
      return this.#find(host.address);
    } catch (thrown) {
      throw nodeError('node.unreachable', host, (thrown as Error).message, { cause: thrown });
    }
  }

  /** The node, which may appear by being asked for: a change like any other. */
  #find(address: string): NodeState | undefined {
    const before = this.#world.revision;
    const node = this.#world.node(address);
    if (this.#world.revision !== before) {
      this.#file?.append({ at: address, happening: { kind: 'appear' } });
      this.#file?.flush();
    }
    return node;
  }

  #node(address: string): NodeState {
    const node = this.#find(address);
    if (node === undefined) throw new Error(`there is no simulated node ${address}`);
    return node;
  }

  #foreignName(address: string, group: string): string {
    return `foreign_${this.#node(address).groups.get(group)?.volumes.size ?? 0}`;
  }

  #happen(at: string, happening: Happening): void {
    this.#apply({ at, happening });
    this.#file?.flush();
  }

  /** The one way to change the world: what changes it is kept. */
  #apply(change: Change): Answer | undefined {
    const before = this.#world.revision;
    const answer = applyChange(this.#world, change);
    if (this.#world.revision !== before) this.#file?.append(change);
    return answer;
  }

  #learnNames(argv: readonly string[]): Promise<void> | undefined {
    const resolve = this.#resolveStorageHost;
    if (resolve === undefined || argv[0] !== 'gluster') return undefined;
    const unknown = storageHostsIn(argv.slice(1)).filter((name) => !this.#world.state.storageNames.has(name));
    return unknown.length === 0 ? undefined : this.#learn(unknown, resolve);
  }

  async #learn(names: readonly string[], resolve: ResolveStorageHost): Promise<void> {
    for (const name of names) {
      const address = await resolve(name);
      if (address !== undefined && address !== name) this.nameNode(address, name);
    }
  }

  #begin(host: Host, argv: readonly string[]): (() => void) | Answer {
    const transaction = argv[0] === 'gluster' ? transactionOf(argv.slice(1)) : undefined;
    const node = transaction === undefined ? undefined : this.#find(host.address);
    if (transaction === undefined || node === undefined || !node.gluster.isRunning) return () => undefined;
    const { pool } = node.gluster;
    if (this.#glusterLocks.isHeld(pool, transaction.volume)) return refuseTransaction(transaction, argv);
    return this.#glusterLocks.hold(pool, transaction.volume);
  }
}

function checked(input: SimulationInput | SimulationDescription): SimulationDescription {
  const parsed = simulationSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new AppError('config.invalid', `the simulation has faults: ${faults.join('; ')}`, {
    details: { faults },
  });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    throw new AppError(
      'config.invalid',
      `the simulation file ${path} cannot be read: ${(thrown as Error).message}`,
      {
        cause: thrown,
      },
    );
  }
}
