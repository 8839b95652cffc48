import type { Writes } from '../db/queries.ts';
import { AppError } from '../errors.ts';
import { newId } from '../lib/ids.ts';
import type { Action, OperationKind, PlannedOperation, StepPlan } from '../operations/kinds.ts';
import type { Gluster } from '../storage/gluster/gluster.ts';
import type { GlusterSnapshot } from '../storage/gluster/snapshots.ts';
import { parseVolumeStatus } from '../storage/gluster/volume-status.ts';
import { checkRoomSteps, snapshotParams } from './create-snapshot.ts';
import { assertNoForeign } from './foreign-bricks.ts';
import { GlusterCluster } from './gluster-cluster.ts';
import { assertOurs, pathOf } from './ownership.ts';
import { readyVolume } from './ready-volume.ts';
import { restoreBricksActions, restoreBricksSteps } from './restore-bricks.ts';
import type { StorageCommands } from './settings.ts';
import { type SnapshotParams, seeSnapshots } from './snapshot-identity.ts';

const kindName = 'restore-snapshot';
const prefix = 'Failed to restore a snapshot: ';

interface RestoreParams extends SnapshotParams {
  /** gluster's UUID of the very snapshot that was meant: another may take its name. */
  readonly snapshotUuid: string;
}

interface RestoreInput {
  readonly name: string;
  readonly takenAtMs: number | null;
}

/**
 * Plans to give a volume the contents of one of its snapshots. The volume stops for a moment; what was written since is gone.
 * There is a way back until the volume runs with them.
 *
 * @throws AppError `object.not_found`, `object.in_use`; `request.conflict` for a block hosting volume.
 */
export async function planRestoration(
  tx: Writes,
  volumeId: string,
  snapshot: GlusterSnapshot,
): Promise<PlannedOperation> {
  const volume = await readyVolume(tx, volumeId, prefix);
  if (volume.block) {
    throw new AppError(
      'request.conflict',
      `${prefix}${volume.name} holds block volumes, and those that were made, grown or deleted since would not be as they are on record`,
    );
  }
  await assertNoForeign(tx, volume, prefix);
  const operationId = newId();
  const bricks = await tx.bricks.listByVolume(volumeId);
  await tx.volumes.update(volumeId, { operationId });
  const params: RestoreParams = {
    ...(await snapshotParams(tx, { volume, bricks, snapshot: snapshot.name })),
    snapshotUuid: snapshot.uuid,
  };
  const step = (action: string): StepPlan => ({ action, nodeId: null, params });
  const onNodes = (action: Parameters<typeof restoreBricksSteps>[2]): StepPlan[] =>
    restoreBricksSteps(
      bricks,
      {
        name: volume.name,
        glusterUuid: volume.glusterUuid,
        snapshot: snapshot.name,
        snapshotVolume: snapshot.volumeName,
      },
      action,
    );
  const input: RestoreInput = { name: snapshot.name, takenAtMs: snapshot.createdAtMs };
  return {
    id: operationId,
    kind: kindName,
    clusterId: volume.clusterId,
    target: { kind: 'volume', id: volumeId },
    input,
    plan: {
      stages: [
        [step('check-restoration'), ...checkRoomSteps(bricks)],
        onNodes('copy-snapshot-bricks'),
        [step('stop-for-restoration')],
        onNodes('exchange-bricks'),
        [step('start-restored')],
        onNodes('remove-replaced-bricks'),
      ],
      pivot: 5,
    },
  };
}

/** Makes sure, before anything is made, that the snapshot is there and that all bricks run. */
const checkRestorationAction = (gluster: Gluster): Action<RestoreParams, null> => ({
  name: 'check-restoration',
  title: 'check that the snapshot can be restored',
  async run(context, params) {
    const cluster = new GlusterCluster(context, params.nodeIds, gluster);
    await assertRestorable(cluster, params, gluster);
    return null;
  },
});

/** @throws AppError `gluster.failed`, `volume.not_started`, `volume.brick_down`. */
async function assertRestorable(
  cluster: GlusterCluster,
  params: RestoreParams,
  gluster: Gluster,
): Promise<void> {
  const { volume, snapshots } = await seeSnapshots(cluster, params, gluster);
  if (!snapshots.some(({ uuid }) => uuid === params.snapshotUuid))
    throw new AppError('gluster.failed', `the snapshot ${params.snapshot} is not there any more`);
  if (volume.status !== 'started') {
    throw new AppError(
      'volume.not_started',
      `the volume ${params.name} is ${volume.status}: it has to run, so that it is known that all its bricks are there (gluster volume start ${params.name})`,
    );
  }
  const [answer] = await cluster.run([gluster.volumeStatus(params.name)]);
  const online = new Set(
    parseVolumeStatus(answer?.stdout ?? '')
      .filter(({ isOnline }) => isOnline)
      .map(({ path }) => path),
  );
  const away = params.bricks.filter((brick) => !online.has(pathOf(brick)));
  if (away.length === 0) return;
  throw new AppError(
    'volume.brick_down',
    `not all bricks of the volume ${params.name} run: ${away.join(', ')}. All of them go back together; bring them back first (mortar doctor)`,
    { details: { bricks: away } },
  );
}

/** Stops the volume, after a last look. When it is undone, the volume runs again. */
const stopForRestorationAction = (gluster: Gluster): Action<RestoreParams, null> => ({
  name: 'stop-for-restoration',
  title: 'stop the volume',
  lanes: ({ clusterId }) => [`gluster:${clusterId}`],

  async run(context, params) {
    const cluster = new GlusterCluster(context, params.nodeIds, gluster);
    if (context.isRepeat && (await statusOf(cluster, params)) === 'stopped') return null;
    await assertRestorable(cluster, params, gluster);
    await cluster.run([gluster.stopIdleVolume(params.name)]);
    return null;
  },

  async undo(context, params) {
    const cluster = new GlusterCluster(context, params.nodeIds, gluster);
    if ((await statusOf(cluster, params)) === 'stopped')
      await cluster.run([gluster.startVolume(params.name)]);
  },
});

/** Starts the volume with what the snapshot held. From then on it is written to: there is no way back. */
const startRestoredAction = (gluster: Gluster): Action<RestoreParams, null> => ({
  name: 'start-restored',
  title: 'start the volume',
  lanes: ({ clusterId }) => [`gluster:${clusterId}`],

  async run(context, params) {
    const cluster = new GlusterCluster(context, params.nodeIds, gluster);
    if ((await statusOf(cluster, params)) !== 'started')
      await cluster.run([gluster.startVolume(params.name)]);
    return null;
  },

  async undo(context, params) {
    const cluster = new GlusterCluster(context, params.nodeIds, gluster);
    return (await statusOf(cluster, params)) === 'started' ? { isFinal: true, output: null } : undefined;
  },
});

/** @returns undefined when there is no such volume. @throws AppError `gluster.foreign_volume`. */
async function statusOf(cluster: GlusterCluster, params: RestoreParams): Promise<string | undefined> {
  const volume = await cluster.look(params.name);
  if (volume !== undefined) assertOurs(volume, params);
  return volume?.status;
}

export const restoreSnapshotActions = (commands: StorageCommands): Action[] => [
  checkRestorationAction(commands.gluster),
  stopForRestorationAction(commands.gluster),
  startRestoredAction(commands.gluster),
  ...restoreBricksActions(commands),
];

export const restoreSnapshotKind: OperationKind = {
  name: kindName,

  async finish(tx, { operation }) {
    const { name, takenAtMs } = operation.input as RestoreInput;
    await tx.volumes.update(operation.target.id, { operationId: null });
    const since = takenAtMs === null ? '' : ` at ${new Date(takenAtMs).toISOString()}`;
    return {
      resultPath: `/volumes/${operation.target.id}`,
      warnings: [
        `the volume has the contents of its snapshot ${name} again: what was written since it was taken${since} is gone`,
      ],
    };
  },

  async abandon(tx, { operation }) {
    await tx.volumes.update(operation.target.id, { operationId: null });
    return {};
  },
};
