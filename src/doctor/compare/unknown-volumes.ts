import type { GlusterVolume } from '../../storage/gluster/volume-info.ts';
import { fromVolumeOptions, idOption, quarantineOption } from '../../storage/imprints.ts';
import type { Finding } from '../finding.ts';
import { type ClusterView, hostOf, inCluster } from './cluster-view.ts';

/** Gluster volumes that are on no record: ours once, or somebody's else. */
export function unknownVolumes(view: ClusterView): Finding[] {
  const { known, watched } = view.intent;
  const watchedUuids = new Set(watched.map(({ glusterUuid }) => glusterUuid));
  return (view.look?.volumes ?? [])
    .filter(({ uuid }) => !watchedUuids.has(uuid))
    .filter(({ name }) => !known.volumeNames.has(`${view.clusterId}/${name}`))
    .map((volume) => (volume.options[idOption] === undefined ? foreign(view, volume) : orphan(view, volume)));
}

const foreign = (view: ClusterView, { name, uuid, status, bricks }: GlusterVolume): Finding =>
  inCluster(view, 'volume-foreign', {
    object: `gluster volume ${name}`,
    evidence: `gluster has ${name} (${uuid}), ${status}, with ${bricks.length} bricks; it does not bear an id of ours`,
    advice: `It is left alone. To be told when something is wrong with it: mortar adopt add ${name}`,
  });

function orphan(view: ClusterView, volume: GlusterVolume): Finding {
  const id = volume.options[idOption] ?? '';
  const object = `gluster volume ${volume.name}`;
  const evidence = `gluster has ${volume.name} (${volume.uuid}), ${volume.status}, with the id ${id}, which is on no record`;
  const since = volume.options[quarantineOption];
  if (since !== undefined) {
    return inCluster(view, 'volume-orphan', {
      object,
      severity: 'info',
      evidence: `${evidence}; in quarantine since ${new Date(Number(since)).toISOString()}`,
      advice: 'Destroy or release it with `mortar doctor quarantine`.',
    });
  }
  const imprint = fromVolumeOptions(volume.options);
  const isKnown = view.intent.known.volumeIds.has(id);
  if (imprint === undefined || isKnown) {
    return inCluster(view, 'volume-orphan', {
      object,
      evidence: isKnown
        ? `${evidence.replace(', which is on no record', '')} of a volume with another name`
        : evidence,
      advice: 'Puts it in quarantine: stopped, kept, marked with the date, destroyed only on request.',
      mend: { action: 'quarantine-volume', clusterId: view.clusterId, name: volume.name },
    });
  }
  return inCluster(view, 'volume-orphan', {
    object,
    evidence,
    advice: `Takes it up again as the volume of ${imprint.sizeGib} GiB that it was. If it is not wanted: \`mortar doctor quarantine add\`.`,
    mend: { action: 'adopt-volume', clusterId: view.clusterId, name: volume.name },
    sizeKib: imprint.sizeGib * 1024 * 1024,
  });
}

/** Nodes of one pool that list other volumes than the one that was asked for all. */
export function disagreements(view: ClusterView): Finding[] {
  if (view.look === undefined) return [];
  const { intent, clusterId, look } = view;
  const steady = new Set(
    intent.volumes.filter((volume) => volume.clusterId === clusterId).map(({ name }) => name),
  );
  // What an operation is at work on comes to the nodes' ears one after the other.
  const isSettled = (name: string): boolean =>
    steady.has(name) || !intent.known.volumeNames.has(`${clusterId}/${name}`);
  const names = new Set(look.volumes.map(({ name }) => name));
  const { askedNodeId } = look;
  const asked = view.nodes.find(({ id }) => id === askedNodeId);
  return view.nodes.flatMap((node) => {
    const own = view.facts.get(node.id)?.gluster?.volumeNames;
    if (own === undefined || node.id === askedNodeId) return [];
    const present = new Set(own);
    const lacking = [...names].filter((name) => !present.has(name) && isSettled(name));
    const extra = own.filter((name) => !names.has(name) && isSettled(name));
    if (lacking.length + extra.length === 0) return [];
    return [
      inCluster(view, 'volumes-disagree', {
        nodeId: node.id,
        object: `node ${node.id} (${hostOf(node)})`,
        evidence: `${asked === undefined ? askedNodeId : hostOf(asked)} has volumes that it lacks: ${lacking.join(', ') || 'none'}; it has volumes of its own: ${extra.join(', ') || 'none'}`,
        advice:
          'Look at `gluster peer status` there, and restart its glusterd: it takes the books over from its peers.',
      }),
    ];
  });
}
