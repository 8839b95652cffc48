import { type BrickNeeds, brickNeeds } from './brick-needs.ts';
import type { Candidate, DeviceView } from './device.ts';
import { isEligible, takesKind } from './eligibility.ts';
import type { Inventory } from './inventory.ts';
import type { Failure } from './layout.ts';
import type { DeviceReason, DeviceReasonCode } from './refusal.ts';
import type { PlaceRequest } from './request.ts';
import { formatTagRule, type TagRule } from './tags.ts';
import { formatKib } from './wording.ts';

/** What every device of the cluster says to the request, those nearest to being of use first. */
export function deviceReasons(inventory: Inventory, request: PlaceRequest, failure: Failure): DeviceReason[] {
  const sizes = consideredNeeds(request, failure);
  return [...inventory.candidates()].map((candidate) => reasonOf(candidate, request, sizes)).sort(compare);
}

/** The needs of the largest and the smallest brick that was tried, or would have been but for a limit. */
interface ConsideredNeeds {
  readonly largest: BrickNeeds | undefined;
  readonly smallest: BrickNeeds | undefined;
}

function consideredNeeds(request: PlaceRequest, { tried, end, endBrickKib }: Failure): ConsideredNeeds {
  const { brickMinKib, brickMaxKib } = request.limits;
  const limitKib = endBrickKib ?? (end === 'max-bricks' ? brickMaxKib : brickMinKib);
  const needsOf = (brickKib: number): BrickNeeds | undefined => {
    const averageFileKib = Math.min(request.averageFileKib, brickKib);
    return brickNeeds({ ...request, averageFileKib }, brickKib);
  };
  return {
    largest: needsOf(tried[0]?.brickSizeKib ?? limitKib),
    smallest: needsOf(tried.at(-1)?.brickSizeKib ?? limitKib),
  };
}

function reasonOf(candidate: Candidate, request: PlaceRequest, sizes: ConsideredNeeds): DeviceReason {
  const { device, freeKib } = candidate;
  const kind = takesKind(request, candidate, 'data') ? 'data' : 'arbiter';
  const largestKib = sizes.largest?.[kind].totalKib(device.extentKib) ?? 0;
  const smallestKib = sizes.smallest?.[kind].totalKib(device.extentKib) ?? 0;
  const reason = ruledOut(candidate, request) ?? roomReason(freeKib, largestKib, smallestKib);
  const neededKib = reason === 'too-small' ? smallestKib : largestKib;
  return {
    deviceId: device.id,
    nodeId: device.nodeId,
    nodeName: device.nodeName,
    deviceName: device.deviceName,
    reason,
    text: textOf(reason, request, { freeKib, neededKib, device }),
    freeKib,
    neededKib,
  };
}

function ruledOut(candidate: Candidate, request: PlaceRequest): DeviceReasonCode | undefined {
  const { device } = candidate;
  if (device.unusable !== undefined) return device.unusable;
  if (request.excludedNodeIds?.has(device.nodeId) === true) return 'node-excluded';
  return isEligible(request, candidate) ? undefined : 'tag-mismatch';
}

function roomReason(freeKib: number, largestKib: number, smallestKib: number): DeviceReasonCode {
  if (freeKib > largestKib) return 'fits';
  return freeKib > smallestKib ? 'small-bricks-only' : 'too-small';
}

interface Figures {
  readonly freeKib: number;
  readonly neededKib: number;
  readonly device: DeviceView;
}

function textOf(reason: DeviceReasonCode, request: PlaceRequest, figures: Figures): string {
  const { freeKib, neededKib, device } = figures;
  const room = `${formatKib(freeKib)} free, more than ${formatKib(neededKib)} needed`;
  const texts: Readonly<Record<DeviceReasonCode, string>> = {
    'device-offline': 'the device is offline',
    'device-failed': 'the device has failed',
    'device-pool-full': 'a thin pool on it is nearly full',
    'node-offline': 'the node is offline',
    'node-failed': 'the node has failed',
    'node-down': 'the node is down',
    'node-excluded': 'the node just failed at this request',
    'tag-mismatch': `does not match the tag rule${describeMismatch(request.tagRule, device)}`,
    'too-small': `too small by ${formatKib(neededKib - freeKib)}: ${room}`,
    'small-bricks-only': `has room for small bricks only: ${room} for the largest that was tried`,
    fits: `has room: ${room}`,
  };
  return (reason === device.unusable ? device.unusableText : undefined) ?? texts[reason];
}

function describeMismatch(rule: TagRule | undefined, device: DeviceView): string {
  if (rule === undefined) return '';
  const value = Object.hasOwn(device.tags, rule.key) ? device.tags[rule.key] : undefined;
  return ` ${formatTagRule(rule)}: its ${rule.key} is ${value === undefined ? 'not set' : `"${value}"`}`;
}

/** Nearest to being of use first: what can be switched on, then what has room, then by how much room lacks. */
const ranks: Readonly<Record<DeviceReasonCode, number>> = {
  'node-down': 0,
  'node-offline': 0,
  'device-offline': 0,
  'device-pool-full': 0,
  'node-excluded': 0,
  'tag-mismatch': 1,
  'too-small': 2,
  'small-bricks-only': 3,
  fits: 4,
  'device-failed': 5,
  'node-failed': 5,
};

function compare(a: DeviceReason, b: DeviceReason): number {
  if (ranks[a.reason] !== ranks[b.reason]) return ranks[a.reason] - ranks[b.reason];
  if (a.freeKib !== b.freeKib) return b.freeKib - a.freeKib;
  return a.deviceId < b.deviceId ? -1 : 1;
}
