import type { BlockVolumeRecord } from '../../db/block-volumes.ts';
import type { ShownBrick } from '../../db/bricks.ts';
import type { ForeignBrickRecord } from '../../db/foreign-bricks.ts';
import { isVisible } from '../../db/schema.ts';
import type { VolumeRecord } from '../../db/volumes.ts';
import { freeGib } from '../../volumes/block/hosting-free.ts';
import type { Brick, ForeignBrick, Volume } from '../schema/volumes.ts';
import type { Mount } from './mount-hosts.ts';

/** A brick on the wire (keys in the contract's order). */
export const presentBrick = (brick: ShownBrick, nodeId: string): Brick => ({
  id: brick.id,
  path: brick.path,
  device: brick.deviceId,
  node: nodeId,
  volume: brick.volumeId ?? '',
  size: brick.sizeKib,
});

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);

/** What a volume is shown from; `hosted`: all block volumes in it, whatever their phase, in the order of their ids. */
export interface VolumeParts {
  readonly volume: VolumeRecord;
  readonly bricks: readonly Brick[];
  readonly hosted: readonly BlockVolumeRecord[];
  /** Of a managed volume that others made. */
  readonly foreign: readonly ForeignBrickRecord[];
}

/** A volume on the wire: keys in the contract's order, empty ones left out as it says (section 11). */
export function presentVolume(parts: VolumeParts, mount: Mount): Volume {
  const { volume } = parts;
  return {
    ...presentHead(volume),
    mount: {
      glusterfs: {
        hosts: [...mount.hosts],
        device: `${mount.hosts[0] ?? ''}:${volume.name}`,
        options: mount.options,
      },
    },
    ...presentTail(parts),
  };
}

/** The same without what clients mount it from. */
export const presentBareVolume = (parts: VolumeParts): Omit<Volume, 'mount'> => ({
  ...presentHead(parts.volume),
  ...presentTail(parts),
});

function presentHead(
  volume: VolumeRecord,
): Omit<Volume, 'mount' | 'blockinfo' | 'bricks' | 'foreign_bricks'> {
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
  };
}

const presentTail = ({
  volume,
  bricks,
  hosted,
  foreign,
}: VolumeParts): Pick<Volume, 'blockinfo' | 'bricks' | 'foreign_bricks'> => ({
  blockinfo: presentBlockInfo(volume, hosted),
  bricks: [...bricks].sort(byId),
  ...(foreign.length === 0 ? {} : { foreign_bricks: foreign.map(presentForeign) }),
});

const presentForeign = ({ name, nodeId, setIndex, kind, onDelete }: ForeignBrickRecord): ForeignBrick => ({
  brick: name,
  node: nodeId,
  set: setIndex,
  kind,
  folder: onDelete,
});

/** Each key is left out when it is zero or empty; block volumes on their way take room, but are not shown. */
function presentBlockInfo(volume: VolumeRecord, hosted: readonly BlockVolumeRecord[]): Volume['blockinfo'] {
  if (!volume.block) return {};
  const free = freeGib(volume, hosted);
  const shown = hosted.filter(isVisible).map(({ id }) => id);
  return {
    ...(free === 0 ? {} : { freesize: free }),
    ...(volume.blockReservedGib === 0 ? {} : { reservedsize: volume.blockReservedGib }),
    ...(shown.length === 0 ? {} : { blockvolume: shown }),
    ...(volume.blockRestriction === '' ? {} : { restriction: volume.blockRestriction }),
  };
}
