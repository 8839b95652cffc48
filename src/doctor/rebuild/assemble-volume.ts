import type { BrickRecord } from '../../db/bricks.ts';
import type { ForeignBrickRecord } from '../../db/foreign-bricks.ts';
import type { NodeRecord } from '../../db/nodes.ts';
import type { VolumeRecord } from '../../db/volumes.ts';
import { brickPlace } from '../../lib/durability.ts';
import type { GlusterVolume } from '../../storage/gluster/volume-info.ts';
import { folderFateOption, fromVolumeOptions, idOption } from '../../storage/imprints.ts';
import { reservedGib } from '../../volumes/hosting-room.ts';
import { hostOf, pathOf } from '../../volumes/ownership.ts';
import type { FoundBrick } from './found-bricks.ts';

/** A volume's records as they follow from the nodes, or why they do not. */
export type Assembled =
  | {
      readonly volume: VolumeRecord;
      readonly bricks: readonly BrickRecord[];
      readonly foreignBricks: readonly ForeignBrickRecord[];
    }
  | { readonly reason: string };

const idPattern = /^[0-9a-f]{32}$/;

/**
 * Makes the records of a volume from its gluster volume and the bricks that were found: gluster's order tells sets and
 * places, its options tell the rest.
 *
 * @param found bricks by their path.
 * @param nodes of the cluster: they tell where bricks are that others made.
 */
export function assembleVolume(
  present: GlusterVolume,
  clusterId: string,
  found: ReadonlyMap<string, FoundBrick>,
  nodes: readonly NodeRecord[],
): Assembled {
  const id = present.options[idOption];
  if (id === undefined || !idPattern.test(id)) return { reason: 'it does not bear an id of ours' };
  const imprint = fromVolumeOptions(present.options);
  if (imprint === undefined) return { reason: 'its options do not tell its size and request' };
  const bricks: BrickRecord[] = [];
  const foreignBricks: ForeignBrickRecord[] = [];
  for (const [index, brick] of present.bricks.entries()) {
    const place = brickPlace(imprint.durability, index);
    const own = found.get(pathOf(brick));
    const foreign = own === undefined ? foreignBrick(present, brick, nodes) : undefined;
    if (own !== undefined) {
      const { brickId, ...where } = own;
      bricks.push({ ...where, ...place, id: brickId, volumeId: id, phase: 'ready', operationId: null });
    } else if (foreign !== undefined) foreignBricks.push({ ...foreign, ...place, volumeId: id });
    else return { reason: `the logical volume of its brick ${brick} was not found` };
  }
  const volume: VolumeRecord = {
    ...imprint,
    id,
    clusterId,
    name: present.name,
    glusterUuid: present.uuid,
    // What is in it cannot be told from here: nothing new comes into it before somebody has looked.
    blockRestriction: imprint.block ? 'locked' : '',
    blockReservedGib: imprint.block ? reservedGib(imprint.sizeGib) : 0,
    phase: 'ready',
    operationId: null,
  };
  return { volume, bricks, foreignBricks };
}

/** A brick that others made, of a volume that says that it is managed; undefined when its node is not known either. */
function foreignBrick(
  { options }: GlusterVolume,
  name: string,
  nodes: readonly NodeRecord[],
): Pick<ForeignBrickRecord, 'nodeId' | 'name' | 'onDelete'> | undefined {
  const onDelete = options[folderFateOption];
  if (onDelete !== 'keep' && onDelete !== 'remove') return undefined;
  const host = hostOf(name);
  const node = nodes.find(({ storageNames, manageNames }) =>
    [...storageNames, ...manageNames].includes(host),
  );
  return node === undefined ? undefined : { nodeId: node.id, name, onDelete };
}
