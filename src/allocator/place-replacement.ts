import { type Candidate, compareCandidates } from './device.ts';
import { isEligible, takesKind } from './eligibility.ts';
import type { Inventory } from './inventory.ts';
import type { PlacedBrick } from './layout.ts';
import type { BrickKind, PlaceRequest } from './request.ts';
import { brickSpace } from './sizes.ts';
import { formatTagRule } from './tags.ts';
import { formatKib, listOf } from './wording.ts';

/** A brick that is to live on another device, and what its set demands of the new place. */
export interface ReplacementRequest
  extends Pick<
    PlaceRequest,
    'durability' | 'snapshotFactor' | 'zoneChecking' | 'tagRule' | 'excludedNodeIds'
  > {
  readonly kind: BrickKind;
  /** The old brick's: an arbiter stays small, nothing is discounted again (engine 2.8). */
  readonly sizeKib: number;
  readonly oldDeviceId: string;
  /** Where the other bricks of its set are. */
  readonly companions: readonly { readonly nodeId: string; readonly zone: number }[];
  /** Only these devices; all when absent. */
  readonly onlyDeviceIds?: ReadonlySet<string>;
}

/** What keeps a device from taking the brick. */
interface ReplacementReason {
  readonly deviceId: string;
  readonly nodeId: string;
  readonly nodeName: string;
  readonly deviceName: string;
  readonly text: string;
  readonly freeKib: number;
  readonly neededKib: number;
}

interface ReplacementRefusal {
  readonly ok: false;
  /** For people: what is wanted, then why not, device by device, then what would help. */
  readonly message: string;
  readonly devices: readonly ReplacementReason[];
  readonly suggestions: readonly string[];
}

export type ReplacementResult = { readonly ok: true; readonly brick: PlacedBrick } | ReplacementRefusal;

/** The contract's words (engine 2.8). */
const noReplacement = 'No Replacement was found for resource requested to be removed';
const devicesInMessage = 8;

/**
 * Finds the place for a brick that leaves its device: the emptiest device that fits, never on a node of its set, never the
 * same device; the old brick's node may be used again. Strict zones forbid a zone of the set, soft ones avoid it.
 */
export function placeReplacement(inventory: Inventory, request: ReplacementRequest): ReplacementResult {
  const judged = [...inventory.candidates()].map((candidate) => ({
    candidate,
    text: obstacle(candidate, request),
  }));
  const fitting = judged.filter(({ text }) => text === undefined).map(({ candidate }) => candidate);
  const zones = new Set(request.companions.map(({ zone }) => zone));
  const inNewZone = fitting.filter(({ device }) => !zones.has(device.zone));
  const preferred = request.zoneChecking === 'none' || inNewZone.length === 0 ? fitting : inNewZone;
  const [best] = [...preferred].sort(compareCandidates);
  if (best !== undefined) return { ok: true, brick: toBrick(best, request) };
  return explain(judged, request);
}

const neededKib = ({ device }: Candidate, { sizeKib, snapshotFactor }: ReplacementRequest): number =>
  brickSpace(sizeKib, snapshotFactor, device.extentKib).totalKib;

function toBrick({ device }: Candidate, { kind, sizeKib, snapshotFactor }: ReplacementRequest): PlacedBrick {
  const { poolKib, metadataKib } = brickSpace(sizeKib, snapshotFactor, device.extentKib);
  return { deviceId: device.id, nodeId: device.nodeId, kind, sizeKib, poolKib, metadataKib };
}

/** Why the device cannot take the brick; undefined when it can. */
function obstacle(candidate: Candidate, request: ReplacementRequest): string | undefined {
  const needed = neededKib(candidate, request);
  return (
    barred(candidate, request) ??
    (candidate.freeKib > needed
      ? undefined
      : `too small by ${formatKib(needed - candidate.freeKib)}: ${formatKib(candidate.freeKib)} free, more than ${formatKib(needed)} needed`)
  );
}

const unusableTexts = {
  'device-offline': 'the device is offline',
  'device-failed': 'the device has failed',
  'device-pool-full': 'a thin pool on it is nearly full',
  'node-offline': 'the node is offline',
  'node-failed': 'the node has failed',
  'node-down': 'the node is down',
} as const;

function barred(candidate: Candidate, request: ReplacementRequest): string | undefined {
  const { device } = candidate;
  if (device.id === request.oldDeviceId) return 'this is the device that it leaves';
  if (request.onlyDeviceIds?.has(device.id) === false) return 'another device was asked for';
  if (request.companions.some(({ nodeId }) => nodeId === device.nodeId)) {
    return 'its node has another brick of the set';
  }
  if (request.zoneChecking === 'strict' && request.companions.some(({ zone }) => zone === device.zone)) {
    return `its zone ${device.zone} has another brick of the set, and zones are strict`;
  }
  if (device.unusable !== undefined) return device.unusableText ?? unusableTexts[device.unusable];
  if (request.excludedNodeIds?.has(device.nodeId) === true) return 'the node just failed at this';
  const wish = asPlaceRequest(request);
  if (!isEligible(wish, candidate)) {
    return `does not match the tag rule ${request.tagRule === undefined ? '' : formatTagRule(request.tagRule)}`;
  }
  return takesKind(wish, candidate, request.kind)
    ? undefined
    : `its tag arbiter=${candidate.arbiter} keeps ${request.kind} bricks away`;
}

/** Eligibility asks of a request only what a replacement has too. */
const asPlaceRequest = (request: ReplacementRequest): PlaceRequest => ({
  ...request,
  averageFileKib: 1,
  seed: '',
  existingBricks: 0,
  limits: { brickMinKib: 0, brickMaxKib: Number.POSITIVE_INFINITY, maxBricks: Number.POSITIVE_INFINITY },
});

type Judged = readonly { readonly candidate: Candidate; readonly text: string | undefined }[];

function explain(judged: Judged, request: ReplacementRequest): ReplacementRefusal {
  const devices = judged
    .map(({ candidate, text }) => ({
      deviceId: candidate.device.id,
      nodeId: candidate.device.nodeId,
      nodeName: candidate.device.nodeName,
      deviceName: candidate.device.deviceName,
      text: text ?? '',
      freeKib: candidate.freeKib,
      neededKib: neededKib(candidate, request),
    }))
    .sort((a, b) => b.freeKib - a.freeKib || (a.deviceId < b.deviceId ? -1 : 1));
  const suggestions = suggest(judged, request);
  const shown = devices.slice(0, devicesInMessage);
  const message = [
    `${noReplacement}: a ${request.kind} brick of ${formatKib(request.sizeKib)} fits on no other device`,
    ...shown.map(({ nodeName, deviceName, text }) => `${nodeName} ${deviceName}: ${text}`),
    ...(devices.length > shown.length ? [`and ${devices.length - shown.length} more devices`] : []),
    ...suggestions.map((suggestion) => `To let it pass: ${suggestion}`),
  ].join('\n');
  return { ok: false, message, devices, suggestions };
}

/** What is there and only switched off comes first, then what must be bought. */
function suggest(judged: Judged, request: ReplacementRequest): string[] {
  const wouldFit = judged.filter(({ candidate }) => {
    const { unusable: _, unusableText: __, ...usable } = candidate.device;
    return (
      candidate.device.unusable !== undefined &&
      obstacle({ ...candidate, device: usable }, request) === undefined
    );
  });
  const names = wouldFit.map(
    ({ candidate: { device } }) => `${device.deviceName} of node ${device.nodeName}`,
  );
  const taken = new Set(request.companions.map(({ nodeId }) => nodeId));
  const nodes = new Set(
    judged
      .filter(({ candidate: { device } }) => device.unusable === undefined && !taken.has(device.nodeId))
      .map(({ candidate }) => candidate.device.nodeName),
  );
  const largest = Math.max(request.sizeKib, ...judged.map(({ candidate }) => neededKib(candidate, request)));
  const room = `with more than ${formatKib(largest)} free`;
  const where = nodes.size === 0 ? 'a node that has no brick of the set' : listOf([...nodes]);
  return [
    ...(names.length === 0 ? [] : [`bring back one of ${listOf(names)}`]),
    `add a device ${room} to ${where}`,
  ];
}
