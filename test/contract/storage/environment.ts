import type { Executor, Host } from '../../../src/executors/executor.ts';

/** What another program may have put on a disk. */
export type DiskContent = 'ext4' | 'partition' | 'swap' | 'foreign-group';

/** Two nodes with two blank disks each, to be used up and given back. Simulated or real: the suite cannot tell. */
export interface StorageEnvironment {
  readonly name: string;
  /** A new executor for one group of tests, which closes it. */
  open(): Promise<Executor>;
  readonly hosts: readonly [Host, Host];
  /** What gluster calls the hosts. */
  readonly storageHosts: readonly [string, string];
  /** A storage host name that nobody answers to. */
  readonly deadHost: string;
  /** Present and blank on both hosts. */
  readonly disks: readonly [string, string];
  /** A path that is no device. */
  readonly noDisk: string;
  /** Blank disks, no volumes, no peers, nothing of Mortar's; glusterd runs. */
  reset(executor: Executor): Promise<void>;
  /** Puts something on a blank disk, as another program would. */
  prepare(executor: Executor, host: Host, content: DiskContent): Promise<void>;
  mount(executor: Executor, host: Host, mountPoint: string): Promise<void>;
  unmount(executor: Executor, host: Host, mountPoint: string): Promise<void>;
  /** Makes of an XFS what mkfs leaves when it is ended half-way. */
  unfinishXfs(executor: Executor, host: Host, device: string): Promise<void>;
  setGlusterd(executor: Executor, host: Host, state: 'start' | 'stop'): Promise<void>;
  /** For one test; real nodes are slow. */
  readonly testTimeoutMs: number;
}
