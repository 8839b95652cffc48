import type { Simulation } from '../../src/executors/simulated/simulated-executor.ts';
import type { NodeFacts } from './checker.ts';

const below = /^\/var\/lib\/heketi\/mounts\/vg_[^/]+(\/[^/]+)?$/;

/** What is on a simulated node, for the checker. */
export function simulatedFacts(simulation: Simulation, host: string): NodeFacts {
  const picture = simulation.picture(host);
  return {
    physicalVolumes: picture.physicalVolumes,
    volumeGroups: picture.volumeGroups.map((group) => ({
      name: group.name,
      tags: group.tags,
      totalKib: group.totalExtents * group.extentKib,
      freeKib: group.freeExtents * group.extentKib,
    })),
    logicalVolumes: picture.logicalVolumes,
    mountPoints: picture.mounts
      .map(({ mountPoint }) => mountPoint)
      .filter((point) => point.startsWith('/var/lib/heketi/')),
    mountUnits: picture.mountUnits,
    wantedUnits: picture.wantedUnits,
    folders: picture.folders.filter((folder) => below.test(folder)),
    peerNames: picture.peers.flatMap(({ names }) => names),
    volumes: picture.volumes,
    snapshotVolumes: picture.snapshots.flatMap(({ logicalVolumes }) => logicalVolumes),
  };
}
