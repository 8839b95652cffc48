import type { NodeRecord } from '../../db/nodes.ts';
import type { WatchedVolumeRecord } from '../../db/watched-volumes.ts';
import type { Durability } from '../../lib/durability.ts';
import type { GlusterVolume, VolumeShape } from '../../storage/gluster/volume-info.ts';
import type { BrickProcess } from '../../storage/gluster/volume-status.ts';
import { idOption, quarantineOption } from '../../storage/imprints.ts';
import { compactUuid, mountsFolder } from '../../storage/naming.ts';
import { pathOf } from '../../volumes/ownership.ts';
import { dispersions } from '../../volumes/volume-request.ts';
import type { ClusterLook } from '../look/look.ts';

/** A brick of a volume that others made. */
interface FoundPlace {
  /** `host:path` as gluster says it. */
  readonly name: string;
  /** The node on record that goes by this host name. */
  readonly nodeId: string | null;
  /** Null: nobody could say; the volume is stopped, or gluster did not answer for it. */
  readonly isOnline: boolean | null;
}

/** What keeps a volume from being managed, or watched, and the smallest thing to do about it. */
interface Obstacle {
  readonly to: 'watch' | 'manage';
  readonly words: string;
  readonly remedy: string;
}

/** A gluster volume that is on no record of Mortar's volumes. */
export interface FoundVolume {
  /** Gluster's UUID without its dashes. */
  readonly id: string;
  readonly glusterUuid: string;
  readonly clusterId: string;
  readonly name: string;
  /** Null: it is not watched. */
  readonly watchedSinceMs: number | null;
  /** `missing`: it is watched, and gluster has it no more. `unknown`: no node of the cluster answered. */
  readonly status: GlusterVolume['status'] | 'missing' | 'unknown';
  readonly bricks: readonly FoundPlace[];
  /** Null: it is of a kind that Mortar does not make, or gluster has it no more. */
  readonly durability: Durability | null;
  readonly obstacles: readonly Obstacle[];
}

/** What is on record when the nodes are looked at. */
export interface OnRecord {
  readonly nodes: readonly NodeRecord[];
  /** Names of Mortar's own volumes, in every phase: `clusterId/name`. */
  readonly ownNames: ReadonlySet<string>;
  readonly watched: readonly WatchedVolumeRecord[];
}

export const idOfUuid = (uuid: string): string => compactUuid(uuid).toLowerCase();

/** All volumes of others, those that are watched and gone included. Pure. */
export function discover(looks: readonly ClusterLook[], record: OnRecord): FoundVolume[] {
  const answered = new Set(looks.map(({ clusterId }) => clusterId));
  const found = looks.flatMap((look) =>
    look.volumes
      .filter(({ name }) => !record.ownNames.has(`${look.clusterId}/${name}`))
      .map((volume) => describe(look, volume, record)),
  );
  const present = new Set(found.map(({ glusterUuid }) => glusterUuid));
  const absent = record.watched
    .filter(({ glusterUuid }) => !present.has(glusterUuid))
    .map((watched) => ({
      ...identityOf(watched),
      watchedSinceMs: watched.sinceMs,
      status: answered.has(watched.clusterId) ? ('missing' as const) : ('unknown' as const),
      bricks: watched.bricks.map((name) => toPlace(name, watched.clusterId, record.nodes)),
      durability: null,
      obstacles: [],
    }));
  return [...found, ...absent].sort(
    (a, b) => a.clusterId.localeCompare(b.clusterId) || a.name.localeCompare(b.name),
  );
}

const identityOf = ({ glusterUuid, clusterId, name }: WatchedVolumeRecord) => ({
  id: idOfUuid(glusterUuid),
  glusterUuid,
  clusterId,
  name,
});

function describe(
  { clusterId, processes }: ClusterLook,
  volume: GlusterVolume,
  { nodes, watched }: OnRecord,
): FoundVolume {
  const { name, uuid, status } = volume;
  const own = processes.get(name);
  const places = volume.bricks.map((brick) => ({
    ...toPlace(brick, clusterId, nodes),
    isOnline: own === undefined ? null : isOnline(brick, own),
  }));
  return {
    ...identityOf({ glusterUuid: uuid, clusterId, name, bricks: [], sinceMs: 0 }),
    watchedSinceMs: watched.find(({ glusterUuid }) => glusterUuid === uuid)?.sinceMs ?? null,
    status,
    bricks: places,
    durability: durabilityOf(volume.shape) ?? null,
    obstacles: obstaclesOf(volume, places),
  };
}

/** Of an IPv6 address. */
const withoutBrackets = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');
const hostNameOf = (brick: string): string => withoutBrackets(brick.slice(0, brick.indexOf(':/')));

function toPlace(name: string, clusterId: string, nodes: readonly NodeRecord[]): FoundPlace {
  const host = hostNameOf(name);
  const node = nodes.find(
    (candidate) =>
      candidate.clusterId === clusterId &&
      [...candidate.storageNames, ...candidate.manageNames].includes(host),
  );
  return { name, nodeId: node?.id ?? null, isOnline: null };
}

/** Gluster leaves bricks out of its answer whose node it does not see: their processes are out of reach. */
export const isOnline = (brick: string, processes: readonly BrickProcess[]): boolean =>
  processes.some(
    (process) =>
      process.isOnline &&
      process.path === pathOf(brick) &&
      withoutBrackets(process.host) === hostNameOf(brick),
  );

function obstaclesOf(volume: GlusterVolume, places: readonly FoundPlace[]): Obstacle[] {
  const { name, options } = volume;
  if (options[quarantineOption] !== undefined) {
    const remedy = 'mortar doctor quarantine list: release it, or destroy it';
    return both(`${name} is in Mortar's quarantine`, remedy);
  }
  if (options[idOption] !== undefined) {
    const remedy = 'mortar doctor, and its mend: the volume is managed again then';
    return both(`${name} bears an id of Mortar: it was its own, and is on no record`, remedy);
  }
  const { bricks } = volume;
  if (bricks.length > 0 && bricks.every((brick) => pathOf(brick).startsWith(`${mountsFolder}/vg_`))) {
    const remedy =
      "watch it; to have it managed, fill an empty Mortar from Heketi's database: mortar import heketi";
    return toManage(`the bricks of ${name} are made as Heketi makes them`, remedy);
  }
  return [...ofShape(volume), ...ofPlaces(volume, places), ...ofStatus(volume)];
}

function ofShape({ name, shape }: GlusterVolume): Obstacle[] {
  if (durabilityOf(shape) !== undefined) return [];
  const { replica, arbiters, disperse, redundancy } = shape;
  const numbers =
    disperse > 0 ? `${disperse - redundancy}+${redundancy}` : `${replica} copies, ${arbiters} arbiters`;
  return toManage(
    `${name} is of the type ${shape.type || 'that gluster does not tell'} (${numbers}), which Mortar does not make`,
    'watch it; to have the data managed, make a volume with mortar volume create and copy them over',
  );
}

/** Commands go to the nodes of its bricks, so they have to be known and there. */
function ofPlaces({ name }: GlusterVolume, places: readonly FoundPlace[]): Obstacle[] {
  const lost = places.filter(({ nodeId }) => nodeId === null).map((place) => place.name);
  if (lost.length === 0) return [];
  return toManage(
    `no node on record goes by the host name of ${lost.join(', ')}, of ${name}`,
    'add the nodes under the storage names that gluster has for them: mortar node add',
  );
}

const ofStatus = ({ name, status }: GlusterVolume): Obstacle[] =>
  status === 'started'
    ? []
    : toManage(`${name} does not run (${status})`, `start it: gluster volume start ${name}`);

/** What Mortar calls a volume that is put together so; undefined for what it does not make. */
function durabilityOf({ type, ...shape }: VolumeShape): Durability | undefined {
  const { replica, arbiters, disperse, redundancy } = shape;
  const kind = type.replace(/^Distributed-/, '');
  if (kind === 'Distribute' && replica <= 1) return { type: 'none' };
  if (kind === 'Replicate' && replica === 3 && arbiters <= 1)
    return { type: 'replicate', replica, arbiter: arbiters === 1 };
  if (kind === 'Replicate' && replica === 2 && arbiters === 0)
    return { type: 'replicate', replica, arbiter: false };
  const data = disperse - redundancy;
  if (kind === 'Disperse' && dispersions.has(`${data}+${redundancy}`))
    return { type: 'disperse', data, redundancy };
  return undefined;
}

const toManage = (words: string, remedy: string): Obstacle[] => [{ to: 'manage', words, remedy }];

const both = (words: string, remedy: string): Obstacle[] => [
  { to: 'watch', words, remedy },
  { to: 'manage', words, remedy },
];
