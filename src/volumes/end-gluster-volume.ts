import type { Reads } from '../db/queries.ts';
import { AppError } from '../errors.ts';
import type { Durability } from '../lib/durability.ts';
import type { StepContext } from '../operations/kinds.ts';
import { removeFolderTrees } from '../storage/filesystem/files.ts';
import type { Gluster } from '../storage/gluster/gluster.ts';
import { type GlusterPeer, parsePool } from '../storage/gluster/pool.ts';
import { type GlusterVolume, parseVolumeInfo } from '../storage/gluster/volume-info.ts';
import { standInFolder } from '../storage/naming.ts';
import { type DoomedBricks, endOtherBricks } from './end-bricks.ts';
import { GlusterCluster } from './gluster-cluster.ts';
import { awaitedPeers, dropPeers, type LostPeers, lostPeersOf, standIn } from './lost-peers.ts';

export interface VolumeToEnd extends DoomedBricks {
  readonly clusterId: string;
  readonly volumeId: string;
  /** Absent in journals of earlier versions. */
  readonly durability?: Durability;
  /** Whether what gluster has under the name is what is meant; otherwise it stays. */
  isDoomed(volume: GlusterVolume): boolean;
  /** What is to be done while the volume is stopped and still there. */
  whenStopped?(volume: GlusterVolume): Promise<void>;
}

interface EndTools {
  readonly gluster: Gluster;
  readonly reads: Reads;
}

/**
 * Stops a gluster volume and deletes it; "not there" is success. gluster deletes only with all its peers, so those of nodes
 * that were declared lost are let go of first.
 *
 * @throws AppError `gluster.peers_down` while other peers are away, or a lost one has bricks of other volumes.
 */
export async function endGlusterVolume(
  context: StepContext,
  doomed: VolumeToEnd,
  { gluster, reads }: EndTools,
): Promise<void> {
  const cluster = new GlusterCluster(context, doomed.nodeIds, gluster);
  const [info, pool] = await cluster.run([gluster.volumeInfo(doomed.name), gluster.listPool()]);
  const volume = parseVolumeInfo(info?.stdout ?? '');
  const lost = await lostPeersOf(reads, doomed.clusterId);
  if (volume !== undefined) {
    if (!doomed.isDoomed(volume)) return;
    const away = absentPeers(parsePool(pool?.stdout ?? ''));
    refuseWithoutPeers(doomed.name, awaitedPeers(away, lost).map(firstName));
    const gone = away.map(firstName);
    const isStopped = await releaseLost({ context, cluster, volume, away: gone, lost }, doomed, gluster);
    const runs = volume.status === 'started' && !isStopped;
    const stop = runs ? await endOtherBricks(context, doomed, gluster) : [];
    if (doomed.whenStopped === undefined) await cluster.run([...stop, gluster.deleteVolume(doomed.name)]);
    else {
      await cluster.run(stop);
      await doomed.whenStopped(volume);
      await cluster.run([gluster.deleteVolume(doomed.name)]);
    }
  }
  if (lost.hosts.size > 0)
    await context.execOn(lost.refugeNodeId, [removeFolderTrees([standInFolder(doomed.volumeId)])]);
}

const absentPeers = (peers: readonly GlusterPeer[]): GlusterPeer[] =>
  peers.filter(({ isConnected }) => !isConnected);

const firstName = ({ names }: GlusterPeer): string => names[0] ?? '?';

interface WithLostPeers {
  readonly context: StepContext;
  readonly cluster: GlusterCluster;
  readonly volume: GlusterVolume;
  readonly away: readonly string[];
  readonly lost: LostPeers;
}

/** @returns whether the volume was stopped on the way. */
async function releaseLost(
  { context, cluster, volume, away, lost }: WithLostPeers,
  { volumeId, name, durability = { type: 'none' } }: VolumeToEnd,
  gluster: Gluster,
): Promise<boolean> {
  if (away.length === 0) return false;
  await standIn({ context, cluster }, { volumeId, durability, volume }, lost, gluster);
  await cluster.run([gluster.stopVolume(name)]);
  await dropPeers(cluster, name, away, gluster);
  return true;
}

function refuseWithoutPeers(name: string, away: readonly string[]): void {
  if (away.length === 0) return;
  throw new AppError(
    'gluster.peers_down',
    `the volume ${name} is deleted as soon as gluster's peer${away.length === 1 ? '' : 's'} ${away.join(', ')} can be reached again`,
    { details: { peers: away } },
  );
}
