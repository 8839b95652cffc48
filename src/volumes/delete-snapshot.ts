import type { Writes } from '../db/queries.ts';
import { newId } from '../lib/ids.ts';
import type { Action, OperationKind, PlannedOperation } from '../operations/kinds.ts';
import type { Gluster } from '../storage/gluster/gluster.ts';
import type { GlusterSnapshot } from '../storage/gluster/snapshots.ts';
import { snapshotParams } from './create-snapshot.ts';
import { GlusterCluster } from './gluster-cluster.ts';
import { readyVolume } from './ready-volume.ts';
import { lookAtSnapshots, type SnapshotParams } from './snapshot-identity.ts';

const kindName = 'delete-snapshot';

interface DeleteSnapshotParams extends SnapshotParams {
  /** gluster's UUID of the very snapshot that was meant: another may take its name. */
  readonly snapshotUuid: string;
}

/** Plans to delete a snapshot; it only goes forward. @throws AppError `object.not_found`, `object.in_use`. */
export async function planSnapshotDeletion(
  tx: Writes,
  volumeId: string,
  { name, uuid }: GlusterSnapshot,
): Promise<PlannedOperation> {
  const volume = await readyVolume(tx, volumeId, 'Failed to delete a snapshot: ');
  const operationId = newId();
  const bricks = await tx.bricks.listByVolume(volumeId);
  await tx.volumes.update(volumeId, { operationId });
  const params: DeleteSnapshotParams = {
    ...(await snapshotParams(tx, { volume, bricks, snapshot: name })),
    snapshotUuid: uuid,
  };
  return {
    id: operationId,
    kind: kindName,
    clusterId: volume.clusterId,
    target: { kind: 'volume', id: volumeId },
    input: { name },
    plan: { stages: [[{ action: 'delete-snapshot', nodeId: null, params }]], pivot: 0 },
  };
}

/** Deletes the snapshot, with its bricks; one that is not there is fine. */
export const deleteSnapshotAction = (gluster: Gluster): Action<DeleteSnapshotParams, null> => ({
  name: 'delete-snapshot',
  title: 'delete the snapshot',
  lanes: ({ clusterId }) => [`gluster:${clusterId}`],
  async run(context, params) {
    const cluster = new GlusterCluster(context, params.nodeIds, gluster);
    const seen = await lookAtSnapshots(cluster, params, gluster);
    const present = seen?.snapshots.find(({ uuid }) => uuid === params.snapshotUuid);
    if (present !== undefined) await cluster.run([gluster.deleteSnapshot(present.name)]);
    return null;
  },
});

const release: OperationKind['abandon'] = async (tx, { operation }) => {
  await tx.volumes.update(operation.target.id, { operationId: null });
  return {};
};

export const deleteSnapshotKind: OperationKind = { name: kindName, finish: release, abandon: release };
