import type { Writes } from '../db/queries.ts';
import { plannedSteps } from '../operations/journal.ts';
import type { PlannedOperation } from '../operations/kinds.ts';
import { imprintOf } from '../volumes/brick-imprint.ts';
import { planDeletion } from '../volumes/delete-volume.ts';
import { releaseBricks } from '../volumes/left-bricks.ts';
import type { TakenRecords } from './to-records.ts';

export interface ImportSource {
  /** File name of the dump. */
  readonly name: string;
  readonly nowMs: number;
}

/**
 * Writes the records of a dump into an empty database, with an operation for everything that Heketi left unfinished and
 * that has to go. Those wait until the import is confirmed, as after a restore.
 */
export async function insertTaken(
  tx: Writes,
  taken: TakenRecords,
  { name, nowMs }: ImportSource,
): Promise<void> {
  for (const cluster of taken.clusters) await tx.clusters.insert(cluster, nowMs);
  for (const node of taken.nodes) await tx.nodes.insert(node, nowMs);
  for (const device of taken.devices) await tx.devices.insert(device, nowMs);
  for (const volume of taken.volumes) await tx.volumes.insert(volume, nowMs);
  await tx.bricks.insert(taken.bricks);
  for (const blockVolume of taken.blockVolumes) await tx.blockVolumes.insert(blockVolume, nowMs);
  const going = await planGoing(tx, taken);
  for (const operation of going) await record(tx, await withMarks(tx, operation), nowMs);
  if (going.length > 0) await tx.marks.setRestored({ backup: name, madeAtMs: null, restoredAtMs: nowMs });
}

async function planGoing(tx: Writes, { fates, bricks, nodes }: TakenRecords): Promise<PlannedOperation[]> {
  const going: PlannedOperation[] = [];
  const clusterOf = new Map(nodes.map(({ id, clusterId }) => [id, clusterId]));
  for (const { operationId, deletesVolume, removes = [] } of fates) {
    if (deletesVolume !== undefined) {
      const planned = await planDeletion(tx, deletesVolume);
      going.push(await renamed(tx, planned, operationId));
    }
    const left = bricks.filter(({ id }) => removes.includes(id));
    const clusterId = clusterOf.get(left[0]?.nodeId ?? '') ?? null;
    going.push(...(await releaseBricks(tx, left, new Set(removes), clusterId)));
  }
  return going;
}

/**
 * Lets the bricks be marked before the stage that removes them: Heketi marked none, and without its mark no pool is removed.
 * Here their names are proof enough, as for Heketi's own clean-up.
 */
async function withMarks(tx: Writes, planned: PlannedOperation): Promise<PlannedOperation> {
  const bricks = await tx.bricks.listByOperation(planned.id);
  const marks = bricks.map((brick) => ({
    action: 'imprint-brick',
    nodeId: brick.nodeId,
    params: { ...imprintOf(brick, brick.volumeId ?? ''), mayBeGone: true },
  }));
  const { stages } = planned.plan;
  return {
    ...planned,
    plan: { ...planned.plan, stages: [...stages.slice(0, -1), marks, ...stages.slice(-1)] },
  };
}

/** The deletion goes by the id that the operation had in Heketi. */
async function renamed(tx: Writes, planned: PlannedOperation, id: string): Promise<PlannedOperation> {
  await tx.bricks.update(await tx.bricks.listByOperation(planned.id), { operationId: id });
  await tx.volumes.update(planned.target.id, { operationId: id });
  return { ...planned, id };
}

async function record(tx: Writes, planned: PlannedOperation, nowMs: number): Promise<void> {
  const { id, kind, clusterId, target, input, plan } = planned;
  const { stages, pivot = stages.length } = plan;
  await tx.operations.insert(
    {
      id,
      kind,
      state: 'planned',
      clusterId,
      target,
      parentId: null,
      input,
      stageCount: stages.length,
      pivot,
      leaseOwner: null,
      leaseUntilMs: null,
    },
    nowMs,
  );
  await tx.steps.insert(plannedSteps(id, 0, plan));
}
