import type { BlockVolumeRecord } from '../db/block-volumes.ts';
import type { BrickRecord } from '../db/bricks.ts';
import type { ClusterRecord } from '../db/clusters.ts';
import type { DeviceRecord } from '../db/devices.ts';
import type { NodeRecord } from '../db/nodes.ts';
import type { VolumeRecord } from '../db/volumes.ts';
import { brickPlace, bricksPerSet, type Durability } from '../lib/durability.ts';
import { groupBy } from '../lib/group-by.ts';
import type { GlusterVolume } from '../storage/gluster/volume-info.ts';
import { brickLvName, brickPath, thinPoolName } from '../storage/naming.ts';
import { isOurs } from '../volumes/ownership.ts';
import { type BrickOrder, type LooseBrick, orderFromDump, orderFromGluster } from './brick-sets.ts';
import { isClone, isCloning } from './check-dump.ts';
import type { BrickEntry, HeketiDump, VolumeEntry } from './document.ts';
import { type Fate, fatesOf, type GlusterOf, volumeOf } from './pending.ts';
import { durabilityOf, toVolume, type VolumeDefaults } from './volume-record.ts';

/** What nodes said that a dump does not hold. */
export interface NodesSay {
  /** Gluster's volumes by cluster; clusters of which no node answered are missing. */
  readonly volumes: ReadonlyMap<string, readonly GlusterVolume[]>;
  /** UUIDs of physical volumes by device, from before Heketi kept them. */
  readonly pvUuids: ReadonlyMap<string, string>;
}

/** A dump as records, and what is to be told of it. */
export interface TakenRecords {
  readonly clusters: readonly ClusterRecord[];
  readonly nodes: readonly NodeRecord[];
  readonly devices: readonly DeviceRecord[];
  readonly volumes: readonly VolumeRecord[];
  readonly bricks: readonly BrickRecord[];
  readonly blockVolumes: readonly BlockVolumeRecord[];
  readonly fates: readonly Fate[];
  /** Empty: it can be taken over. */
  readonly faults: readonly string[];
  readonly notes: readonly string[];
}

export interface TakeOptions {
  readonly said: NodesSay;
  readonly defaults: VolumeDefaults;
  /** Clones stay on the nodes without being on record. */
  readonly leaveOutClones: boolean;
}

export const toClusters = ({ clusterentries }: HeketiDump): ClusterRecord[] =>
  Object.values(clusterentries).map(({ Info: { id, file, block } }) => ({
    id,
    file: file ?? true,
    block: block ?? true,
  }));

export const toNodes = ({ nodeentries }: HeketiDump): NodeRecord[] =>
  Object.values(nodeentries).map(({ State, Info }) => ({
    id: Info.id,
    clusterId: Info.cluster,
    zone: Info.zone,
    state: State,
    phase: 'ready',
    tags: Info.tags,
    lostAtMs: null,
    operationId: null,
    manageNames: Info.hostnames.manage,
    storageNames: Info.hostnames.storage,
  }));

/** An extent as Heketi makes them, for devices whose record does not say. */
const usualExtentKib = 4096;

function toDevices(dump: HeketiDump, bricks: readonly BrickRecord[], { pvUuids }: NodesSay): DeviceRecord[] {
  const byDevice = groupBy(bricks, ({ deviceId }) => deviceId);
  return Object.values(dump.deviceentries).map(({ State, Info, NodeId, ExtentSize }) => {
    const ofBricks = (byDevice.get(Info.id) ?? []).reduce(
      (sum, { poolKib, metadataKib }) => sum + poolKib + metadataKib,
      0,
    );
    return {
      id: Info.id,
      nodeId: NodeId,
      name: Info.name,
      state: State,
      phase: 'ready',
      tags: Info.tags,
      totalKib: Info.storage.total,
      foreignKib: Info.storage.used - ofBricks,
      extentKib: ExtentSize || usualExtentKib,
      pvUuid: Info.pv_uuid || (pvUuids.get(Info.id) ?? ''),
      paths: Info.paths,
      lostAtMs: null,
      operationId: null,
    };
  });
}

function toBlockVolume({ Info }: HeketiDump['blockvolumeentries'][string]): BlockVolumeRecord {
  const { hosts, iqn, lun, username } = Info.blockvolume;
  return {
    id: Info.id,
    clusterId: Info.cluster,
    hostingVolumeId: Info.blockhostingvolume,
    name: Info.name,
    sizeGib: Info.size,
    usableGib: Info.usablesize || Info.size,
    takenGib: Info.size,
    haCount: Info.hacount,
    auth: Info.auth || username !== '',
    hosts,
    iqn,
    lun,
    username,
    phase: 'ready',
    operationId: null,
  };
}

/** Makes records of a dump that `readDump` found sound. Pure. */
export function toRecords(dump: HeketiDump, options: TakeOptions): TakenRecords {
  const glusterOf: GlusterOf = (volumeId) => {
    const info = dump.volumeentries[volumeId]?.Info;
    return options.said.volumes.get(info?.cluster ?? '')?.find(({ name }) => name === info?.name);
  };
  const fates = fatesOf(dump, glusterOf);
  const work: Work = { dump, options, glusterOf, fates, faults: [], notes: [] };
  work.faults.push(
    ...fates
      .filter(({ isFault }) => isFault)
      .map(({ operationId, words }) => `pending operation ${operationId}: ${words}`),
  );
  const taken = toVolumes(work);
  const bricks = [...taken.bricks, ...strays(work, taken.bricks)];
  const blockVolumes = Object.values(dump.blockvolumeentries).map(toBlockVolume);
  tellPasswords(work);
  return {
    clusters: toClusters(dump),
    nodes: toNodes(dump),
    devices: toDevices(dump, bricks, options.said),
    volumes: taken.volumes,
    bricks,
    blockVolumes,
    fates,
    faults: work.faults,
    notes: work.notes,
  };
}

interface Work {
  readonly dump: HeketiDump;
  readonly options: TakeOptions;
  readonly glusterOf: GlusterOf;
  readonly fates: readonly Fate[];
  readonly faults: string[];
  readonly notes: string[];
}

function tellPasswords({ dump, notes }: Work): void {
  const count = Object.values(dump.blockvolumeentries).filter(
    ({ Info }) => Info.blockvolume.password !== '',
  ).length;
  if (count > 0)
    notes.push(
      `the passwords of ${count} block volumes are not kept: the nodes have them, and keep them. Keep the dump for the way back`,
    );
}

/** Bricks by the volume they belong to, without those that are not there. */
function bricksByVolume({ dump, fates }: Work): Map<string, BrickEntry[]> {
  const omitted = new Set(fates.flatMap(({ omits, removes }) => [...(omits ?? []), ...(removes ?? [])]));
  const entries = Object.values(dump.brickentries).filter(({ Info }) => !omitted.has(Info.id));
  return groupBy(entries, ({ Info }) => volumeOf(dump, Info.id) ?? '');
}

function toVolumes(work: Work): { volumes: VolumeRecord[]; bricks: BrickRecord[] } {
  const volumes: VolumeRecord[] = [];
  const bricks: BrickRecord[] = [];
  const byVolume = bricksByVolume(work);
  for (const { Info } of byVolume.get('') ?? [])
    work.faults.push(`brick ${Info.id}: it belongs to no volume`);
  for (const entry of Object.values(work.dump.volumeentries)) {
    const own = byVolume.get(entry.Info.id) ?? [];
    if (own.some(isClone)) {
      tellClone(work, entry);
      continue;
    }
    const made = toOneVolume(work, entry, own);
    if (made === undefined) continue;
    volumes.push(made.volume);
    bricks.push(...made.bricks);
  }
  return { volumes, bricks };
}

function tellClone({ options, faults, notes }: Work, { Info }: VolumeEntry): void {
  const words = `volume ${Info.id} (${Info.name}) is a clone: it shares thin pools with its original`;
  if (options.leaveOutClones) notes.push(`${words}; it is left out, and stays on the nodes as it is`);
  else
    faults.push(
      `${words}, which cannot be taken over; delete it in Heketi, or leave it out (--leave-out-clones)`,
    );
}

function toOneVolume(
  work: Work,
  entry: VolumeEntry,
  own: readonly BrickEntry[],
): { volume: VolumeRecord; bricks: BrickRecord[] } | undefined {
  const { faults, options, fates } = work;
  const { id, name } = entry.Info;
  const durability = durabilityOf(entry);
  if ('fault' in durability) {
    faults.push(`volume ${id} (${name}): ${durability.fault}`);
    return undefined;
  }
  const isGoing = fates.some(({ deletesVolume }) => deletesVolume === id);
  const perSet = bricksPerSet(durability);
  if (own.length % perSet !== 0 && !isGoing) {
    faults.push(`volume ${id} (${name}): it has ${own.length} bricks, which make no whole sets of ${perSet}`);
    return undefined;
  }
  const order = orderOf(work, entry, { own, durability, isGoing });
  const bricks = order.bricks.map((loose, index) => toBrick(work, entry, { loose, index, durability }));
  const grown = fates.find(({ grows }) => grows?.volumeId === id)?.grows?.byGib ?? 0;
  const glusterUuid = ownUuid(work, entry, own);
  const volume = toVolume(entry, durability, { defaults: options.defaults, glusterUuid });
  return { volume: { ...volume, sizeGib: volume.sizeGib + grown }, bricks };
}

const standardPath = ({ Info }: BrickEntry): string => brickPath(Info.device, Info.id);

const toLoose = (brick: BrickEntry): LooseBrick => ({
  id: brick.Info.id,
  nodeId: brick.Info.node,
  sizeKib: brick.Info.size,
  path: brick.Info.path || standardPath(brick),
  isArbiter: brick.SubType === 2,
});

interface Membership {
  readonly own: readonly BrickEntry[];
  readonly durability: Durability;
  readonly isGoing: boolean;
}

function orderOf(work: Work, entry: VolumeEntry, { own, durability, isGoing }: Membership): BrickOrder {
  const { glusterOf, options, notes } = work;
  const { id, name, cluster } = entry.Info;
  const loose = own.map(toLoose).sort((a, b) => (a.id < b.id ? -1 : 1));
  const known = orderFromGluster(loose, glusterOf(id));
  if (known !== undefined) return known;
  if (isGoing || own.length % bricksPerSet(durability) !== 0) return { bricks: loose, isFromGluster: false };
  const sets = own.length / bricksPerSet(durability);
  const why = !options.said.volumes.has(cluster)
    ? 'gluster was not asked'
    : glusterOf(id) === undefined
      ? 'gluster has no such volume'
      : 'gluster has other bricks in it';
  if (durability.type !== 'none')
    notes.push(
      `volume ${id} (${name}): ${why}, so ${sets === 1 ? 'the order of its bricks is' : `which bricks make each of its ${sets} sets is`} a guess from the dump; when the nodes can be asked, mortar doctor finds it (volume-bricks-differ) and takes gluster's order over`,
    );
  return orderFromDump(loose, durability);
}

function ownUuid({ glusterOf }: Work, { Info }: VolumeEntry, own: readonly BrickEntry[]): string | null {
  const present = glusterOf(Info.id);
  if (present === undefined) return null;
  const bricks = own.map((brick) => toLoose(brick).path);
  const identity = { volumeId: Info.id, name: Info.name, glusterUuid: null, bricks };
  return isOurs(present, identity) ? present.uuid : null;
}

interface Place {
  readonly loose: LooseBrick;
  readonly index: number;
  readonly durability: Durability;
}

function toBrick(
  { dump, faults }: Work,
  { Info }: VolumeEntry,
  { loose, index, durability }: Place,
): BrickRecord {
  const brick = dump.brickentries[loose.id] as BrickEntry;
  if (loose.path !== standardPath(brick))
    faults.push(
      `brick ${loose.id}: its path ${loose.path} is none that Heketi gives: ${standardPath(brick)}`,
    );
  return { ...placed(brick), volumeId: Info.id, ...brickPlace(durability, index) };
}

/** The first brick of every set has a pool with another id in its name (wire contract section 21). */
const placed = (brick: BrickEntry): BrickRecord => ({
  id: brick.Info.id,
  volumeId: null,
  deviceId: brick.Info.device,
  nodeId: brick.Info.node,
  setIndex: 0,
  position: 0,
  kind: brick.SubType === 2 ? 'arbiter' : 'data',
  sizeKib: brick.Info.size,
  poolKib: brick.TpSize,
  metadataKib: brick.PoolMetadataSize,
  poolName: brick.LvmThinPool || thinPoolName(brick.Info.id),
  lvName: brick.LvmLv || brickLvName(brick.Info.id),
  path: brick.Info.path || standardPath(brick),
  phase: 'ready',
  operationId: null,
});

/** Bricks that are there and go: they take their room until then. */
function strays({ dump, fates }: Work, taken: readonly BrickRecord[]): BrickRecord[] {
  const known = new Set(taken.map(({ id }) => id));
  const ids = fates.flatMap(({ removes }) => removes ?? []).filter((id) => !known.has(id));
  return ids.flatMap((id) => {
    const brick = dump.brickentries[id];
    return brick === undefined || isCloning(dump, brick) ? [] : [placed(brick)];
  });
}
