import { groupBy } from '../lib/group-by.ts';
import {
  type BrickEntry,
  type DeviceEntry,
  type HeketiDump,
  type NodeEntry,
  type OperationEntry,
  operationTypes,
  type VolumeEntry,
} from './document.ts';

/** Something in a dump that contradicts something else. */
export interface DumpFault {
  readonly section: keyof HeketiDump;
  readonly id: string;
  readonly text: string;
  /** More is taken on a device than its bricks take: so it is after others used the volume group, and nothing is wrong. */
  readonly isForeignRoom?: boolean;
}

/** A brick of a clone shares the pool of the original: its numbers are those of the original, and it takes no room. */
export const isClone = ({ Info, LvmLv }: BrickEntry): boolean => LvmLv !== '' && LvmLv !== `brick_${Info.id}`;

/** A brick of a clone in the making: it takes no room either. */
export const isCloning = ({ pendingoperations }: HeketiDump, { Pending }: BrickEntry): boolean =>
  pendingoperations[Pending.Id]?.Type === operationTypes.cloneVolume;

/**
 * Looks whether both ends of every link are there, whether entries stand under their own id, and whether sizes add up
 * (engine reference 5.8). What Heketi's own check gets wrong, hosts of older volumes and room of clones, is no fault here.
 *
 * @param foreignKib room on devices that is known to be taken by others.
 */
export function checkDump(
  dump: HeketiDump,
  foreignKib: ReadonlyMap<string, number> = new Map(),
): DumpFault[] {
  const faults: DumpFault[] = [];
  const check: Check = {
    dump,
    faults,
    bricksOf: groupBy(Object.values(dump.brickentries), ({ Info }) => Info.device),
    foreignKib,
    tell: (section, id, text, extra = {}) => faults.push({ section, id, text, ...extra }),
  };
  checkKeys(check);
  for (const [id, { Info }] of Object.entries(dump.clusterentries)) {
    checkLinks(check, ['clusterentries', id], 'nodeentries', Info.nodes);
    checkLinks(check, ['clusterentries', id], 'volumeentries', Info.volumes);
    checkLinks(check, ['clusterentries', id], 'blockvolumeentries', Info.blockvolumes);
  }
  for (const [id, node] of Object.entries(dump.nodeentries)) checkNode(check, id, node);
  for (const [id, device] of Object.entries(dump.deviceentries)) checkDevice(check, id, device);
  for (const [id, volume] of Object.entries(dump.volumeentries)) checkVolume(check, id, volume);
  for (const [id, brick] of Object.entries(dump.brickentries)) checkBrick(check, id, brick);
  for (const [id, { Info, Pending }] of Object.entries(dump.blockvolumeentries)) {
    checkOwner(check, ['blockvolumeentries', id], 'clusterentries', Info.cluster);
    checkPending(check, ['blockvolumeentries', id], Pending.Id);
    const host = dump.volumeentries[Info.blockhostingvolume];
    if (host === undefined || host.Info.blockinfo.blockvolume?.includes(id) !== true) {
      check.tell('blockvolumeentries', id, `its hosting volume ${Info.blockhostingvolume} does not list it`);
    }
  }
  for (const [id, operation] of Object.entries(dump.pendingoperations)) checkOperation(check, id, operation);
  return faults;
}

type Section = keyof HeketiDump;
type Place = readonly [section: Section, id: string];

interface Check {
  readonly dump: HeketiDump;
  readonly faults: DumpFault[];
  readonly bricksOf: ReadonlyMap<string, readonly BrickEntry[]>;
  readonly foreignKib: ReadonlyMap<string, number>;
  readonly tell: (
    section: Section,
    id: string,
    text: string,
    extra?: Pick<DumpFault, 'isForeignRoom'>,
  ) => void;
}

/** What entries of a section are called. */
export const nouns: Readonly<Record<Section, string>> = {
  clusterentries: 'cluster',
  nodeentries: 'node',
  deviceentries: 'device',
  volumeentries: 'volume',
  brickentries: 'brick',
  blockvolumeentries: 'block volume',
  dbattributeentries: 'attribute',
  pendingoperations: 'pending operation',
};

const idOf = (entry: object): string =>
  'Info' in entry
    ? (entry.Info as { readonly id: string }).id
    : 'Id' in entry
      ? (entry.Id as string)
      : (entry as { readonly Key: string }).Key;

function checkKeys({ dump, tell }: Check): void {
  for (const section of Object.keys(nouns) as Section[]) {
    for (const [key, entry] of Object.entries(dump[section])) {
      if (idOf(entry) !== key) tell(section, key, `it calls itself ${idOf(entry)}`);
    }
  }
}

/** Entries that something lists are there. */
function checkLinks(
  { dump, tell }: Check,
  [section, id]: Place,
  target: Section,
  ids: readonly string[],
): void {
  for (const linked of ids)
    if (dump[target][linked] === undefined)
      tell(section, id, `it lists the ${nouns[target]} ${linked}, of which there is no entry`);
}

/** The entry that something belongs to is there. */
function checkOwner({ dump, tell }: Check, [section, id]: Place, target: Section, owner: string): boolean {
  if (dump[target][owner] !== undefined) return true;
  tell(section, id, `it belongs to the ${nouns[target]} ${owner}, of which there is no entry`);
  return false;
}

function checkPending({ dump, tell }: Check, [section, id]: Place, operationId: string): void {
  if (operationId !== '' && dump.pendingoperations[operationId] === undefined)
    tell(section, id, `it is held by the operation ${operationId}, of which there is no entry`);
}

const unlisted = (target: Section, owner: string): string => `the ${nouns[target]} ${owner} does not list it`;

function checkNode(check: Check, id: string, { Info, Devices }: NodeEntry): void {
  const { dump, tell } = check;
  if (
    checkOwner(check, ['nodeentries', id], 'clusterentries', Info.cluster) &&
    dump.clusterentries[Info.cluster]?.Info.nodes.includes(id) !== true
  )
    tell('nodeentries', id, unlisted('clusterentries', Info.cluster));
  checkLinks(check, ['nodeentries', id], 'deviceentries', Devices);
}

function checkDevice(check: Check, id: string, { Info, Bricks, NodeId }: DeviceEntry): void {
  const { dump, tell, bricksOf, foreignKib } = check;
  const place: Place = ['deviceentries', id];
  if (
    checkOwner(check, place, 'nodeentries', NodeId) &&
    dump.nodeentries[NodeId]?.Devices.includes(id) !== true
  )
    tell(...place, unlisted('nodeentries', NodeId));
  checkLinks(check, place, 'brickentries', Bricks);
  const { total, free, used } = Info.storage;
  if (total !== free + used) tell(...place, `it has ${total} KiB, but ${free} free and ${used} used`);
  const bricksKib = (bricksOf.get(id) ?? [])
    .filter((brick) => !isClone(brick) && !isCloning(dump, brick))
    .reduce((sum, { TpSize, PoolMetadataSize }) => sum + TpSize + PoolMetadataSize, 0);
  const wantedKib = bricksKib + (foreignKib.get(id) ?? 0);
  if (used < wantedKib) tell(...place, `${used} KiB of it are used, but its bricks take ${bricksKib} KiB`);
  if (used > wantedKib) {
    const text = `${used} KiB of it are used, of which its bricks take ${bricksKib} KiB`;
    tell(...place, text, { isForeignRoom: true });
  }
}

function checkVolume(check: Check, id: string, { Info, Bricks, Pending }: VolumeEntry): void {
  const { dump, tell } = check;
  const place: Place = ['volumeentries', id];
  if (
    checkOwner(check, place, 'clusterentries', Info.cluster) &&
    dump.clusterentries[Info.cluster]?.Info.volumes.includes(id) !== true
  )
    tell(...place, unlisted('clusterentries', Info.cluster));
  checkLinks(check, place, 'brickentries', Bricks);
  checkPending(check, place, Pending.Id);
  checkLinks(check, place, 'blockvolumeentries', Info.blockinfo.blockvolume ?? []);
  const { freesize = 0, reservedsize = 0, blockvolume = [] } = Info.blockinfo;
  if (!Info.block) {
    if (blockvolume.length > 0) tell(...place, 'it holds block volumes, but is no block hosting volume');
    return;
  }
  const given = blockvolume.reduce((sum, held) => sum + (dump.blockvolumeentries[held]?.Info.size ?? 0), 0);
  if (Info.size !== freesize + reservedsize + given) {
    const parts = `${freesize} are free, ${reservedsize} reserved and ${given} given to block volumes`;
    tell(...place, `it has ${Info.size} GiB, but ${parts}`);
  }
}

function checkBrick(check: Check, id: string, { Info, Pending }: BrickEntry): void {
  const { dump, tell } = check;
  const place: Place = ['brickentries', id];
  checkPending(check, place, Pending.Id);
  const device = dump.deviceentries[Info.device];
  if (checkOwner(check, place, 'deviceentries', Info.device)) {
    if (device?.Bricks.includes(id) !== true) tell(...place, unlisted('deviceentries', Info.device));
    if (device?.NodeId !== Info.node)
      tell(...place, `it is on the node ${Info.node}, but its device is on the node ${device?.NodeId}`);
  }
  // Old dumps do not say it; then the volume's list counts.
  if (Info.volume === '') return;
  const volume = dump.volumeentries[Info.volume];
  if (checkOwner(check, place, 'volumeentries', Info.volume) && volume?.Bricks.includes(id) !== true)
    tell(...place, unlisted('volumeentries', Info.volume));
}

function checkOperation({ dump, tell }: Check, id: string, { Actions }: OperationEntry): void {
  const isThere = (target: string): boolean =>
    (Object.keys(nouns) as Section[]).some((section) => dump[section][target] !== undefined);
  for (const { Change, Id } of Actions)
    if (!isThere(Id))
      tell('pendingoperations', id, `it is about ${Id} (change ${Change}), of which there is no entry`);
}
