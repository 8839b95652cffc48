import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ProcessOptions, type ProcessOutcome, runProcess } from './run-process.ts';
import { type NodeSnapshot, parseSnapshot } from './snapshot.ts';

export interface LabOptions {
  /** Labs of different names stand side by side; `MORTAR_LAB_NAME` or `mortar` when absent. */
  readonly name?: string;
  /** How many nodes, from 1 to 9; 4 when absent. */
  readonly nodes?: number;
}

export interface LabNode {
  /** From 1. */
  readonly index: number;
  /** Resolves on every node and inside the namespace. */
  readonly name: string;
  readonly address: string;
  readonly address6: string;
  /** 1, 2, 3, 3 for four nodes; 1, 1, 2, 2, 3, 3 for six. */
  readonly zone: number;
}

/** `mortar` may use sudo freely, `plain` not at all, `asks` only with its password, which is `asks`. */
type LabUser = 'root' | 'mortar' | 'plain' | 'asks';

export interface SshOptions extends ProcessOptions {
  readonly user?: LabUser;
}

export type NetworkChange =
  | 'down'
  | 'up'
  | 'clear'
  | { readonly delayMs: number; readonly lossPercent?: number }
  | { readonly lossPercent: number };

const SCRIPT = fileURLToPath(new URL('lab', import.meta.url));
const SNAPSHOT_SCRIPT = fileURLToPath(new URL('snapshot.sh', import.meta.url));

/**
 * The real storage nodes of `test/lab/lab`, for tests. It works inside the lab's network namespace and outside it; only
 * `up` the first time, and `down`, must be called outside.
 */
export class Lab {
  readonly name: string;
  /** Where the lab keeps its disks, console logs, keys and `ssh_config`. */
  readonly stateDir: string;
  /** The network namespace in which the nodes are reached. */
  readonly namespace: string;
  /** Opens every user of every node. */
  readonly keyFile: string;
  /** Holds every node's host keys under its name and both addresses. */
  readonly knownHostsFile: string;
  /** The blank disks of every node. */
  readonly disks: readonly string[] = ['/dev/ubdb', '/dev/ubdc'];
  readonly #count: number;

  constructor(options: LabOptions = {}) {
    this.name = options.name ?? process.env['MORTAR_LAB_NAME'] ?? 'mortar';
    this.stateDir = process.env['MORTAR_LAB_STATE'] ?? `/tmp/mortar-lab-${this.name}`;
    this.namespace = `lab-${this.name}`;
    this.keyFile = `${this.stateDir}/key`;
    this.knownHostsFile = `${this.stateDir}/known_hosts`;
    this.#count = options.nodes ?? 4;
  }

  /** The nodes, once the lab is up; the subnet of their addresses is the lab's choice. */
  get nodes(): readonly LabNode[] {
    const subnet = readFileSync(`${this.stateDir}/subnet`, 'utf8').trim();
    return Array.from({ length: this.#count }, (_, position) => ({
      index: position + 1,
      name: `node${position + 1}`,
      address: `10.77.${subnet}.${position + 11}`,
      address6: `fd77:${subnet}::${position + 11}`,
      zone: zoneOf(position + 1, this.#count),
    }));
  }

  /** Makes or completes the lab and waits until every node has sshd and glusterd running. */
  async up(): Promise<void> {
    await this.#lab('up', String(this.#count));
  }

  /** Ends the nodes and removes all that `up` made, but for the cached image. */
  async down(): Promise<void> {
    await this.#lab('down');
  }

  /** Cuts the power of a node: nothing is synced. Its disks stay as they are. */
  async kill(k: number): Promise<void> {
    await this.#lab('kill', String(k));
  }

  /** Starts a node again, with the names of its two disks exchanged if wanted; does not wait until it is ready. */
  async start(k: number, options: { readonly swapDisks?: boolean } = {}): Promise<void> {
    await this.#lab('start', String(k), ...(options.swapDisks ? ['--swap-disks'] : []));
  }

  /** Waits until sshd answers and glusterd is active. */
  async waitReady(k: number | 'all'): Promise<void> {
    await this.#lab('wait', String(k));
  }

  /**
   * Changes a node's link: `down` and `up` for all that passes; `delayMs` and `lossPercent` (whole numbers) for what the
   * node sends, until `clear` or its next start. `ssh` of this class is spared delay and loss.
   */
  async net(k: number, change: NetworkChange): Promise<void> {
    await this.#lab('net', String(k), ...networkWords(change));
  }

  /** Lets nothing pass between two nodes, or everything again. */
  async partition(k1: number, k2: number, what: 'on' | 'off'): Promise<void> {
    await this.#lab('partition', String(k1), String(k2), what);
  }

  /**
   * Runs a command on a node over a connection of its own. An argument list is quoted; a string is for the node's shell.
   *
   * @returns its outcome whatever the exit code; 255 when the node does not answer.
   */
  ssh(k: number, command: string | readonly string[], options: SshOptions = {}): Promise<ProcessOutcome> {
    const { user = 'root', ...processOptions } = options;
    const line = typeof command === 'string' ? command : command.map(quote).join(' ');
    return this.exec(['ssh', '-F', `${this.stateDir}/ssh_config`, `${user}@node${k}`, line], processOptions);
  }

  /** Runs a program of this machine in the lab's network. */
  exec(argv: readonly string[], options: ProcessOptions = {}): Promise<ProcessOutcome> {
    const entry = this.#isInside() ? [] : ['ip', 'netns', 'exec', this.namespace];
    return runProcess([...entry, ...argv], options);
  }

  /** A picture of everything on the node that has to do with storage. */
  async snapshotNode(k: number): Promise<NodeSnapshot> {
    const stdin = readFileSync(SNAPSHOT_SCRIPT, 'utf8');
    const outcome = await this.ssh(k, ['sh', '-s', '--', ...this.disks], { stdin, timeoutMs: 120_000 });
    // The exit code is that of the last item: blkid has one for "nothing found".
    if (!outcome.stdout.includes('@@ blkid'))
      throw new Error(`no snapshot of node ${k}: ${outcome.stderr.trim()}`);
    return parseSnapshot(outcome.stdout);
  }

  #isInside(): boolean {
    const own = statSync('/proc/self/ns/net');
    const labs = statSync(`/run/netns/${this.namespace}`, { throwIfNoEntry: false });
    return labs !== undefined && own.ino === labs.ino && own.dev === labs.dev;
  }

  async #lab(...args: string[]): Promise<void> {
    const env = { MORTAR_LAB_NAME: this.name, MORTAR_LAB_STATE: this.stateDir };
    const outcome = await runProcess([SCRIPT, ...args], { env });
    if (outcome.exitCode !== 0) {
      throw new Error(
        `lab ${args.join(' ')} failed with exit code ${outcome.exitCode}: ${outcome.stderr.trim()}`,
      );
    }
  }
}

function zoneOf(index: number, count: number): number {
  return count <= 4 ? Math.min(index, 3) : Math.ceil((index * 3) / count);
}

function networkWords(change: NetworkChange): string[] {
  if (typeof change === 'string') return [change];
  const delay = 'delayMs' in change ? ['delay', String(change.delayMs)] : [];
  return [...delay, ...(change.lossPercent === undefined ? [] : ['loss', String(change.lossPercent)])];
}

function quote(argument: string): string {
  return `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}
