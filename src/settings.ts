import type { Config } from './config/config.ts';
import { gibToKib } from './lib/sizes.ts';
import { createGlusterBlock } from './storage/block/gluster-block.ts';
import { createMounts } from './storage/filesystem/mounts.ts';
import { createGluster } from './storage/gluster/gluster.ts';
import { createLvm } from './storage/lvm/lvm.ts';
import type { StorageCommands, VolumeSettings } from './volumes/settings.ts';

/** The commands for nodes with the configured settings in them. */
export function storageCommands({ lvm, xfs, mounts, gluster, volumes }: Config): StorageCommands {
  return {
    lvm: createLvm({ ...lvm, wrapper: lvm.wrapper.split(/\s+/).filter((word) => word !== '') }),
    gluster: createGluster(gluster),
    block: createGlusterBlock({ prealloc: volumes.blockHosting.prealloc }),
    mounts: createMounts(mounts),
    xfs:
      xfs.stripe === undefined
        ? {}
        : { stripe: { unit: `${xfs.stripe.unitKib}k`, width: String(xfs.stripe.width) } },
  };
}

/** What the configuration decides about volumes. */
export function volumeSettings({ bricks, volumes, operations, gluster }: Config): VolumeSettings {
  return {
    brickMinKib: gibToKib(bricks.minSizeGib),
    brickMaxKib: gibToKib(bricks.maxSizeGib),
    maxBricksPerVolume: bricks.maxPerVolume,
    maxVolumesPerCluster: Number.isFinite(volumes.maxPerCluster) ? volumes.maxPerCluster : -1,
    averageFileKib: bricks.averageFileSizeKib,
    zoneChecking: volumes.zoneChecking,
    preOptions: volumes.preOptions,
    postOptions: volumes.postOptions,
    extraAllowedOptions: volumes.extraAllowedOptions,
    blockHostingOptions: volumes.blockHosting.options,
    blockHostingAutoCreate: volumes.blockHosting.autoCreate,
    blockHostingGib: volumes.blockHosting.sizeGib,
    expand: volumes.expand,
    rebalanceOnExpand: gluster.rebalanceOnExpand,
    createRetries: operations.createRetries,
    healTimeoutSeconds: operations.healTimeoutSeconds,
  };
}
