import type { BlockVolumeRecord } from '../../db/block-volumes.ts';
import type { Writes } from '../../db/queries.ts';
import type { VolumeRecord } from '../../db/volumes.ts';
import { AppError } from '../../errors.ts';
import { newId } from '../../lib/ids.ts';
import type { OperationKind, PlannedOperation, StepPlan } from '../../operations/kinds.ts';
import { defaultBlockName } from '../../storage/naming.ts';
import { allocate } from '../allocate.ts';
import {
  type CreateVolumeTools,
  completeVolume,
  dropVolume,
  promise as promiseVolume,
  toVolume,
} from '../create-volume.ts';
import { checkRequest } from '../volume-request.ts';
import type { Exported, ExportParams } from './block-actions.ts';
import { blockNodesOf } from './block-nodes.ts';
import { allocationPrefix, type BlockRequest, chooseHosting } from './choose-hosting.ts';

const kindName = 'create-block-volume';

interface CreateBlockInput {
  readonly request: BlockRequest;
  /** The hosting volume that is made with it. */
  readonly madeVolumeId: string | null;
}

/** The hosting volume, and what makes it when it is not there yet. */
interface Hosting {
  readonly volume: VolumeRecord;
  readonly stages: readonly (readonly StepPlan[])[];
  readonly isMade: boolean;
}

/**
 * Plans a block volume inside a transaction: its record, the room in its hosting volume, and the hosting volume with its
 * bricks where one has to be made.
 *
 * @throws AppError `request.invalid`, `placement.no_room`, `server.busy`.
 */
export async function planBlockCreation(
  tx: Writes,
  request: BlockRequest,
  tools: CreateVolumeTools,
): Promise<PlannedOperation> {
  const [operationId, blockId] = [newId(), newId()];
  const { volume, stages, isMade } = await findHosting(tx, request, tools, { operationId, blockId });
  const nodes = await blockNodesOf(tx, volume.clusterId);
  const block: BlockVolumeRecord = {
    id: blockId,
    clusterId: volume.clusterId,
    hostingVolumeId: volume.id,
    name: request.name === '' ? defaultBlockName(blockId) : request.name,
    sizeGib: request.sizeGib,
    usableGib: request.sizeGib,
    takenGib: request.sizeGib,
    haCount: request.haCount,
    auth: request.auth,
    hosts: [],
    iqn: '',
    lun: 0,
    username: '',
    phase: 'creating',
    operationId,
  };
  await tx.blockVolumes.insert(block, tools.nowMs());
  const params: ExportParams = {
    blockId,
    name: block.name,
    hostingVolumeId: volume.id,
    hostingVolume: volume.name,
    nodes,
    hosts: [],
    sizeGib: request.sizeGib,
    haCount: request.haCount,
    auth: request.auth,
  };
  const mayBeTaken = request.name !== '' && !isMade;
  const check: StepPlan[] = mayBeTaken ? [{ action: 'check-block-name', nodeId: null, params }] : [];
  return {
    id: operationId,
    kind: kindName,
    clusterId: volume.clusterId,
    target: { kind: 'blockvolume', id: blockId },
    input: { request, madeVolumeId: isMade ? volume.id : null } satisfies CreateBlockInput,
    plan: { stages: [...stages, check, [{ action: 'export-block', nodeId: null, params }]] },
  };
}

async function findHosting(
  tx: Writes,
  request: BlockRequest,
  tools: CreateVolumeTools,
  { operationId, blockId }: { readonly operationId: string; readonly blockId: string },
): Promise<Hosting> {
  const choice = await chooseHosting(tx, { request, seed: blockId }, tools.settings);
  if ('makeInClusterIds' in choice) return makeHosting(tx, choice.makeInClusterIds, tools, operationId);
  const volume = await tx.volumes.find(choice.hostingVolumeId);
  if (volume === undefined) throw new AppError('object.not_found', 'Id not found');
  return { volume, stages: [], isMade: false };
}

/** A hosting volume of the configured size, with three copies (engine reference 3.7). */
async function makeHosting(
  tx: Writes,
  clusterIds: readonly string[],
  tools: CreateVolumeTools,
  operationId: string,
): Promise<Hosting> {
  const id = newId();
  const request = checkRequest(
    {
      sizeGib: tools.settings.blockHostingGib,
      name: '',
      clusterIds,
      durability: { type: 'replicate', replicate: { replica: 3 }, disperse: {} },
      gid: 0,
      options: [],
      block: true,
      snapshot: { enable: false, factor: 1 },
    },
    tools.settings,
  );
  const allocation = await withPrefix(() => allocate(tx, tools.index, request, tools.settings, { seed: id }));
  const volume = toVolume(request, id, allocation.clusterId, operationId);
  await tx.volumes.insert(volume, tools.nowMs());
  const { stages } = await promiseVolume(tx, volume, request, allocation);
  return { volume, stages, isMade: true };
}

async function withPrefix<T>(allocating: () => Promise<T>): Promise<T> {
  try {
    return await allocating();
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== 'placement.no_room') throw thrown;
    throw new AppError(thrown.code, `${allocationPrefix}${thrown.message}`, { details: thrown.details });
  }
}

export const createBlockVolumeKind: OperationKind = {
  name: kindName,

  async finish(tx, ending) {
    const { operation, steps } = ending;
    const { madeVolumeId } = operation.input as CreateBlockInput;
    if (madeVolumeId !== null) await completeVolume(tx, madeVolumeId, ending);
    const exported = steps.find(({ action }) => action === 'export-block')?.output as Exported;
    const { iqn, username, hosts } = exported;
    await tx.blockVolumes.update(operation.target.id, {
      iqn,
      username,
      hosts,
      haCount: hosts.length,
      phase: 'ready',
      operationId: null,
    });
    return { resultPath: `/blockvolumes/${operation.target.id}` };
  },

  async abandon(tx, ending) {
    const { madeVolumeId } = ending.operation.input as CreateBlockInput;
    await tx.blockVolumes.delete(ending.operation.target.id);
    return madeVolumeId === null ? {} : { follow: await dropVolume(tx, madeVolumeId, ending) };
  },
};
