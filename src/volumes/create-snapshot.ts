import type { BrickRecord } from '../db/bricks.ts';
import type { Reads, Writes } from '../db/queries.ts';
import type { VolumeRecord } from '../db/volumes.ts';
import { AppError } from '../errors.ts';
import { groupBy } from '../lib/group-by.ts';
import { newId } from '../lib/ids.ts';
import type { Action, OperationKind, PlannedOperation, StepPlan } from '../operations/kinds.ts';
import type { Gluster } from '../storage/gluster/gluster.ts';
import { parseLogicalVolumes } from '../storage/lvm/reports.ts';
import { type BrickSpec, groupOf, toBrickVolume, toSpec } from './brick-volumes.ts';
import { assertNoForeign, withForeign } from './foreign-bricks.ts';
import { GlusterCluster } from './gluster-cluster.ts';
import { readyVolume } from './ready-volume.ts';
import type { StorageCommands } from './settings.ts';
import {
  lookAtSnapshots,
  type SnapshotParams,
  seeSnapshots,
  snapshotId,
  snapshotMark,
} from './snapshot-identity.ts';
import { glusterBricks, managingNodes } from './volume-steps.ts';

const kindName = 'create-snapshot';
const prefix = 'Failed to take a snapshot: ';

export interface SnapshotRequest {
  /** Empty: `snap_<operation id>`. */
  readonly name: string;
  /** Take it of a volume whose thin pools have no room beside the bricks, too. */
  readonly force: boolean;
}

/**
 * Plans a snapshot of a volume. It takes no room of a volume group, but of the thin pools that the bricks live in: of what
 * is changed later, both the old and the new.
 *
 * @throws AppError `object.not_found`, `object.in_use`, `volume.no_snapshot_room`, `request.invalid`.
 */
export async function planSnapshot(
  tx: Writes,
  volumeId: string,
  request: SnapshotRequest,
): Promise<PlannedOperation> {
  const volume = await readyVolume(tx, volumeId, prefix);
  await assertNoForeign(tx, volume, prefix);
  if (volume.snapshot.factor <= 1 && !request.force) throw noRoomByFactor(volume);
  const operationId = newId();
  const bricks = await tx.bricks.listByVolume(volumeId);
  const name = request.name === '' ? `snap_${operationId}` : request.name;
  await tx.volumes.update(volumeId, { operationId });
  return {
    id: operationId,
    kind: kindName,
    clusterId: volume.clusterId,
    target: { kind: 'volume', id: volumeId },
    input: { name },
    plan: {
      stages: [
        checkRoomSteps(bricks),
        [
          {
            action: 'create-snapshot',
            nodeId: null,
            params: await snapshotParams(tx, { volume, bricks, snapshot: name }),
          },
        ],
      ],
    },
  };
}

/** What the steps that change a volume's snapshots are told. */
export async function snapshotParams(
  reads: Reads,
  {
    volume,
    bricks,
    snapshot,
  }: {
    readonly volume: VolumeRecord;
    readonly bricks: readonly BrickRecord[];
    readonly snapshot: string;
  },
): Promise<SnapshotParams> {
  const all = await withForeign(reads, volume.id, bricks);
  return {
    clusterId: volume.clusterId,
    nodeIds: managingNodes(all),
    volumeId: volume.id,
    name: volume.name,
    glusterUuid: volume.glusterUuid,
    bricks: await glusterBricks(reads, all),
    snapshot,
  };
}

const noRoomByFactor = ({ id, name }: VolumeRecord): AppError =>
  new AppError(
    'volume.no_snapshot_room',
    `${prefix}the volume ${name} was made with the snapshot factor 1: its thin pools are as large as its bricks, and what a snapshot keeps would let them run full, which stops the volume. Make volumes that are to have snapshots with --snapshot-factor=1.5 or more; or take it all the same, while the volume is far from full: --force ("force": true)`,
    { details: { volumeId: id } },
  );

interface CheckRoomParams {
  readonly bricks: readonly BrickSpec[];
}

/** One step a node, that looks how full the pools of its bricks are. */
export const checkRoomSteps = (bricks: readonly BrickRecord[]): StepPlan[] =>
  [...groupBy(bricks, ({ nodeId }) => nodeId)].map(([nodeId, onNode]) => ({
    action: 'check-snapshot-room',
    nodeId,
    params: {
      bricks: onNode.map((brick) => toSpec(brick, brick.volumeId ?? '')),
    } satisfies CheckRoomParams,
  }));

/** @param limitPercent from here on nothing new is put into a pool: a full one stands still, with all in it. 0: no limit. */
const checkSnapshotRoomAction = (
  { lvm }: StorageCommands,
  limitPercent: number,
): Action<CheckRoomParams, null> => ({
  name: 'check-snapshot-room',
  title: 'look how full the thin pools are',
  async run(context, { bricks }) {
    const [listing] = await context.exec([lvm.listBrickVolumes(bricks.map(toBrickVolume))]);
    const present = parseLogicalVolumes(listing?.stdout ?? '');
    for (const brick of bricks) {
      const pool = present.find(
        ({ volumeGroup, name }) => volumeGroup === groupOf(brick) && name === brick.poolName,
      );
      const data = pool?.dataPercent ?? 0;
      const metadata = pool?.metadataPercent ?? 0;
      if (limitPercent === 0 || Math.max(data, metadata) < limitPercent) continue;
      throw new AppError(
        'volume.no_snapshot_room',
        `the thin pool ${groupOf(brick)}/${brick.poolName} is full to ${data} % (its metadata to ${metadata} %); from ${limitPercent} % on (lvm.pool_limit_percent) nothing new is put into it. Delete snapshots or files first`,
        { details: { brickId: brick.brickId, dataPercent: data, metadataPercent: metadata } },
      );
    }
    return null;
  },
});

export interface TakenSnapshot {
  readonly id: string;
}

/** Takes the snapshot; when it is repeated, finds the one it has taken by the operation's mark on it. */
const createSnapshotAction = (gluster: Gluster): Action<SnapshotParams, TakenSnapshot> => ({
  name: 'create-snapshot',
  title: 'take the snapshot',
  lanes: ({ clusterId }) => [`gluster:${clusterId}`],

  async run(context, params) {
    const cluster = new GlusterCluster(context, params.nodeIds, gluster);
    const mark = snapshotMark(context.operationId);
    const { volume, snapshots } = await seeSnapshots(cluster, params, gluster);
    const present = snapshots.find(({ name }) => name === params.snapshot);
    if (present?.description === mark) return { id: snapshotId(present) };
    if (present !== undefined) throw nameTaken(params);
    if (volume.status !== 'started') {
      throw new AppError(
        'volume.not_started',
        `the volume ${params.name} is ${volume.status}: gluster takes snapshots of started volumes only (gluster volume start ${params.name})`,
      );
    }
    await cluster.run([gluster.createSnapshot(params.snapshot, params.name, mark)]);
    const after = await seeSnapshots(cluster, params, gluster);
    const taken = after.snapshots.find(({ description }) => description === mark);
    if (taken !== undefined) return { id: snapshotId(taken) };
    throw new AppError(
      'gluster.failed',
      `gluster has taken the snapshot ${params.snapshot}, but does not list it`,
    );
  },

  async undo(context, params) {
    const cluster = new GlusterCluster(context, params.nodeIds, gluster);
    const seen = await lookAtSnapshots(cluster, params, gluster);
    const mark = snapshotMark(context.operationId);
    const taken = seen?.snapshots.find(({ description }) => description === mark);
    if (taken !== undefined) await cluster.run([gluster.deleteSnapshot(taken.name)]);
  },
});

const nameTaken = ({ snapshot, name }: SnapshotParams): AppError =>
  new AppError(
    'request.conflict',
    `the volume ${name} has a snapshot ${snapshot} already; choose another name, or delete that one first`,
    { details: { snapshot } },
  );

export const createSnapshotActions = (commands: StorageCommands, poolLimitPercent: number): Action[] => [
  checkSnapshotRoomAction(commands, poolLimitPercent),
  createSnapshotAction(commands.gluster),
];

export const createSnapshotKind: OperationKind = {
  name: kindName,

  async finish(tx, { operation, steps }) {
    const taken = steps.find(({ action }) => action === 'create-snapshot')?.output as TakenSnapshot;
    await tx.volumes.update(operation.target.id, { operationId: null });
    return { resultPath: `/volumes/${operation.target.id}/snapshots/${taken.id}` };
  },

  async abandon(tx, { operation }) {
    await tx.volumes.update(operation.target.id, { operationId: null });
    return {};
  },
};
