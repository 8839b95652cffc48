import { AppError } from '../errors.ts';
import type { Action } from '../operations/kinds.ts';
import type { Gluster } from '../storage/gluster/gluster.ts';
import { type GlusterPeer, parsePool } from '../storage/gluster/pool.ts';
import { parseSnapshotCount } from '../storage/gluster/snapshots.ts';
import { parseVolumeInfo } from '../storage/gluster/volume-info.ts';
import { GlusterCluster } from './gluster-cluster.ts';
import { assertOurs } from './ownership.ts';

export interface DeleteGlusterVolumeParams {
  readonly clusterId: string;
  readonly nodeIds: readonly string[];
  readonly volumeId: string;
  readonly name: string;
  readonly glusterUuid: string | null;
  readonly bricks: readonly string[];
}

/** Makes sure, before anything is stopped, that the volume may be deleted at all (W11). */
export const checkDeletionAction = (gluster: Gluster): Action<DeleteGlusterVolumeParams, null> => ({
  name: 'check-deletion',
  title: 'check that the gluster volume may be deleted',
  async run(context, params) {
    const cluster = new GlusterCluster(context, params.nodeIds, gluster);
    const volume = await cluster.look(params.name);
    if (volume === undefined) return null;
    assertOurs(volume, params);
    const [answer] = await cluster.run([gluster.listSnapshots(params.name)]);
    const count = parseSnapshotCount(answer?.stdout ?? '');
    if (count === 0) return null;
    throw new AppError(
      'volume.has_snapshots',
      `Unable to delete volume ${params.name}: it has ${count} snapshot${count === 1 ? '' : 's'}; delete them first (gluster snapshot delete volume ${params.name})`,
      { details: { snapshots: count } },
    );
  },
});

/** Stops and deletes the gluster volume. Waits while peers are away: gluster deletes only with all of them. */
export const deleteGlusterVolumeAction = (gluster: Gluster): Action<DeleteGlusterVolumeParams, null> => ({
  name: 'delete-gluster-volume',
  title: 'stop and delete the gluster volume',
  lanes: ({ clusterId }) => [`gluster:${clusterId}`],
  async run(context, params) {
    const cluster = new GlusterCluster(context, params.nodeIds, gluster);
    const [info, pool] = await cluster.run([gluster.volumeInfo(params.name), gluster.listPool()]);
    const volume = parseVolumeInfo(info?.stdout ?? '');
    if (volume === undefined) return null;
    assertOurs(volume, params);
    refuseWithoutPeers(params.name, parsePool(pool?.stdout ?? ''));
    const stop = volume.status === 'started' ? [gluster.stopVolume(params.name)] : [];
    await cluster.run([...stop, gluster.deleteVolume(params.name)]);
    return null;
  },
});

function refuseWithoutPeers(name: string, peers: readonly GlusterPeer[]): void {
  const away = peers.filter(({ isConnected }) => !isConnected).map(({ names }) => names[0] ?? '?');
  if (away.length === 0) return;
  throw new AppError(
    'gluster.peers_down',
    `the volume ${name} is deleted as soon as gluster's peer${away.length === 1 ? '' : 's'} ${away.join(', ')} can be reached again`,
    { details: { peers: away } },
  );
}
