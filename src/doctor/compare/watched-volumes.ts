import type { WatchedVolumeRecord } from '../../db/watched-volumes.ts';
import type { GlusterVolume } from '../../storage/gluster/volume-info.ts';
import { isOnline } from '../adopt/discover.ts';
import type { Finding } from '../finding.ts';
import { type ClusterView, inCluster } from './cluster-view.ts';

const nameOf = ({ name }: WatchedVolumeRecord): string => `watched volume ${name}`;

/** Volumes that others made and that are watched: nothing of them is ever mended here, but what goes wrong is told. */
export function compareWatched(view: ClusterView): Finding[] {
  const { look, intent, clusterId } = view;
  if (look === undefined) return [];
  const byUuid = new Map(look.volumes.map((volume) => [volume.uuid, volume]));
  return intent.watched
    .filter((watched) => watched.clusterId === clusterId)
    .flatMap((watched) => {
      const present = byUuid.get(watched.glusterUuid);
      if (present === undefined) return [missing(view, watched)];
      return [
        ...changed(view, watched, present),
        ...(present.status === 'started'
          ? offline(view, watched, present)
          : [stopped(view, watched, present)]),
      ];
    });
}

const missing = (view: ClusterView, watched: WatchedVolumeRecord): Finding =>
  inCluster(view, 'watched-missing', {
    object: nameOf(watched),
    evidence: `gluster has no volume ${watched.glusterUuid} any more`,
    advice: `When it was deleted on purpose: mortar adopt remove ${watched.name}`,
  });

const stopped = (view: ClusterView, watched: WatchedVolumeRecord, { status }: GlusterVolume): Finding =>
  inCluster(view, 'watched-stopped', {
    object: nameOf(watched),
    evidence: `gluster says that it is ${status}`,
    advice: `Start it when that was not on purpose: gluster volume start ${watched.name}`,
  });

function changed(view: ClusterView, watched: WatchedVolumeRecord, present: GlusterVolume): Finding[] {
  const isSame = present.name === watched.name && present.bricks.join() === watched.bricks.join();
  if (isSame) return [];
  const added = present.bricks.filter((brick) => !watched.bricks.includes(brick));
  const gone = watched.bricks.filter((brick) => !present.bricks.includes(brick));
  const parts = [
    present.name === watched.name ? '' : `it is called ${present.name} now`,
    added.length === 0 ? '' : `it has got ${added.join(', ')}`,
    gone.length === 0 ? '' : `it has lost ${gone.join(', ')}`,
    added.length + gone.length > 0 || present.name !== watched.name ? '' : 'its bricks have another order',
  ];
  return [
    inCluster(view, 'watched-changed', {
      object: nameOf(watched),
      evidence: parts.filter((part) => part !== '').join('; '),
      advice: `When that is as it should be, watch it as it is now: mortar adopt add ${present.name}`,
    }),
  ];
}

function offline(view: ClusterView, watched: WatchedVolumeRecord, present: GlusterVolume): Finding[] {
  const processes = view.look?.processes.get(present.name);
  if (processes === undefined) return [];
  const away = present.bricks.filter((brick) => !isOnline(brick, processes));
  if (away.length === 0) return [];
  return [
    inCluster(view, 'watched-brick-offline', {
      object: nameOf(watched),
      evidence: `gluster says that no process runs for ${away.join(', ')}`,
      advice: `Look at the node and its disk; then: gluster volume start ${present.name} force`,
    }),
  ];
}
