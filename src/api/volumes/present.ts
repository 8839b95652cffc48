import type { BrickRecord } from '../../db/bricks.ts';
import type { VolumeRecord } from '../../db/volumes.ts';
import type { Brick, Volume } from '../schema/volumes.ts';
import type { Mount } from './mount-hosts.ts';

/** A brick on the wire (keys in the contract's order). */
export const presentBrick = (brick: BrickRecord): Brick => ({
  id: brick.id,
  path: brick.path,
  device: brick.deviceId,
  node: brick.nodeId,
  volume: brick.volumeId ?? '',
  size: brick.sizeKib,
});

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);

/** A volume on the wire: keys in the contract's order, empty ones left out as it says (section 11). */
export function presentVolume(volume: VolumeRecord, bricks: readonly BrickRecord[], mount: Mount): Volume {
  return {
    size: volume.sizeGib,
    name: volume.name,
    durability: volume.durabilityEcho as Volume['durability'],
    ...(volume.gid === 0 ? {} : { gid: volume.gid }),
    ...(volume.options.length === 0 ? {} : { glustervolumeoptions: [...volume.options] }),
    ...(volume.block ? { block: true } : {}),
    snapshot: volume.snapshot,
    id: volume.id,
    cluster: volume.clusterId,
    mount: {
      glusterfs: {
        hosts: [...mount.hosts],
        device: `${mount.hosts[0] ?? ''}:${volume.name}`,
        options: mount.options,
      },
    },
    blockinfo: presentBlockInfo(volume),
    bricks: bricks.map(presentBrick).sort(byId),
  };
}

/** 98 % of a block hosting volume may be given out, the rest is reserved (engine reference 1.8). */
function presentBlockInfo({ block, sizeGib }: VolumeRecord): Volume['blockinfo'] {
  if (!block) return {};
  const free = Math.floor((sizeGib * 98) / 100);
  return { ...(free === 0 ? {} : { freesize: free }), reservedsize: sizeGib - free };
}
