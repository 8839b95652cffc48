import type { Mounts } from '../storage/filesystem/mounts.ts';
import type { XfsSettings } from '../storage/filesystem/xfs.ts';
import type { Gluster } from '../storage/gluster/gluster.ts';
import type { Lvm } from '../storage/lvm/lvm.ts';

/** What the configuration decides about volumes. Sizes carry their unit. */
export interface VolumeSettings {
  readonly brickMinKib: number;
  readonly brickMaxKib: number;
  readonly maxBricksPerVolume: number;
  /** Negative: no limit. */
  readonly maxVolumesPerCluster: number;
  readonly averageFileKib: number;
  readonly zoneChecking: 'none' | 'soft' | 'strict';
  /** Options set on every volume before and after the request's own. */
  readonly preOptions: readonly string[];
  readonly postOptions: readonly string[];
  /** Keys of options allowed beyond the known ones. */
  readonly extraAllowedOptions: readonly string[];
  readonly blockHostingOptions: readonly string[];
  readonly rebalanceOnExpand: boolean;
  /** How often a creation that failed on a node is planned again elsewhere. */
  readonly createRetries: number;
}

/** The commands with the configuration's settings in them. */
export interface StorageCommands {
  readonly lvm: Lvm;
  readonly gluster: Gluster;
  readonly mounts: Mounts;
  readonly xfs: XfsSettings;
}
