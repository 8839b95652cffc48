import type { ForeignBrickRecord } from '../../db/foreign-bricks.ts';
import type { VolumeRecord } from '../../db/volumes.ts';
import { groupBy } from '../../lib/group-by.ts';
import type { GlusterVolume } from '../../storage/gluster/volume-info.ts';
import { volumeGroupName } from '../../storage/naming.ts';
import { type AnyBrick, isForeign, ownershipOptions } from '../../volumes/foreign-bricks.ts';
import { pathOf } from '../../volumes/ownership.ts';
import type { Finding, FindingDetails } from '../finding.ts';
import type { ClusterLook } from '../look/look.ts';
import { type ClusterView, inCluster } from './cluster-view.ts';

const nameOf = ({ id, name }: VolumeRecord): string => `volume ${id} (${name})`;
const sizeOf = (bricks: readonly AnyBrick[]): number =>
  bricks.reduce((sum, brick) => sum + (isForeign(brick) ? 0 : brick.sizeKib), 0);
const placeOf = (brick: AnyBrick): string => (isForeign(brick) ? pathOf(brick.name) : brick.path);

/** Volumes on record against gluster's. `troubled`: bricks that something else was found of already. */
export function compareVolumes(view: ClusterView, troubled: ReadonlySet<string>): Finding[] {
  const { look, intent } = view;
  if (look === undefined) return [];
  const byVolume = groupBy(intent.bricks, ({ volumeId }) => volumeId);
  const foreignOf = groupBy(intent.foreignBricks, ({ volumeId }) => volumeId);
  const byName = new Map(look.volumes.map((volume) => [volume.name, volume]));
  return intent.volumes
    .filter(({ clusterId }) => clusterId === view.clusterId)
    .flatMap((volume) => {
      const own = [...(byVolume.get(volume.id) ?? [])].sort(
        (a, b) => a.setIndex - b.setIndex || a.position - b.position,
      );
      const foreign = foreignOf.get(volume.id) ?? [];
      const bricks = [...foreign, ...own];
      const present = byName.get(volume.name);
      if (present === undefined) return [missing(view, volume, bricks)];
      if (volume.glusterUuid !== null && present.uuid !== volume.glusterUuid)
        return [replaced(view, volume, present)];
      return [
        ...compareStatus(view, volume, present),
        ...compareBrickList(view, volume, { bricks, present }),
        ...compareImprint(view, volume, { foreign, present }),
        ...offlineBricks(view, volume, { bricks, look, troubled }),
      ];
    });
}

/** Volumes of which nothing is left, in gluster or on the nodes: their missing bricks are part of that finding. */
export function goneVolumes(view: ClusterView): VolumeRecord[] {
  const { look, intent } = view;
  if (look === undefined) return [];
  const names = new Set(look.volumes.map(({ name }) => name));
  return intent.volumes.filter(
    (volume) =>
      volume.clusterId === view.clusterId &&
      !names.has(volume.name) &&
      isGone(
        view,
        [...intent.foreignBricks, ...intent.bricks].filter(({ volumeId }) => volumeId === volume.id),
      ),
  );
}

/** Every node of its bricks was looked at, and not one has the brick's volumes. Of folders that others made nobody knows. */
function isGone({ facts }: ClusterView, bricks: readonly AnyBrick[]): boolean {
  return bricks.every((brick) => {
    if (isForeign(brick)) return false;
    const found = facts.get(brick.nodeId);
    if (found === undefined) return false;
    const group = volumeGroupName(brick.deviceId);
    const hasGroup = found.volumeGroups.some(({ name }) => name === group);
    return (
      hasGroup &&
      !found.logicalVolumes.some(({ volumeGroup, name }) => volumeGroup === group && name === brick.lvName)
    );
  });
}

function missing(view: ClusterView, volume: VolumeRecord, bricks: readonly AnyBrick[]): Finding {
  const common = { object: nameOf(volume), sizeKib: sizeOf(bricks) };
  if (isGone(view, bricks)) {
    return inCluster(view, 'volume-gone', {
      ...common,
      evidence: `gluster has no volume ${volume.name}, and none of its ${bricks.length} bricks is on its node`,
      advice:
        'It was deleted without this database, perhaps after the backup that it comes from. Strikes it off the record.',
      mend: { action: 'forget-volume', volumeId: volume.id },
    });
  }
  return inCluster(view, 'volume-missing', {
    ...common,
    evidence: `gluster has no volume ${volume.name}; bricks of it are there still`,
    advice:
      'Somebody deleted it in gluster. Its data are on the bricks: restore /var/lib/glusterd/vols from a backup, or copy them out before you delete the volume.',
  });
}

const replaced = (view: ClusterView, volume: VolumeRecord, present: GlusterVolume): Finding =>
  inCluster(view, 'volume-replaced', {
    object: nameOf(volume),
    evidence: `gluster's ${volume.name} is ${present.uuid}; on record is ${volume.glusterUuid}`,
    advice: 'Somebody deleted ours and made another. It is not touched; find out who.',
  });

function compareStatus(view: ClusterView, volume: VolumeRecord, present: GlusterVolume): Finding[] {
  if (present.status === 'started') return [];
  return [
    inCluster(view, 'volume-stopped', {
      object: nameOf(volume),
      evidence: `gluster says that it is ${present.status}`,
      advice: 'Starts it. Was it stopped on purpose?',
      mend: { action: 'start-volume', volumeId: volume.id },
    }),
  ];
}

interface BrickLists {
  readonly bricks: readonly AnyBrick[];
  readonly present: GlusterVolume;
}

function compareBrickList(
  view: ClusterView,
  volume: VolumeRecord,
  { bricks, present }: BrickLists,
): Finding[] {
  const [wanted, found] = [bricks.map(placeOf), present.bricks.map(pathOf)];
  if (wanted.join() === found.join()) return [];
  const lacking = wanted.filter((path) => !found.includes(path));
  const extra = present.bricks.filter((brick) => !wanted.includes(pathOf(brick)));
  const parts = [
    lacking.length === 0 ? '' : `gluster lacks ${lacking.join(', ')}`,
    extra.length === 0 ? '' : `gluster has ${extra.join(', ')}, which are on no record`,
    lacking.length + extra.length === 0 ? 'gluster has its bricks in another order' : '',
  ];
  return [
    inCluster(view, 'volume-bricks-differ', {
      object: nameOf(volume),
      evidence: parts.filter((part) => part !== '').join('; '),
      ...adviceOn(volume, bricks),
    }),
  ];
}

/** What others made is not taken over anew without being asked for. */
const adviceOn = (
  volume: VolumeRecord,
  bricks: readonly AnyBrick[],
): Pick<FindingDetails, 'advice' | 'mend'> =>
  bricks.some(isForeign)
    ? {
        advice: `Somebody changed the bricks past Mortar. Change them back; or, as long as it has not grown, manage it as it is now: mortar adopt release ${volume.name}, then mortar adopt manage ${volume.name}.`,
      }
    : {
        advice:
          'Somebody changed the bricks past Mortar, or the database is older than the volume. Takes the bricks over from gluster, if all of them are ours.',
        mend: { action: 'retake-volume', volumeId: volume.id },
      };

interface Marks {
  readonly foreign: readonly ForeignBrickRecord[];
  readonly present: GlusterVolume;
}

function compareImprint(view: ClusterView, volume: VolumeRecord, { foreign, present }: Marks): Finding[] {
  const wanted = ownershipOptions(volume, foreign);
  const wrong = wanted.filter(([key, value]) => present.options[key] !== value).map(([key]) => key);
  if (wrong.length === 0) return [];
  return [
    inCluster(view, 'volume-imprint-outdated', {
      object: nameOf(volume),
      evidence: wrong.map((key) => `${key} is ${present.options[key] ?? 'not set'}`).join('; '),
      advice: 'Writes them into the options of the gluster volume, for `mortar rebuild`.',
      mend: { action: 'imprint-volume', volumeId: volume.id },
    }),
  ];
}

interface OfflineQuestion {
  readonly bricks: readonly AnyBrick[];
  readonly look: ClusterLook;
  readonly troubled: ReadonlySet<string>;
}

function offlineBricks(
  view: ClusterView,
  volume: VolumeRecord,
  { bricks, look, troubled }: OfflineQuestion,
): Finding[] {
  const offline = look.processes.get(volume.name)?.filter(({ isOnline }) => !isOnline) ?? [];
  return offline.flatMap(({ host, path }) => {
    const brick = bricks.find((candidate) =>
      isForeign(candidate)
        ? [`${host}:${path}`, `[${host}]:${path}`].includes(candidate.name)
        : candidate.path === path,
    );
    if (brick === undefined || (!isForeign(brick) && troubled.has(brick.id))) return [];
    return [
      inCluster(view, 'brick-offline', {
        nodeId: brick.nodeId,
        object: `brick ${isForeign(brick) ? brick.name : brick.id} of volume ${volume.name}`,
        evidence: `gluster says that the process for ${host}:${path} does not run`,
        advice: "Starts the volume's missing brick processes; those that run are left alone.",
        mend: { action: 'restart-bricks', volumeId: volume.id },
        sizeKib: sizeOf([brick]),
      }),
    ];
  });
}
