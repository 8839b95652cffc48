import type { Reads } from '../db/queries.ts';
import { AppError } from '../errors.ts';
import type { Durability } from '../lib/durability.ts';
import type { Action, StepContext } from '../operations/kinds.ts';
import type { BlockExporter } from '../storage/block/exporter.ts';
import type { Gluster } from '../storage/gluster/gluster.ts';
import { parsePool } from '../storage/gluster/pool.ts';
import { parseSnapshotCount } from '../storage/gluster/snapshots.ts';
import { type GlusterVolume, parseVolumeInfo } from '../storage/gluster/volume-info.ts';
import { assertNoBlocks } from './block/unknown-blocks.ts';
import { type DoomedBricks, endOtherBricks } from './end-bricks.ts';
import { endGlusterVolume } from './end-gluster-volume.ts';
import { GlusterCluster } from './gluster-cluster.ts';
import { assertOurs } from './ownership.ts';
import { RecentLooks } from './recent-looks.ts';

export interface DeleteGlusterVolumeParams extends DoomedBricks {
  readonly clusterId: string;
  readonly volumeId: string;
  readonly glusterUuid: string | null;
  /** Absent in journals of earlier versions. */
  readonly durability?: Durability;
  readonly bricks: readonly string[];
  /** A hosting volume of block volumes. Absent in journals of earlier versions. */
  readonly block?: boolean;
  /** `host:path` of bricks that others made and whose folders are to be emptied. Absent: none. */
  readonly doomedFolders?: readonly string[];
}

/** What deletions share. */
export interface DeletionTools {
  readonly gluster: Gluster;
  readonly exporter: BlockExporter;
  readonly reads: Reads;
  nowMs(): number;
}

/** What the check saw, for the step that follows it. */
interface DeletionLooks {
  /** By operation: the volume is there and ours, and this is its state. */
  readonly volumes: RecentLooks<GlusterVolume['status']>;
  /** By cluster: all peers were there. */
  readonly peers: RecentLooks<true>;
}

export function deletionActions(tools: DeletionTools): Action[] {
  const nowMs = (): number => tools.nowMs();
  const looks = {
    volumes: new RecentLooks<GlusterVolume['status']>(nowMs),
    peers: new RecentLooks<true>(nowMs),
  };
  return [checkDeletionAction(tools, looks), deleteGlusterVolumeAction(tools, looks)];
}

/** Makes sure, before anything is stopped, that the volume may be deleted at all (W11). */
const checkDeletionAction = (
  { gluster, exporter }: DeletionTools,
  looks: DeletionLooks,
): Action<DeleteGlusterVolumeParams, null> => ({
  name: 'check-deletion',
  title: 'check that the gluster volume may be deleted',
  async run(context, params) {
    const cluster = new GlusterCluster(context, params.nodeIds, gluster);
    const list = gluster.listSnapshots(params.name);
    const arePeersSeen = looks.peers.find(params.clusterId) !== undefined;
    // All in one round trip; of a volume that is not there gluster lists no snapshots either.
    const [info, listing, pool] = await cluster.run([
      gluster.volumeInfo(params.name),
      { ...list, optional: true },
      ...(arePeersSeen ? [] : [gluster.listPool()]),
    ]);
    if (pool !== undefined && parsePool(pool.stdout).every(({ isConnected }) => isConnected))
      looks.peers.note(params.clusterId, true);
    const volume = parseVolumeInfo(info?.stdout ?? '');
    assertFoldersOurs(volume, params);
    if (volume === undefined) return null;
    assertOurs(volume, params);
    const [answer] = listing?.status === 'ok' ? [listing] : await cluster.run([list]);
    assertNoSnapshots(answer?.stdout ?? '', params);
    if (params.block === true) await assertNoBlocks(context, params, exporter);
    looks.volumes.note(context.operationId, volume.status);
    return null;
  },
});

/** @throws AppError `volume.has_snapshots`. */
function assertNoSnapshots(listing: string, { name, volumeId }: DeleteGlusterVolumeParams): void {
  const count = parseSnapshotCount(listing);
  if (count === 0) return;
  throw new AppError(
    'volume.has_snapshots',
    `Unable to delete volume ${name}: it has ${count} snapshot${count === 1 ? '' : 's'}; delete ${count === 1 ? 'it' : 'them'} first (mortar volume snapshot list ${volumeId})`,
    { details: { snapshots: count } },
  );
}

/** Only what is still a brick of the volume is emptied: others may use the folder by now. @throws AppError `request.conflict`. */
function assertFoldersOurs(
  volume: GlusterVolume | undefined,
  { name, doomedFolders = [] }: DeleteGlusterVolumeParams,
): void {
  const strange = doomedFolders.filter((brick) => volume?.bricks.includes(brick) !== true);
  if (strange.length === 0) return;
  throw new AppError(
    'request.conflict',
    `Unable to delete volume ${name}: what is in its brick folders is to be removed, but ${strange.join(', ')} ${strange.length === 1 ? 'is no brick' : 'are no bricks'} of it in gluster any more; strike it off the record instead: mortar adopt release ${name}`,
    { details: { bricks: strange } },
  );
}

/**
 * Stops and deletes the gluster volume. Waits while peers are away: gluster deletes only with all of them. What the check
 * saw a moment ago is not looked at again; where it no longer holds gluster refuses, and the careful way finds out why.
 */
const deleteGlusterVolumeAction = (
  { gluster, reads }: DeletionTools,
  looks: DeletionLooks,
): Action<DeleteGlusterVolumeParams, null> => ({
  name: 'delete-gluster-volume',
  title: 'stop and delete the gluster volume',
  lanes: ({ clusterId }) => [`gluster:${clusterId}`],
  async run(context, params) {
    const status = looks.volumes.find(context.operationId);
    looks.volumes.forget(context.operationId);
    const arePeersSeen = looks.peers.find(params.clusterId) !== undefined;
    if (status !== undefined && arePeersSeen && !context.isRepeat) {
      if (await endAsSeen(context, params, { gluster, status })) {
        // gluster deletes only with all peers.
        looks.peers.note(params.clusterId, true);
        return null;
      }
      looks.peers.forget(params.clusterId);
    }
    const isDoomed = (volume: GlusterVolume): boolean => {
      assertOurs(volume, params);
      return true;
    };
    await endGlusterVolume(context, { ...params, isDoomed }, { gluster, reads });
    return null;
  },
});

/** @returns whether the volume is gone. */
async function endAsSeen(
  context: StepContext,
  params: DeleteGlusterVolumeParams,
  { gluster, status }: { readonly gluster: Gluster; readonly status: GlusterVolume['status'] },
): Promise<boolean> {
  const { name, nodeIds } = params;
  try {
    const stop = status === 'started' ? await endOtherBricks(context, params, gluster) : [];
    await new GlusterCluster(context, nodeIds, gluster).run([...stop, gluster.deleteVolume(name)]);
    return true;
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'gluster.failed') return false;
    throw thrown;
  }
}
