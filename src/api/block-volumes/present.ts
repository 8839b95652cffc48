import type { BlockVolumeRecord } from '../../db/block-volumes.ts';
import type { BlockVolume } from '../schema/block-volumes.ts';

/** A block volume on the wire: keys in the contract's order, empty ones left out as it says (section 12). */
export const presentBlockVolume = (block: BlockVolumeRecord, password: string): BlockVolume => ({
  size: block.sizeGib,
  name: block.name,
  ...(block.haCount === 0 ? {} : { hacount: block.haCount }),
  id: block.id,
  blockvolume: {
    hosts: [...block.hosts],
    iqn: block.iqn,
    lun: block.lun,
    username: block.username,
    password,
  },
  cluster: block.clusterId,
  blockhostingvolume: block.hostingVolumeId,
  ...(block.usableGib === 0 ? {} : { usablesize: block.usableGib }),
});
