import type { BlockVolumeRecord } from '../../db/block-volumes.ts';
import type { Reads } from '../../db/queries.ts';
import { AppError } from '../../errors.ts';
import { inUseWords } from '../ready-volume.ts';
import type { BlockParams } from './block-actions.ts';
import { blockNodesOf } from './block-nodes.ts';

/** The block volume as the API shows it. @throws AppError `object.not_found` for one that is unknown or not shown. */
export async function visibleBlockVolume(reads: Reads, id: string): Promise<BlockVolumeRecord> {
  const block = await reads.blockVolumes.find(id);
  if (block !== undefined && block.phase !== 'creating' && block.phase !== 'deleting') return block;
  throw new AppError('object.not_found', 'Id not found');
}

/** The same, when nothing else is happening to it. @throws AppError `object.not_found`, `object.in_use`. */
export async function readyBlockVolume(reads: Reads, id: string, prefix: string): Promise<BlockVolumeRecord> {
  const block = await visibleBlockVolume(reads, id);
  if (block.operationId === null) return block;
  throw new AppError('object.in_use', `${prefix}${inUseWords}`, {
    status: 500,
    details: { blockVolumeId: id, operationId: block.operationId },
  });
}

/** What a step has to know of it. */
export async function blockParams(reads: Reads, block: BlockVolumeRecord): Promise<BlockParams> {
  const hosting = await reads.volumes.find(block.hostingVolumeId);
  return {
    blockId: block.id,
    name: block.name,
    hostingVolumeId: block.hostingVolumeId,
    hostingVolume: hosting?.name ?? '',
    nodes: await blockNodesOf(reads, block.clusterId),
    hosts: block.hosts,
  };
}
