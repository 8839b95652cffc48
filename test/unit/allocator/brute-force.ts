import type { DeviceView } from '../../../src/allocator/device.ts';
import type { BrickKind, PlaceRequest } from '../../../src/allocator/request.ts';
import { arbiterBrickKib, brickSizes, brickSpace, type SizePair } from '../../../src/allocator/sizes.ts';
import { bricksPerSet } from '../../../src/lib/durability.ts';
import { GIB } from './topologies.ts';

/**
 * The rules of placement written down a second time, as plainly as can be: every set is tried on every combination of
 * devices. For small topologies only; zone checking soft counts as none, since it must never refuse.
 */

interface Slot {
  readonly device: DeviceView;
  freeKib: number;
}

/** Whether any layout exists for the request, at any of its sizes. */
export function layoutExists(devices: readonly DeviceView[], request: PlaceRequest): boolean {
  const sizes = brickSizes(request);
  for (let next = sizes.next(); next.done !== true; next = sizes.next()) {
    if (isArbiter(request) && next.value.brickSizeKib < request.averageFileKib) return false;
    if (layoutExistsFor(devices, request, next.value)) return true;
  }
  return false;
}

/** The largest size in whole GiB, up to `mostGib`, that has a layout; 0 when none has. */
export function largestGib(devices: readonly DeviceView[], request: PlaceRequest, mostGib: number): number {
  for (let sizeGib = mostGib; sizeGib > 0; sizeGib -= 1) {
    if (layoutExists(devices, { ...request, sizeKib: sizeGib * GIB })) return sizeGib;
  }
  return 0;
}

/** Whether there is a layout for exactly these sizes, with at least so many different zones in every set. */
export function layoutExistsFor(
  devices: readonly DeviceView[],
  request: PlaceRequest,
  { sets, brickSizeKib }: SizePair,
  zonesEach = 1,
): boolean {
  const kinds = Array.from({ length: bricksPerSet(request.durability) }, (_, at): BrickKind => {
    return isArbiter(request) && at === 2 ? 'arbiter' : 'data';
  });
  const sizeKib = {
    data: brickSizeKib,
    arbiter: arbiterBrickKib(brickSizeKib, request.averageFileKib) ?? Number.NaN,
  };
  const slots: Slot[] = devices
    .filter((device) => mayUse(device, request))
    .map((device) => ({ device, freeKib: device.totalKib - device.usedKib }));
  const deadEnds = new Set<string>();

  const placeSets = (left: number): boolean => {
    if (left === 0) return true;
    const state = `${left} ${slots.map(({ freeKib }) => freeKib).join(' ')}`;
    if (deadEnds.has(state)) return false;
    if (placeBricks([], left)) return true;
    deadEnds.add(state);
    return false;
  };

  const placeBricks = (set: readonly number[], left: number): boolean => {
    const kind = kinds[set.length];
    if (kind === undefined) {
      const zones = new Set(set.map((at) => slots[at]?.device.zone));
      return zones.size >= zonesEach && placeSets(left - 1);
    }
    // Data bricks are equal: they are tried in one order only.
    const from = kind === 'data' ? (set.at(-1) ?? -1) + 1 : 0;
    for (let at = from; at < slots.length; at += 1) {
      const slot = slots[at];
      if (slot === undefined || !mayJoin(slot, set, kind)) continue;
      const { totalKib } = brickSpace(sizeKib[kind], request.snapshotFactor, slot.device.extentKib);
      if (slot.freeKib <= totalKib) continue;
      slot.freeKib -= totalKib;
      const placed = placeBricks([...set, at], left);
      slot.freeKib += totalKib;
      if (placed) return true;
    }
    return false;
  };

  const mayJoin = (slot: Slot, set: readonly number[], kind: BrickKind): boolean => {
    const tag = slot.device.tags.arbiter;
    if (isArbiter(request) && tag === (kind === 'data' ? 'required' : 'disabled')) return false;
    return set.every((at) => {
      const other = slots[at]?.device;
      const sameZone = request.zoneChecking === 'strict' && other?.zone === slot.device.zone;
      return other?.nodeId !== slot.device.nodeId && !sameZone;
    });
  };

  return placeSets(sets);
}

export function isArbiter({ durability }: PlaceRequest): boolean {
  return durability.type === 'replicate' && durability.arbiter;
}

export function mayUse(device: DeviceView, { excludedNodeIds, tagRule }: PlaceRequest): boolean {
  if (device.unusable !== undefined || excludedNodeIds?.has(device.nodeId) === true) return false;
  if (tagRule === undefined) return true;
  return ((device.tags[tagRule.key] ?? '') === tagRule.value) !== tagRule.negated;
}
