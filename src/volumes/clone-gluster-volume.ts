import type { Reads } from '../db/queries.ts';
import { AppError } from '../errors.ts';
import type { Durability } from '../lib/durability.ts';
import { groupBy } from '../lib/group-by.ts';
import type { Action, StepContext } from '../operations/kinds.ts';
import { findMounts, unmount } from '../storage/filesystem/brick-folder.ts';
import { flushState, removeEmptyFolder } from '../storage/filesystem/files.ts';
import { parseMountinfo } from '../storage/filesystem/mountinfo.ts';
import type { GlusterVolume } from '../storage/gluster/volume-info.ts';
import { idOption } from '../storage/imprints.ts';
import { parseLogicalVolumes } from '../storage/lvm/reports.ts';
import { compactUuid, guestFolder, guestMountPoint } from '../storage/naming.ts';
import { isUnmountBusy, unmountPauseMs, unmountTries } from './destroy-bricks.ts';
import { endGlusterVolume, type VolumeToEnd } from './end-gluster-volume.ts';
import { GlusterCluster } from './gluster-cluster.ts';
import type { CloneBrick } from './mark-clone-bricks.ts';
import { pathOf } from './ownership.ts';
import type { StorageCommands } from './settings.ts';
import { lookAtSnapshots, type SnapshotParams, seeSnapshots, snapshotMark } from './snapshot-identity.ts';

/** Beside the source and the name of the snapshot that is taken on the way. */
export interface CloneGlusterVolumeParams extends SnapshotParams {
  /** The clone's name. */
  readonly clone: string;
  readonly cloneId: string;
  readonly options: readonly (readonly [key: string, value: string])[];
  /** Absent in journals of earlier versions. */
  readonly durability?: Durability;
  readonly members: readonly { readonly nodeId: string; readonly brick: CloneBrick }[];
}

export interface ClonedGlusterVolume {
  readonly glusterUuid: string;
}

type Commands = Pick<StorageCommands, 'gluster' | 'lvm'>;

/**
 * Takes a snapshot, makes the clone of it, starts it, gives it its own id, and deletes the snapshot (engine reference 3.6). A
 * volume of the clone's name is ours when it has the clone's id; or while the snapshot is there, which is taken only when the
 * name is free.
 */
export const cloneGlusterVolumeAction = (
  commands: Commands,
  reads: Reads,
): Action<CloneGlusterVolumeParams, ClonedGlusterVolume> => ({
  name: 'clone-gluster-volume',
  title: 'make the clone of the gluster volume',
  lanes: ({ clusterId }) => [`gluster:${clusterId}`],

  async run(context, params) {
    const { gluster } = commands;
    const cluster = new GlusterCluster(context, params.nodeIds, gluster);
    const { volume, snapshots } = await seeSnapshots(cluster, params, gluster);
    const mark = snapshotMark(context.operationId);
    const taken = snapshots.find(({ description }) => description === mark);
    const existing = await cluster.look(params.clone);
    if (existing !== undefined && !isClone(existing, params, taken !== undefined)) throw foreign(existing);
    if (existing === undefined && taken === undefined) {
      if (volume.status !== 'started') throw notStarted(params, volume);
      await cluster.run([gluster.createSnapshot(params.snapshot, params.name, mark)]);
    }
    if (existing === undefined) {
      const activate = taken?.isActivated === true ? [] : [gluster.activateSnapshot(params.snapshot)];
      await cluster.run([...activate, gluster.cloneSnapshot(params.clone, params.snapshot)]);
    }
    // Started first: gluster 10 cannot set an option on a clone that never ran ("Commit failed": its shd.vol is not there yet).
    const start = existing?.status === 'started' ? [] : [gluster.startVolume(params.clone)];
    await cluster.run([...start, gluster.setOptions(params.clone, params.options)]);
    await deleteTaken(context, params, gluster);
    const clone = await cluster.look(params.clone);
    if (clone !== undefined) return { glusterUuid: clone.uuid };
    throw new AppError('gluster.failed', `gluster has made the clone ${params.clone}, but does not list it`);
  },

  async undo(context, params) {
    const { gluster } = commands;
    const cluster = new GlusterCluster(context, params.nodeIds, gluster);
    const seen = await lookAtSnapshots(cluster, params, gluster);
    const mark = snapshotMark(context.operationId);
    const hasTaken = seen?.snapshots.some(({ description }) => description === mark) === true;
    const lostNodes = new Set((await reads.nodes.listLost(params.clusterId)).map(({ id }) => id));
    const members = params.members.filter(({ nodeId }) => !lostNodes.has(nodeId));
    const doomed: VolumeToEnd = {
      ...params,
      volumeId: params.cloneId,
      name: params.clone,
      isDoomed: (clone) => isClone(clone, params, hasTaken),
      // The bricks go first: their thin volumes are known by the UUID of the volume, as long as there is one.
      whenStopped: async (clone) => {
        for (const [nodeId, group] of groupBy(members, (member) => member.nodeId)) {
          const bricks = group.map(({ brick }) => brick);
          await removeGuests(context, { nodeId, clone, bricks }, commands);
        }
      },
    };
    await endGlusterVolume(context, doomed, { gluster, reads });
    await deleteTaken(context, params, gluster);
  },
});

/** Deletes the snapshot that was taken on the way, if it is there. */
async function deleteTaken(
  context: StepContext,
  params: CloneGlusterVolumeParams,
  gluster: StorageCommands['gluster'],
): Promise<void> {
  const cluster = new GlusterCluster(context, params.nodeIds, gluster);
  const seen = await lookAtSnapshots(cluster, params, gluster);
  const mark = snapshotMark(context.operationId);
  const taken = seen?.snapshots.find(({ description }) => description === mark);
  if (taken !== undefined) await cluster.run([gluster.deleteSnapshot(taken.name)]);
}

/** While the snapshot is there: its bricks are where gluster puts those of a clone. */
function isClone(
  { uuid, bricks, options }: GlusterVolume,
  params: CloneGlusterVolumeParams,
  hasTaken: boolean,
): boolean {
  if (options[idOption] === params.cloneId) return true;
  return hasTaken && bricks.every((brick) => pathOf(brick).startsWith(`${guestFolder(uuid)}/`));
}

const foreign = ({ name, uuid }: GlusterVolume): AppError =>
  new AppError(
    'gluster.foreign_volume',
    `gluster has a volume "${name}" that Mortar did not make (${uuid}); it is left untouched. Choose another name`,
    { details: { name, glusterUuid: uuid } },
  );

const notStarted = ({ name }: CloneGlusterVolumeParams, { status }: GlusterVolume): AppError =>
  new AppError(
    'volume.not_started',
    `the volume ${name} is ${status}: gluster clones started volumes only (gluster volume start ${name})`,
  );

interface Guests {
  readonly nodeId: string;
  readonly clone: GlusterVolume;
  readonly bricks: readonly CloneBrick[];
}

/** Removes the thin volumes of a stopped clone from one node, with their mounts. */
async function removeGuests(
  context: StepContext,
  { nodeId, clone, bricks }: Guests,
  { lvm }: Commands,
): Promise<void> {
  const points = bricks.map(({ order }) => guestMountPoint(pathOf(clone.bricks[order] ?? '')));
  const prefix = `${compactUuid(clone.uuid)}_`;
  for (let tries = 1; ; tries += 1) {
    const [table, listing] = await context.execOn(nodeId, [findMounts(points), lvm.listBrickVolumes(bricks)]);
    const mounted = parseMountinfo(table?.stdout ?? '').map(({ mountPoint }) => mountPoint);
    const names = parseLogicalVolumes(listing?.stdout ?? '')
      .filter(({ name, pool }) => name.startsWith(prefix) && pool !== '')
      .map(({ volumeGroup, name }) => `${volumeGroup}/${name}`);
    try {
      await context.execOn(nodeId, [
        ...points.filter((point) => mounted.includes(point)).map(unmount),
        ...(names.length === 0 ? [] : [lvm.removeLogicalVolumes([...new Set(names)])]),
        ...[...points, guestFolder(clone.uuid)].map(removeEmptyFolder),
        flushState(),
      ]);
      return;
    } catch (thrown) {
      if (!isUnmountBusy(thrown) || tries === unmountTries) throw thrown;
      await context.sleep(unmountPauseMs);
    }
  }
}
