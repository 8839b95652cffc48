import { groupBy } from '../lib/group-by.ts';
import { type Change, helps, type Refused } from './change.ts';
import type { Candidate, DeviceView } from './device.ts';
import { hasArbiter } from './durability.ts';
import { isEligible } from './eligibility.ts';
import { firstPassing } from './halving.ts';
import { listOf } from './wording.ts';

/** So many single nodes or devices are tried, then several together. */
const MAX_TRIES = 6;
/** A suggestion names at most so many. */
const MAX_NAMES = 6;
/** Up to so many it is tried whether each is needed. */
const MAX_PRUNED = 24;

/** A node or a device that is not used now but could be. */
interface Idle {
  readonly text: string;
  readonly name: string;
  /** Its devices as they would be then. */
  readonly devices: readonly DeviceView[];
  /** Set for a node that just failed at this request. */
  readonly excludedNodeId?: string;
}

/** Nodes and devices that are down, offline or excluded, back in use: each alone, the most room first, then several. */
export function* broughtBack({ inventory, request }: Refused): Generator<Change> {
  const candidates = mostRoomFirst(inventory.candidates());
  const excluded = request.excludedNodeIds ?? new Set();
  const nodes = [...groupBy(candidates, ({ device }) => device.nodeId).values()];
  const idle = [...nodes.flatMap((node) => idleNode(node, excluded)), ...candidates.flatMap(idleDevice)];
  const backIn = (back: readonly Idle[]): Omit<Change, 'text'> => {
    const returned = new Set(back.map(({ excludedNodeId }) => excludedNodeId));
    const still = [...excluded].filter((nodeId) => !returned.has(nodeId));
    const devices = back.flatMap((one) => one.devices);
    return { inventory: inventory.with(devices), request: { ...request, excludedNodeIds: new Set(still) } };
  };
  for (const one of idle.slice(0, MAX_TRIES)) yield { ...backIn([one]), text: one.text };
  const several = fewest(idle, (back) => helps(backIn(back)));
  if (several.length > MAX_NAMES) {
    yield { ...backIn(idle), text: 'bring back all nodes and devices that are down or offline' };
  } else if (several.length > 0) {
    const names = several.map(({ name }) => name);
    yield { ...backIn(several), text: `bring back ${listOf(names, MAX_NAMES)}` };
  }
}

/** The first few of the items that are enough, without those among them that are not needed; empty when all are too few. */
function fewest<Item>(items: readonly Item[], enough: (some: readonly Item[]) => boolean): readonly Item[] {
  const count = firstPassing(1, items.length, (length) => enough(items.slice(0, length)));
  if (count === undefined) return [];
  return items.slice(0, count).reduce(
    (needed: readonly Item[], item) => {
      const without = needed.filter((other) => other !== item);
      return count <= MAX_PRUNED && enough(without) ? without : needed;
    },
    items.slice(0, count),
  );
}

function idleNode(node: readonly Candidate[], excluded: ReadonlySet<string>): Idle[] {
  const [first] = node;
  if (first === undefined) return [];
  const { nodeId, nodeName } = first.device;
  const name = `node ${nodeName}`;
  const waiting = node.map(({ device }) => device).filter(({ unusable }) => isWaitingForNode(unusable));
  const failedNow = excluded.has(nodeId) ? { excludedNodeId: nodeId } : {};
  if (waiting.length === 0 && !excluded.has(nodeId)) return [];
  const devices = waiting.map(inUse);
  if (waiting.some(({ unusable }) => unusable === 'node-down')) {
    return [{ text: `bring ${name} back up`, name, devices, ...failedNow }];
  }
  if (waiting.length > 0) return [{ text: `set ${name} online`, name, devices, ...failedNow }];
  return [{ text: `repair ${name}, which just failed, and try again`, name, devices, ...failedNow }];
}

function isWaitingForNode(unusable: DeviceView['unusable']): boolean {
  return unusable === 'node-down' || unusable === 'node-offline';
}

function idleDevice({ device }: Candidate): Idle[] {
  const name = `device ${device.deviceName} of node ${device.nodeName}`;
  if (device.unusable === 'device-pool-full') {
    return [{ text: `make room in the thin pools of ${name}`, name, devices: [inUse(device)] }];
  }
  if (device.unusable !== 'device-offline') return [];
  return [{ text: `set ${name} online`, name, devices: [inUse(device)] }];
}

function inUse(device: DeviceView): DeviceView {
  const { unusable: _, unusableText: __, ...usable } = device;
  return usable;
}

/** Devices that take only one kind of brick take both: the fewest that are enough, the most room first. */
export function* arbiterAllowed({ inventory, request }: Refused): Generator<Change> {
  if (!hasArbiter(request.durability)) return;
  const dedicated = mostRoomFirst(inventory.candidates())
    .filter((candidate) => candidate.arbiter !== 'supported' && isEligible(request, candidate))
    .map(({ device }) => device);
  const allowedOn = (devices: readonly DeviceView[]): Omit<Change, 'text'> => {
    return { inventory: inventory.with(devices.map(withBothKinds)), request };
  };
  const several = fewest(dedicated, (devices) => helps(allowedOn(devices)));
  if (several.length === 0 || several.length > MAX_NAMES) return;
  const names = several.map(({ deviceName, nodeName }) => `${deviceName} of node ${nodeName}`);
  yield { ...allowedOn(several), text: `set the tag arbiter=supported on ${listOf(names, MAX_NAMES)}` };
}

function withBothKinds(device: DeviceView): DeviceView {
  return { ...device, tags: { ...device.tags, arbiter: 'supported' } };
}

function mostRoomFirst(candidates: Iterable<Candidate>): Candidate[] {
  return [...candidates].sort((a, b) => b.freeKib - a.freeKib || (a.device.id < b.device.id ? -1 : 1));
}
