import type { BlockExporter } from '../storage/block/exporter.ts';
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
  /** Whether a hosting volume is made, and of which size, when no other has room for a block volume. */
  readonly blockHostingAutoCreate: boolean;
  readonly blockHostingGib: number;
  /** How volumes get larger unless the request says it. */
  readonly expand: 'add-bricks' | 'in-place' | 'auto';
  readonly rebalanceOnExpand: boolean;
  /** How often a creation that failed on a node is planned again elsewhere. */
  readonly createRetries: number;
  /** After this a replacement that still heals is told as stuck; 0: never. */
  readonly healTimeoutSeconds: number;
}

/** The commands with the configuration's settings in them. */
export interface StorageCommands {
  readonly lvm: Lvm;
  readonly gluster: Gluster;
  readonly block: BlockExporter;
  readonly mounts: Mounts;
  readonly xfs: XfsSettings;
}
