import type { ForeignBrickRecord } from '../db/foreign-bricks.ts';
import type { Writes } from '../db/queries.ts';
import type { FolderFate } from '../db/schema.ts';
import type { VolumeRecord } from '../db/volumes.ts';
import { AppError } from '../errors.ts';
import type { Durability } from '../lib/durability.ts';
import { newId } from '../lib/ids.ts';
import type { OperationKind, PlannedOperation, StepPlan } from '../operations/kinds.ts';
import type { CreateVolumeTools } from './create-volume.ts';
import { ownershipOptions } from './foreign-bricks.ts';
import { readyVolume } from './ready-volume.ts';
import type { TakeOverParams } from './take-over.ts';
import { deletionParams } from './volume-steps.ts';

const manageKindName = 'manage-volume';
const releaseKindName = 'release-volume';

/** A gluster volume that others made, as it was found. */
export interface VolumeToManage {
  /** The gluster volume's UUID without its dashes: it stays the same however often the volume is given back. */
  readonly id: string;
  readonly clusterId: string;
  readonly name: string;
  readonly glusterUuid: string;
  readonly durability: Durability;
  readonly sizeGib: number;
  /** In gluster's order. */
  readonly bricks: readonly Omit<ForeignBrickRecord, 'volumeId' | 'onDelete'>[];
  /** What becomes of its brick folders when it is deleted. */
  readonly folders: FolderFate;
}

/**
 * Plans how a volume that others made becomes one of Mortar's: it is marked in gluster, nothing else is changed.
 *
 * @throws AppError `request.conflict` when its name or id is on record, or one of its nodes is not any more.
 */
export async function planManagement(
  tx: Writes,
  found: VolumeToManage,
  tools: CreateVolumeTools,
): Promise<PlannedOperation> {
  await assertUnknown(tx, found);
  const operationId = newId();
  const volume: VolumeRecord = {
    id: found.id,
    clusterId: found.clusterId,
    name: found.name,
    glusterUuid: found.glusterUuid,
    sizeGib: found.sizeGib,
    durability: found.durability,
    durabilityEcho: echoOf(found.durability),
    gid: 0,
    snapshot: { enable: false, factor: 1 },
    block: false,
    options: [],
    zoneChecking: tools.settings.zoneChecking,
    tagRule: null,
    averageFileKib: tools.settings.averageFileKib,
    blockRestriction: '',
    blockReservedGib: 0,
    phase: 'creating',
    operationId,
  };
  const bricks = found.bricks.map((brick) => ({ ...brick, volumeId: found.id, onDelete: found.folders }));
  await tx.volumes.insert(volume, tools.nowMs());
  await tx.foreignBricks.insert(bricks);
  return {
    id: operationId,
    kind: manageKindName,
    clusterId: found.clusterId,
    target: { kind: 'volume', id: found.id },
    input: { name: found.name, folders: found.folders },
    plan: { stages: [[await markStep(tx, 'take-over', volume, bricks)]] },
  };
}

async function assertUnknown(tx: Writes, { id, clusterId, name, bricks }: VolumeToManage): Promise<void> {
  const known = (await tx.volumes.find(id)) ?? (await tx.volumes.findByName(clusterId, name));
  if (known !== undefined)
    throw new AppError(
      'request.conflict',
      `${name}: Mortar has a volume of that name on record (${known.id})`,
    );
  for (const { nodeId, name: brick } of bricks) {
    const node = await tx.nodes.find(nodeId);
    if (node?.phase !== 'ready' || node.lostAtMs !== null)
      throw new AppError(
        'request.conflict',
        `${name}: the node of its brick ${brick} is not on record any more`,
      );
  }
}

const echoOf = (durability: Durability): VolumeRecord['durabilityEcho'] => ({
  type: durability.type,
  replicate: durability.type === 'replicate' ? { replica: durability.replica } : {},
  disperse:
    durability.type === 'disperse' ? { data: durability.data, redundancy: durability.redundancy } : {},
});

async function markStep(
  tx: Writes,
  action: 'take-over' | 'give-back',
  volume: VolumeRecord,
  bricks: readonly ForeignBrickRecord[],
): Promise<StepPlan> {
  const params: TakeOverParams = {
    ...(await deletionParams(tx, volume, [])),
    glusterUuid: volume.glusterUuid ?? '',
    options: ownershipOptions(volume, bricks),
  };
  return { action, nodeId: null, params };
}

export const manageVolumeKind: OperationKind = {
  name: manageKindName,
  async finish(tx, { operation }) {
    const { id } = operation.target;
    const volume = await tx.volumes.find(id);
    await tx.volumes.update(id, { phase: 'ready', operationId: null });
    if (volume?.glusterUuid) await tx.watchedVolumes.delete(volume.glusterUuid);
    return { resultPath: `/volumes/${id}` };
  },
  async abandon(tx, { operation }) {
    await tx.volumes.delete(operation.target.id);
    return {};
  },
};

/**
 * Plans how a volume that others made is given back: its marks in gluster are removed and it is struck off the record.
 *
 * @throws AppError `object.not_found`, `object.in_use`; `request.conflict` for a volume of Mortar's own, and for one that has
 * grown onto devices.
 */
export async function planRelease(tx: Writes, volumeId: string): Promise<PlannedOperation> {
  const volume = await readyVolume(tx, volumeId, 'Failed to give the volume back: ');
  const foreign = await tx.foreignBricks.listByVolume(volumeId);
  if (foreign.length === 0)
    throw new AppError(
      'request.conflict',
      `${volume.name} was made by Mortar: there is nobody to give it back to; mortar volume delete removes it`,
    );
  const own = await tx.bricks.listByVolume(volumeId);
  if (own.length > 0)
    throw new AppError(
      'request.conflict',
      `${volume.name} has grown: ${own.length} of its bricks are on devices of Mortar, which would not know what is on them; it stays managed until it is deleted`,
    );
  const operationId = newId();
  await tx.volumes.update(volumeId, { phase: 'deleting', operationId });
  return {
    id: operationId,
    kind: releaseKindName,
    clusterId: volume.clusterId,
    target: { kind: 'volume', id: volumeId },
    input: { name: volume.name },
    plan: { stages: [[await markStep(tx, 'give-back', volume, foreign)]], pivot: 0 },
  };
}

export const releaseVolumeKind: OperationKind = {
  name: releaseKindName,
  async finish(tx, { operation }) {
    await tx.volumes.delete(operation.target.id);
    return {};
  },
  async abandon(tx, { operation }) {
    await tx.volumes.update(operation.target.id, { phase: 'ready', operationId: null });
    return {};
  },
};
