import type { Writes } from '../db/queries.ts';
import { AppError } from '../errors.ts';
import { newId } from '../lib/ids.ts';
import type { OperationKind, PlannedOperation } from '../operations/kinds.ts';
import { assertNoClones } from './assert-no-clones.ts';
import { emptyFoldersSteps, folderWarnings } from './empty-folders.ts';
import { bricksIn, releaseBricks } from './left-bricks.ts';
import { readyVolume } from './ready-volume.ts';
import { deletionParams, destroyBricksSteps } from './volume-steps.ts';

const kindName = 'delete-volume';

/** The volume that holds Heketi's own database (wire contract section 1.5). */
const databaseVolume = 'heketidbstorage';

/**
 * Plans a deletion. Until the check has passed it can be called off; from then on it only goes forward (W12).
 *
 * @throws AppError `object.not_found`, `object.in_use`, `request.conflict`.
 */
export async function planDeletion(tx: Writes, volumeId: string): Promise<PlannedOperation> {
  const volume = await readyVolume(tx, volumeId, 'Failed to set up volume delete: ');
  if (volume.name === databaseVolume) {
    throw new AppError('request.conflict', 'Cannot delete volume containing the Heketi database');
  }
  if ((await tx.blockVolumes.listByHost(volumeId)).length > 0) {
    throw new AppError('request.conflict', 'Cannot delete a block hosting volume containing block volumes');
  }
  const operationId = newId();
  const bricks = await tx.bricks.listByVolume(volumeId);
  await assertNoClones(tx, bricks, `Cannot delete the volume ${volume.name}: `);
  await tx.volumes.update(volumeId, { phase: 'deleting', operationId });
  await tx.bricks.update(bricks, { phase: 'deleting', operationId });
  const foreign = await tx.foreignBricks.listByVolume(volumeId);
  const empty = emptyFoldersSteps(foreign);
  const params = await deletionParams(tx, volume, bricks);
  return {
    id: operationId,
    kind: kindName,
    clusterId: volume.clusterId,
    target: { kind: 'volume', id: volumeId },
    input: { name: volume.name },
    plan: {
      stages: [
        [{ action: 'check-deletion', nodeId: null, params }],
        [{ action: 'delete-gluster-volume', nodeId: null, params }],
        destroyBricksSteps(bricks),
        ...(empty.length === 0 ? [] : [empty]),
      ],
      pivot: 1,
    },
  };
}

export const deleteVolumeKind: OperationKind = {
  name: kindName,

  async finish(tx, { operation, left }) {
    const bricks = await tx.bricks.listByOperation(operation.id);
    const follow = await releaseBricks(tx, bricks, bricksIn(left), operation.clusterId);
    const foreign = await tx.foreignBricks.listByVolume(operation.target.id);
    await tx.volumes.delete(operation.target.id);
    return { follow, warnings: folderWarnings(foreign, new Set(left.map(({ nodeId }) => nodeId ?? ''))) };
  },

  /** Nothing was stopped: the volume is there again as it was. */
  async abandon(tx, { operation }) {
    const bricks = await tx.bricks.listByOperation(operation.id);
    await tx.bricks.update(bricks, { phase: 'ready', operationId: null });
    await tx.volumes.update(operation.target.id, { phase: 'ready', operationId: null });
    return {};
  },
};
