import type { DeviceView } from '../../../src/allocator/device.ts';
import { Inventory } from '../../../src/allocator/inventory.ts';
import type { Layout, PlacedBrick } from '../../../src/allocator/layout.ts';
import { type Placement, place, type Refusal } from '../../../src/allocator/place.ts';
import type { PlaceRequest } from '../../../src/allocator/request.ts';
import { brickSpace } from '../../../src/allocator/sizes.ts';
import { bricksPerSet, dataBricks } from '../../../src/lib/durability.ts';
import { isArbiter, mayUse } from './brute-force.ts';

export function placeOn(devices: Iterable<DeviceView>, request: PlaceRequest): Placement | Refusal {
  return place(new Inventory(devices), request);
}

export function expectPlacement(result: Placement | Refusal): Placement {
  if (!result.ok) throw new Error(`refused: ${result.message}`);
  return result;
}

export function expectRefusal(result: Placement | Refusal): Refusal {
  if (result.ok) throw new Error(`placed: ${JSON.stringify(result.sets)}`);
  return result;
}

/** The hard rules that a placement breaks, in words; none for a good one. */
export function violationsOf(
  devices: readonly DeviceView[],
  request: PlaceRequest,
  placement: Layout,
): string[] {
  const byId = new Map(devices.map((device) => [device.id, device]));
  return [
    ...placement.sets.flatMap((set) => setViolations(set, byId, request)),
    ...placement.sets.flat().flatMap((brick) => brickViolations(brick, byId, request)),
    ...roomViolations(placement, byId),
    ...sizeViolations(placement, request),
  ];
}

type DevicesById = ReadonlyMap<string, DeviceView>;

function setViolations(set: readonly PlacedBrick[], byId: DevicesById, request: PlaceRequest): string[] {
  const perSet = bricksPerSet(request.durability);
  const zones = new Set(set.map(({ deviceId }) => byId.get(deviceId)?.zone));
  const kinds = set.map(({ kind }) => kind).join();
  const wantedKinds = isArbiter(request) ? 'data,data,arbiter' : Array(perSet).fill('data').join();
  return [
    ...(new Set(set.map(({ nodeId }) => nodeId)).size === perSet ? [] : ['two bricks of a set on one node']),
    ...(request.zoneChecking !== 'strict' || zones.size === perSet ? [] : ['two bricks of a set in a zone']),
    ...(kinds === wantedKinds ? [] : [`a set of ${kinds}`]),
  ];
}

function brickViolations(brick: PlacedBrick, byId: DevicesById, request: PlaceRequest): string[] {
  const device = byId.get(brick.deviceId);
  if (device === undefined) return [`unknown device ${brick.deviceId}`];
  const space = brickSpace(brick.sizeKib, request.snapshotFactor, device.extentKib);
  const sized = brick.poolKib === space.poolKib && brick.metadataKib === space.metadataKib;
  const refusedTag = brick.kind === 'data' ? 'required' : 'disabled';
  return [
    ...(brick.nodeId === device.nodeId ? [] : ['a brick with the wrong node']),
    ...(mayUse(device, request) ? [] : [`device ${device.id} must not be used`]),
    ...(sized ? [] : ['pool or metadata of the wrong size']),
    ...(isArbiter(request) && device.tags.arbiter === refusedTag
      ? [`${device.id} refuses ${brick.kind}`]
      : []),
  ];
}

function roomViolations({ sets }: Layout, byId: DevicesById): string[] {
  const takenKib = new Map<string, number>();
  for (const { deviceId, poolKib, metadataKib } of sets.flat()) {
    takenKib.set(deviceId, (takenKib.get(deviceId) ?? 0) + poolKib + metadataKib);
  }
  const full = [...takenKib].filter(([deviceId, kib]) => {
    const { totalKib = 0, usedKib = 0 } = byId.get(deviceId) ?? {};
    return totalKib - usedKib <= kib;
  });
  return full.map(([deviceId]) => `no room on ${deviceId}`);
}

function sizeViolations({ sets, brickSizeKib }: Layout, request: PlaceRequest): string[] {
  const { durability, limits, existingBricks, sizeKib } = request;
  const wantedKib = Math.floor(Math.floor(sizeKib / sets.length) / dataBricks(durability));
  const bricks = sets.length * bricksPerSet(durability) + existingBricks;
  const data = sets.flat().filter(({ kind }) => kind === 'data');
  return [
    ...(brickSizeKib === wantedKib ? [] : ['bricks of the wrong size']),
    ...(data.every((brick) => brick.sizeKib === brickSizeKib) ? [] : ['bricks of different sizes']),
    ...(bricks <= limits.maxBricks ? [] : ['too many bricks']),
  ];
}
