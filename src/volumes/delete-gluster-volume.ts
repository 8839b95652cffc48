import type { Reads } from '../db/queries.ts';
import { AppError } from '../errors.ts';
import type { Durability } from '../lib/durability.ts';
import type { Action } from '../operations/kinds.ts';
import type { BlockExporter } from '../storage/block/exporter.ts';
import type { Gluster } from '../storage/gluster/gluster.ts';
import { parseSnapshotCount } from '../storage/gluster/snapshots.ts';
import { type GlusterVolume, parseVolumeInfo } from '../storage/gluster/volume-info.ts';
import { assertNoBlocks } from './block/unknown-blocks.ts';
import { endGlusterVolume } from './end-gluster-volume.ts';
import { GlusterCluster } from './gluster-cluster.ts';
import { assertOurs } from './ownership.ts';

export interface DeleteGlusterVolumeParams {
  readonly clusterId: string;
  readonly nodeIds: readonly string[];
  readonly volumeId: string;
  readonly name: string;
  readonly glusterUuid: string | null;
  /** Absent in journals of earlier versions. */
  readonly durability?: Durability;
  readonly bricks: readonly string[];
  /** A hosting volume of block volumes. Absent in journals of earlier versions. */
  readonly block?: boolean;
  /** `host:path` of bricks that others made and whose folders are to be emptied. Absent: none. */
  readonly doomedFolders?: readonly string[];
}

/** Makes sure, before anything is stopped, that the volume may be deleted at all (W11). */
export const checkDeletionAction = (
  gluster: Gluster,
  exporter: BlockExporter,
): Action<DeleteGlusterVolumeParams, null> => ({
  name: 'check-deletion',
  title: 'check that the gluster volume may be deleted',
  async run(context, params) {
    const cluster = new GlusterCluster(context, params.nodeIds, gluster);
    const list = gluster.listSnapshots(params.name);
    // Both in one round trip; of a volume that is not there gluster lists no snapshots either.
    const [info, listing] = await cluster.run([gluster.volumeInfo(params.name), { ...list, optional: true }]);
    const volume = parseVolumeInfo(info?.stdout ?? '');
    assertFoldersOurs(volume, params);
    if (volume === undefined) return null;
    assertOurs(volume, params);
    const [answer] = listing?.status === 'ok' ? [listing] : await cluster.run([list]);
    const count = parseSnapshotCount(answer?.stdout ?? '');
    if (count === 0) {
      if (params.block === true) await assertNoBlocks(context, params, exporter);
      return null;
    }
    throw new AppError(
      'volume.has_snapshots',
      `Unable to delete volume ${params.name}: it has ${count} snapshot${count === 1 ? '' : 's'}; delete ${count === 1 ? 'it' : 'them'} first (mortar volume snapshot list ${params.volumeId})`,
      { details: { snapshots: count } },
    );
  },
});

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

/** Stops and deletes the gluster volume. Waits while peers are away: gluster deletes only with all of them. */
export const deleteGlusterVolumeAction = (
  gluster: Gluster,
  reads: Reads,
): Action<DeleteGlusterVolumeParams, null> => ({
  name: 'delete-gluster-volume',
  title: 'stop and delete the gluster volume',
  lanes: ({ clusterId }) => [`gluster:${clusterId}`],
  async run(context, params) {
    const isDoomed = (volume: GlusterVolume): boolean => {
      assertOurs(volume, params);
      return true;
    };
    await endGlusterVolume(context, { ...params, isDoomed }, { gluster, reads });
    return null;
  },
});
