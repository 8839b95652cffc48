import type { Writes } from '../../db/queries.ts';
import { newId } from '../../lib/ids.ts';
import type { OperationKind, PlannedOperation } from '../../operations/kinds.ts';
import { blockParams, readyBlockVolume } from './ready-block-volume.ts';

const kindName = 'delete-block-volume';

/** Plans the end of a block volume; its hosting volume stays. @throws AppError `object.not_found`, `object.in_use`. */
export async function planBlockDeletion(tx: Writes, blockId: string): Promise<PlannedOperation> {
  const block = await readyBlockVolume(tx, blockId, 'Failed to set up block volume delete: ');
  const operationId = newId();
  await tx.blockVolumes.update(blockId, { phase: 'deleting', operationId });
  const params = await blockParams(tx, block);
  return {
    id: operationId,
    kind: kindName,
    clusterId: block.clusterId,
    target: { kind: 'blockvolume', id: blockId },
    input: { name: block.name },
    plan: { stages: [[{ action: 'withdraw-block', nodeId: null, params }]] },
  };
}

export const deleteBlockVolumeKind: OperationKind = {
  name: kindName,
  async finish(tx, { operation }) {
    await tx.blockVolumes.delete(operation.target.id);
    return {};
  },
  /** gluster-block would not: the block volume is there again as it was. */
  async abandon(tx, { operation }) {
    await tx.blockVolumes.update(operation.target.id, { phase: 'ready', operationId: null });
    return {};
  },
};
