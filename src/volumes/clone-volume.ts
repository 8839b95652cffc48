import type { BrickRecord } from '../db/bricks.ts';
import type { Writes } from '../db/queries.ts';
import type { StepRecord } from '../db/steps.ts';
import type { VolumeRecord } from '../db/volumes.ts';
import { AppError } from '../errors.ts';
import { groupBy } from '../lib/group-by.ts';
import { newId } from '../lib/ids.ts';
import type { OperationKind, Plan, PlannedOperation } from '../operations/kinds.ts';
import { idOption, toVolumeOptions } from '../storage/imprints.ts';
import { defaultVolumeName, volumeGroupName } from '../storage/naming.ts';
import type { ClonedGlusterVolume, CloneGlusterVolumeParams } from './clone-gluster-volume.ts';
import { snapshotParams } from './create-snapshot.ts';
import type { CreateVolumeTools } from './create-volume.ts';
import { assertNoForeign } from './foreign-bricks.ts';
import type { CloneBrick, MarkCloneBricksParams, MarkedBrick } from './mark-clone-bricks.ts';

const kindName = 'clone-volume';

interface CloneInput {
  readonly sourceId: string;
  /** Ids that the bricks of the clone get, by those of the source, in gluster's order. */
  readonly bricks: readonly { readonly id: string; readonly sourceId: string }[];
}

/**
 * Plans a volume with what is in another one now. It lives in the thin pools of the other's bricks and takes no room of the
 * devices (wire contract section 11).
 *
 * @throws AppError `object.not_found`, also for a volume that another operation is at work on; `object.in_use` for a name
 * that is taken; `request.conflict` for a block hosting volume: the last two with the contract's status and prefix.
 */
export async function planClone(
  tx: Writes,
  sourceId: string,
  wantedName: string,
  tools: CreateVolumeTools,
): Promise<PlannedOperation> {
  const source = await tx.volumes.find(sourceId);
  if (source?.phase !== 'ready' || source.operationId !== null)
    throw new AppError('object.not_found', 'Id not found');
  const refuse = (code: 'request.conflict' | 'object.in_use', reason: string): AppError =>
    new AppError(code, `Failed clone volume ${sourceId}: ${reason}`, { status: 500 });
  if (source.block) throw refuse('request.conflict', 'Cloning of block hosting volumes is not supported');
  await assertNoForeign(tx, source, `Failed clone volume ${sourceId}: `);
  const [operationId, volumeId] = [newId(), newId()];
  const name = wantedName === '' ? defaultVolumeName(volumeId) : wantedName;
  if ((await tx.volumes.findByName(source.clusterId, name)) !== undefined)
    throw refuse('object.in_use', `Volume name '${name}' already in use`);
  const bricks = await tx.bricks.listByVolume(sourceId);
  const input: CloneInput = {
    sourceId,
    bricks: bricks.map((brick) => ({ id: newId(), sourceId: brick.id })),
  };
  const clone: VolumeRecord = {
    ...source,
    id: volumeId,
    name,
    glusterUuid: null,
    phase: 'creating',
    operationId,
  };
  await tx.volumes.insert(clone, tools.nowMs());
  await tx.volumes.update(sourceId, { operationId });
  return {
    id: operationId,
    kind: kindName,
    clusterId: source.clusterId,
    target: { kind: 'volume', id: volumeId },
    input,
    plan: await toPlan(tx, { source, clone, bricks, input }),
  };
}

interface Cloning {
  readonly source: VolumeRecord;
  readonly clone: VolumeRecord;
  readonly bricks: readonly BrickRecord[];
  readonly input: CloneInput;
}

async function toPlan(tx: Writes, { source, clone, bricks, input }: Cloning): Promise<Plan> {
  const members = bricks.map((brick, order) => ({
    nodeId: brick.nodeId,
    brick: {
      brickId: input.bricks[order]?.id ?? '',
      volumeId: clone.id,
      order,
      sizeKib: brick.sizeKib,
      volumeGroup: volumeGroupName(brick.deviceId),
      poolName: brick.poolName,
      lvName: brick.lvName,
    } satisfies CloneBrick,
  }));
  const snapshot = `clone_${clone.operationId}`;
  const params: CloneGlusterVolumeParams = {
    ...(await snapshotParams(tx, { volume: source, bricks, snapshot })),
    clone: clone.name,
    cloneId: clone.id,
    options: [[idOption, clone.id], ...toVolumeOptions(clone)],
    members,
    durability: source.durability,
  };
  const marks = [...groupBy(members, ({ nodeId }) => nodeId)].map(([nodeId, own]) => ({
    action: 'mark-clone-bricks',
    nodeId,
    params: {
      clone: clone.name,
      bricks: own.map(({ brick }) => brick),
    } satisfies MarkCloneBricksParams,
  }));
  return { stages: [[{ action: 'clone-gluster-volume', nodeId: null, params }], marks] };
}

export const cloneVolumeKind: OperationKind = {
  name: kindName,

  async finish(tx, { operation, steps }) {
    const { sourceId, bricks: ids } = operation.input as CloneInput;
    const { glusterUuid } = outputsOf<ClonedGlusterVolume>(steps, 'clone-gluster-volume')[0] ?? {};
    const marked = new Map(
      outputsOf<readonly MarkedBrick[]>(steps, 'mark-clone-bricks')
        .flat()
        .map((brick) => [brick.brickId, brick]),
    );
    const originals = new Map((await tx.bricks.listByVolume(sourceId)).map((brick) => [brick.id, brick]));
    const volumeId = operation.target.id;
    const bricks = ids.flatMap(({ id, sourceId: originalId }): BrickRecord[] => {
      const [original, own] = [originals.get(originalId), marked.get(id)];
      if (original === undefined || own === undefined) return [];
      const { lvName, path } = own;
      // What the pool takes of the device is on record with the brick that it was made for.
      return [{ ...original, id, volumeId, poolKib: 0, metadataKib: 0, lvName, path }];
    });
    await tx.bricks.insert(bricks);
    await tx.volumes.update(sourceId, { operationId: null });
    await tx.volumes.update(volumeId, {
      phase: 'ready',
      operationId: null,
      ...(glusterUuid === undefined ? {} : { glusterUuid }),
    });
    return { resultPath: `/volumes/${volumeId}` };
  },

  async abandon(tx, { operation }) {
    const { sourceId } = operation.input as CloneInput;
    await tx.volumes.update(sourceId, { operationId: null });
    await tx.volumes.delete(operation.target.id);
    return {};
  },
};

const outputsOf = <Output>(steps: readonly StepRecord[], action: string): Output[] =>
  steps.filter((step) => step.action === action).map(({ output }) => output as Output);
