import { bricksPerSet, dataBricks } from '../lib/durability.ts';
import { groupBy } from '../lib/group-by.ts';
import { KIB_PER_GIB } from '../lib/sizes.ts';
import { brickNeeds } from './brick-needs.ts';
import { type Change, helps, type Refused } from './change.ts';
import type { Candidate, DeviceView } from './device.ts';
import { isEligible } from './eligibility.ts';
import { firstPassing } from './halving.ts';
import type { PlaceRequest } from './request.ts';
import { formatTagRule } from './tags.ts';
import { listOf } from './wording.ts';

/** So many nodes are tried for one more device, those with the least room first. */
const MAX_TRIES = 6;
const EXTENT_KIB = 4096;
/** What LVM keeps of a disk: 128 MiB of metadata, and at most an extent for alignment (engine 1.3). */
const DISK_OVERHEAD_KIB = 128 * 1024 + EXTENT_KIB;

/** Where a new device would go. */
interface Place {
  readonly nodeId: string;
  readonly nodeName: string;
  readonly zone: number;
  /** Tags the device would inherit. */
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * One more device on one node, or on each of several: those nodes (strict: one a zone) that have the least room. The
 * smallest size that helps, in whole GiB.
 */
export function* deviceAdded(refused: Refused): Generator<Change> {
  if (refused.tried.length === 0) return;
  const places = poorestPlaces(refused);
  const useful = withoutUseless(refused);
  const most = bricksPerSet(refused.request.durability);
  const several = Array.from({ length: most - 1 }, (_, at) => places.slice(0, at + 2));
  const tries = [...places.slice(0, MAX_TRIES).map((place) => [place]), ...several];
  for (const where of tries.filter(({ length }) => length <= places.length)) {
    const names = where.map(({ nodeName }) => nodeName);
    const on = names.length === 1 ? `on node ${names.join()}` : `on each of the nodes ${listOf(names, most)}`;
    yield* smallestThatHelps(useful, where, (device) => `add ${device} ${on}`);
  }
}

/** One more node with one device, or as many as a set has bricks; each in a zone of its own. */
export function* nodesAdded(refused: Refused): Generator<Change> {
  if (refused.tried.length === 0) return;
  const useful = withoutUseless(refused);
  const zones = [...refused.inventory.candidates()].map(({ device }) => device.zone);
  const firstZone = zones.reduce((highest, zone) => Math.max(highest, zone), 0) + 1;
  const inZone = refused.request.zoneChecking === 'strict' ? ', in a zone of its own' : '';
  for (let count = 1; count <= bricksPerSet(refused.request.durability); count += 1) {
    const where = Array.from({ length: count }, (_, at): Place => {
      return { nodeId: `new-node-${at}`, nodeName: '', zone: firstZone + at, tags: {} };
    });
    const nodes = count === 1 ? 'a node' : `${count} nodes, each`;
    yield* smallestThatHelps(useful, where, (device) => `add ${nodes} with ${device}${inZone}`);
  }
}

/** Without the devices that have no room for the smallest brick of the request: they only cost time. */
function withoutUseless({ inventory, request, tried, largestGib }: Refused): Refused {
  const needs = brickNeeds(request, tried.at(-1)?.brickSizeKib ?? 0);
  const smallest = needs?.arbiter;
  const useful = inventory.filter(({ device, freeKib }) => {
    return smallest === undefined || freeKib > smallest.totalKib(device.extentKib);
  });
  return { inventory: useful, request, tried, largestGib };
}

function* smallestThatHelps(
  { inventory, request }: Refused,
  where: readonly Place[],
  textOf: (device: string) => string,
): Generator<Change> {
  const trial = inventory.with([]);
  const withSize = (sizeGib: number): Omit<Change, 'text'> => {
    for (const place of where) trial.put(newDevice(place, sizeGib, request));
    return { inventory: trial, request };
  };
  const sizeGib = firstPassing(1, enoughGib(request), (size) => helps(withSize(size)));
  if (sizeGib === undefined) return;
  const rule = request.tagRule;
  const tagged = rule === undefined || rule.negated ? '' : ` and the tag ${formatTagRule(rule)}`;
  yield { ...withSize(sizeGib), text: textOf(`a device of at least ${sizeGib} GiB${tagged}`) };
}

/** A node holds at most one brick of each set: no device has to be larger than all of these, metadata included. */
function enoughGib({ sizeKib, snapshotFactor, durability }: PlaceRequest): number {
  return Math.ceil(((sizeKib / dataBricks(durability)) * snapshotFactor * 1.01) / KIB_PER_GIB) + 2;
}

function newDevice(
  { nodeId, nodeName, zone, tags }: Place,
  sizeGib: number,
  request: PlaceRequest,
): DeviceView {
  const rule = request.tagRule;
  const own = rule === undefined || rule.negated ? {} : { [rule.key]: rule.value };
  const extents = Math.floor((sizeGib * KIB_PER_GIB - DISK_OVERHEAD_KIB) / EXTENT_KIB);
  return {
    id: `new-device-${nodeId}`,
    nodeId,
    zone,
    nodeName,
    deviceName: '',
    totalKib: extents * EXTENT_KIB,
    usedKib: 0,
    extentKib: EXTENT_KIB,
    tags: { ...tags, ...own },
  };
}

/** One node of each group that a set must not share: the node with the least room of the groups with the least room. */
function poorestPlaces({ inventory, request }: Refused): Place[] {
  const roomOf = (candidates: readonly Candidate[]): number => {
    const open = candidates.filter(({ device }) => device.unusable === undefined);
    const eligible = open.filter((candidate) => isEligible(request, candidate));
    return eligible.reduce((sum, { freeKib }) => sum + Math.max(0, freeKib), 0);
  };
  const byRoom = (a: readonly Candidate[], b: readonly Candidate[]): number => {
    return roomOf(a) - roomOf(b) || ((a[0]?.device.nodeId ?? '') < (b[0]?.device.nodeId ?? '') ? -1 : 1);
  };
  const running = [...inventory.candidates()].filter((candidate) => isOnRunningNode(candidate, request));
  const sorted = running.sort((a, b) => (a.device.id < b.device.id ? -1 : 1));
  const nodes = [...groupBy(sorted, ({ device }) => device.nodeId).values()].sort(byRoom);
  if (request.zoneChecking !== 'strict') return nodes.flatMap(placeOn);
  const zones = [...groupBy(nodes.flat(), ({ device }) => device.zone).values()].sort(byRoom);
  return zones.flatMap((zone) => placeOn(zone));
}

function isOnRunningNode({ device }: Candidate, request: PlaceRequest): boolean {
  if (request.excludedNodeIds?.has(device.nodeId) === true) return false;
  return device.unusable === undefined || device.unusable.startsWith('device-');
}

/** On the node of the first device, with the tags that all its devices share: those of the node, as far as can be told. */
function placeOn(candidates: readonly Candidate[]): Place[] {
  const [first, ...others] = candidates;
  if (first === undefined) return [];
  const { nodeId, nodeName, zone, tags } = first.device;
  const onNode = others.filter(({ device }) => device.nodeId === nodeId);
  const shared = Object.entries(tags).filter(([key, value]) => {
    return onNode.every(({ device }) => device.tags[key] === value);
  });
  return [{ nodeId, nodeName, zone, tags: Object.fromEntries(shared) }];
}
