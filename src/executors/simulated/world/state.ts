/**
 * The simulated world as plain data: no classes, no cycles, no functions. So it can be written to a file and read back,
 * and whoever looks at it sees all of it. What may happen to it stands in the modules beside this one.
 */
import type { Folder } from './file-tree.ts';
import type { RandomState } from './randomness.ts';

export interface WorldState {
  readonly random: RandomState;
  /** By manage address. */
  readonly nodes: Map<string, NodeState>;
  /** Which node a storage host name means, where the two names differ; not certain: guessed from what was seen. */
  readonly storageNames: Map<string, { readonly node: string; readonly isCertain: boolean }>;
  /** gluster's trusted pools. */
  readonly pools: Map<string, PoolState>;
  readonly defaults: WorldDefaults;
}

export interface WorldDefaults {
  readonly diskKib: number;
  /** A node that is addressed and was not declared appears by itself. */
  readonly unlistedNodes: boolean;
  /** A device that is asked about and was not declared appears by itself, on nodes that do not decide it themselves. */
  readonly unlistedDisks: boolean;
}

export interface NodeState {
  readonly name: string;
  isUp: boolean;
  /** Whether the manager can reach it; gluster's peers reach each other all the same. */
  isReachable: boolean;
  readonly unlistedDisks: boolean;
  readonly diskKib: number;
  readonly missingTools: Set<string>;
  readonly missingModules: Set<string>;
  readonly userId: number;
  /** Disks and partitions by the kernel's path. */
  readonly disks: Map<string, Disk>;
  /** Disks that are pulled out, with the volume group that went with them. */
  readonly pulled: Map<string, { readonly disk: Disk; readonly group?: VolumeGroup }>;
  /** Other names of disks: `/dev/disk/by-id/…` to the kernel's path. */
  readonly links: Map<string, string>;
  readonly groups: Map<string, VolumeGroup>;
  /** Device-mapper numbers: no higher one was given away yet, and of the lower ones these were given back, the lowest last. */
  nextMinor: number;
  readonly freeMinors: number[];
  readonly root: Folder;
  /** By mount point; the root file system is not among them. */
  readonly mounts: ReadonlyMap<string, Mount>;
  readonly swaps: Set<string>;
  readonly gluster: GlusterDaemon;
  /** gluster-blockd was stopped. */
  isBlockDaemonStopped?: boolean;
}

/** What stands on a device. `pv`: an LVM physical volume. `file-system`: what mkfs has made, with its files. */
export type Content =
  | {
      readonly kind: 'file-system';
      readonly type: string;
      readonly uuid: string;
      readonly root: Folder;
      /** How much of its device it fills; all of it when absent. */
      sizeKib?: number;
      /** mkfs was ended half-way: it looks like one, and cannot be mounted. */
      readonly isUnfinished?: boolean;
    }
  | { readonly kind: 'signature'; readonly type: string; readonly uuid: string | null }
  | { readonly kind: 'partition-table'; readonly type: 'dos' | 'gpt' }
  | PhysicalVolume;

export interface PhysicalVolume {
  readonly kind: 'pv';
  readonly uuid: string;
  /** Where the extents begin. */
  readonly startKib: number;
  /** Empty: in no volume group. */
  group: string;
}

export interface Disk {
  readonly path: string;
  readonly type: 'disk' | 'part';
  /** The disk it is a partition of. */
  readonly parent?: string;
  readonly major: number;
  readonly minor: number;
  readonly sizeKib: number;
  readonly isReadOnly: boolean;
  readonly isRemovable: boolean;
  readonly serial: string | null;
  readonly wwn: string | null;
  content: Content | null;
}

export interface VolumeGroup {
  readonly name: string;
  readonly uuid: string;
  readonly extentKib: number;
  /** Each once, in the order in which they came. */
  tags: readonly string[];
  readonly members: { readonly device: string; readonly uuid: string; readonly extents: number }[];
  readonly volumes: ReadonlyMap<string, LogicalVolume>;
  usedExtents: number;
}

export interface LogicalVolume {
  readonly name: string;
  readonly uuid: string;
  readonly kind: 'linear' | 'thin' | 'pool' | 'spare';
  extents: number;
  /** Pools only. */
  metadataExtents: number;
  /** Thin volumes only: the pool it lives in. */
  readonly pool: string;
  tags: readonly string[];
  /** Device-mapper numbers by the end of the name: '' for the volume itself, `_tdata`, `_tmeta`, `-tpool`. */
  minors: Minors;
  content: Content | null;
  /** How full a pool or thin volume is reported to be. */
  dataPercent: number;
  /** Of a pool. What a fresh one with 8 MiB of metadata reports when absent. */
  metadataPercent?: number;
}

/** None has any while its disk is away. */
export type Minors = { [Part in '' | '_tdata' | '_tmeta' | '-tpool']?: number };

export interface Mount {
  readonly id: number;
  /** The kernel's path of a disk, or the device-mapper path of a logical volume. */
  readonly device: string;
  readonly mountPoint: string;
  readonly type: string;
  readonly options: string;
}

interface GlusterDaemon {
  /** Another one after the system was installed anew. */
  uuid: string;
  isRunning: boolean;
  pool: string;
  /** Peers that dropped this node while it was away: it does not know yet. */
  readonly remembered: Set<string>;
  /** Directories of this node that belong to volumes: path to volume. */
  readonly bricks: ReadonlyMap<string, string>;
  /** Brick processes that run: path to volume. */
  readonly running: ReadonlyMap<string, string>;
}

export interface PoolState {
  readonly id: string;
  /** By node name. */
  readonly members: Map<string, { readonly uuid: string; readonly names: Set<string> }>;
  readonly volumes: Map<string, GlusterVolume>;
  /** By name. Absent: none. */
  snapshots?: Map<string, GlusterSnapshot>;
  snapshotLimit: number;
}

export interface GlusterBrick {
  /** `host:path` as it was given. */
  readonly name: string;
  readonly node: string;
  readonly path: string;
  /** Of snapshots and what comes of them: the thin volume that glusterd mounts by itself. */
  readonly device?: SnapshotDevice;
}

export interface SnapshotDevice {
  readonly group: string;
  readonly volume: string;
  readonly type: string;
  readonly options: string;
}

export interface GlusterSnapshot {
  readonly name: string;
  readonly uuid: string;
  /** Of the volume that it holds; its bricks are named after it. */
  readonly volumeUuid: string;
  /** The volume that it was taken of, by its UUID. */
  readonly origin: string;
  readonly description: string;
  readonly bricks: readonly GlusterBrick[];
  readonly options: Map<string, string>;
  isActivated: boolean;
}

export interface VolumeShape {
  readonly replica: number;
  readonly arbiter: number;
  /** Bricks of a disperse set; 0 for none. */
  readonly disperse: number;
  readonly redundancy: number;
}

export interface GlusterVolume {
  readonly name: string;
  readonly uuid: string;
  readonly shape: VolumeShape;
  status: 'created' | 'started' | 'stopped';
  readonly bricks: GlusterBrick[];
  /** The oldest first; glusterd lists them the other way round. */
  readonly options: Map<string, string>;
  isRebalancing: boolean;
  /** Bricks by name that lack so many entries. Absent: none does. */
  healing?: Map<string, number>;
  /** New bricks of a dispersed volume by name, of which nothing is noted for so many looks. Absent: none is. */
  unnoticed?: Map<string, number>;
  /** A brick whose files are being moved to the others. */
  migration?: { readonly brick: string; readonly looksLeft: number };
  /** A brick was taken away that held the only good copy of something. */
  isDataLost?: boolean;
  /** Snapshots that gluster counts beside those that were taken here. */
  snapshots: number;
  /** Block volumes that lie in it, by name. Absent: none. */
  blocks?: Map<string, SimulatedBlock>;
}

export interface SimulatedBlock {
  readonly gbid: string;
  readonly hosts: readonly string[];
  /** Empty without authentication. */
  readonly password: string;
  sizeGib: number;
  /** Hosts that did not follow the last growth, with the GiB they still export. */
  readonly lagging: Map<string, number>;
}
