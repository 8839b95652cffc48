import type { NodeRecord } from '../db/nodes.ts';
import type { Reads } from '../db/queries.ts';
import { AppError } from '../errors.ts';
import type { Durability } from '../lib/durability.ts';
import type { StepContext } from '../operations/kinds.ts';
import { makeFolders } from '../storage/filesystem/files.ts';
import { glusterFailure } from '../storage/gluster/failure.ts';
import type { Gluster } from '../storage/gluster/gluster.ts';
import type { GlusterPeer } from '../storage/gluster/pool.ts';
import { type GlusterVolume, parseAllVolumes } from '../storage/gluster/volume-info.ts';
import { glusterBrick, isGuestPath, mountsFolder, standInFolder } from '../storage/naming.ts';
import type { GlusterCluster } from './gluster-cluster.ts';
import { hostOf, pathOf } from './ownership.ts';

/**
 * gluster deletes a volume only with all its peers, and lets go of a peer only when no brick of it is left. So a volume
 * that goes while a peer is lost for good first gets empty stand-ins for the bricks there, then the peer is let go of.
 */
export interface LostPeers {
  /** Storage host names of nodes that were declared lost: bricks on them bear these. */
  readonly hosts: ReadonlySet<string>;
  /** Of each of them all names. A node that probed its peers is known to them by the address it came from. */
  readonly names: readonly ReadonlySet<string>[];
  /** All names of all other nodes of the cluster. */
  readonly othersNames: ReadonlySet<string>;
  /** Where stand-ins go when no brick of the volume is left: the storage host name of a node that is not lost. */
  readonly refuge: string;
  readonly refugeNodeId: string;
}

/** Reads all nodes of the cluster only when some are lost (law 8). */
export async function lostPeersOf(reads: Reads, clusterId: string): Promise<LostPeers> {
  const lost = (await reads.nodes.listLost(clusterId)).filter(({ phase }) => phase !== 'creating');
  if (lost.length === 0) {
    return { hosts: new Set(), names: [], othersNames: new Set(), refuge: '', refugeNodeId: '' };
  }
  const others = (await reads.nodes.listByCluster(clusterId)).filter(({ lostAtMs }) => lostAtMs === null);
  const refuge = others.find(({ phase }) => phase !== 'creating');
  return {
    hosts: new Set(lost.flatMap(({ storageNames }) => storageNames)),
    names: lost.map(namesOf),
    othersNames: new Set(others.flatMap((node) => [...namesOf(node)])),
    refuge: refuge?.storageNames[0] ?? '',
    refugeNodeId: refuge?.id ?? '',
  };
}

const namesOf = ({ storageNames, manageNames }: NodeRecord): Set<string> =>
  new Set([...storageNames, ...manageNames]);

/**
 * Which of the peers that are away are there to be waited for: all but those of lost nodes. A peer that bears no name on
 * record is a lost node's when there are no more of such peers than lost nodes without a peer.
 */
export function awaitedPeers(away: readonly GlusterPeer[], { names, othersNames }: LostPeers): GlusterPeer[] {
  const bears = (peer: GlusterPeer, those: ReadonlySet<string>): boolean =>
    peer.names.some((name) => those.has(name));
  const others = away.filter((peer) => bears(peer, othersNames));
  const unsettled = away.filter(
    (peer) => !others.includes(peer) && !names.some((those) => bears(peer, those)),
  );
  const unseen = names.filter((those) => !away.some((peer) => bears(peer, those)));
  return unsettled.length > unseen.length ? [...others, ...unsettled] : others;
}

interface Doomed {
  readonly volumeId: string;
  readonly durability: Durability;
  readonly volume: GlusterVolume;
}

/** Whose parent folder goes with the brick: what others made lies in folders that are theirs. */
const isOwnPath = (path: string): boolean => path.startsWith(`${mountsFolder}/`) || isGuestPath(path);

/** Puts empty stand-ins in the place of the bricks on lost peers. For a volume that is about to be deleted, only. */
export async function standIn(
  { context, cluster }: { readonly context: StepContext; readonly cluster: GlusterCluster },
  { volumeId, durability, volume }: Doomed,
  lost: LostPeers,
  gluster: Gluster,
): Promise<void> {
  const gone = volume.bricks.filter((brick) => lost.hosts.has(hostOf(brick)));
  if (gone.length === 0) return;
  const [home] = volume.bricks.filter((brick) => !lost.hosts.has(hostOf(brick)));
  // On the mount of a brick of Mortar's that stays it is removed together with that brick.
  const shelter = home !== undefined && isOwnPath(pathOf(home)) ? home : undefined;
  const folder = shelter === undefined ? standInFolder(volumeId) : pathOf(shelter).replace(/\/[^/]+$/, '');
  const host = shelter === undefined ? lost.refuge : hostOf(shelter);
  const replacements = gone.map((old, index) => ({
    old,
    name: glusterBrick(host, `${folder}/stand-in-${index}`),
  }));
  if (shelter === undefined) await context.execOn(lost.refugeNodeId, [makeFolders([folder])]);
  if (durability.type !== 'none') {
    // gluster replaces bricks of started volumes only.
    const start = volume.status === 'started' ? [] : [gluster.startVolume(volume.name, 'force')];
    await cluster.run([
      ...start,
      ...replacements.map(({ old, name }) => gluster.replaceBrick(volume.name, old, name)),
    ]);
    return;
  }
  const add =
    home === undefined ? [gluster.addBricks(volume.name, [replacements[0]?.name ?? ''], 'force')] : [];
  await cluster.run([...add, ...gone.map((old) => gluster.removeBrick(volume.name, old, 'force'))]);
}

/** Lets go of lost peers. @throws AppError `gluster.peers_down` while one of them still has bricks of other volumes. */
export async function dropPeers(
  cluster: GlusterCluster,
  name: string,
  hosts: readonly string[],
  gluster: Gluster,
): Promise<void> {
  for (const host of hosts) {
    try {
      await cluster.run([gluster.detachPeer(host, 'force')]);
    } catch (thrown) {
      const words = glusterFailure(thrown)?.words ?? (thrown instanceof AppError ? thrown.message : '');
      if (/not part of cluster/i.test(words)) continue;
      if (!/hosts one or more bricks/i.test(words)) throw thrown;
      throw await heldBy(cluster, { name, host }, gluster);
    }
  }
}

/** Names the volumes that keep gluster from letting go of a peer, and what becomes of each. */
async function heldBy(
  cluster: GlusterCluster,
  { name, host }: { readonly name: string; readonly host: string },
  gluster: Gluster,
): Promise<AppError> {
  const [listing] = await cluster.run([gluster.allVolumes()]);
  const others = parseAllVolumes(listing?.stdout ?? '')
    .filter((volume) => volume.name !== name && volume.bricks.some((brick) => hostOf(brick) === host))
    .map((volume) => volume.name);
  const whose = others.length === 0 ? 'other volumes' : others.join(', ');
  return new AppError(
    'gluster.peers_down',
    `the volume ${name} is deleted as soon as the lost node ${host} has no bricks of ${whose}: remove the node (mortar node remove), and delete what had its only copy there`,
    { details: { peers: [host], volumes: others } },
  );
}
