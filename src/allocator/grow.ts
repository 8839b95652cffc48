import { type Durability, dataBricks } from '../lib/durability.ts';
import type { Inventory } from './inventory.ts';
import type { BrickKind } from './request.ts';
import { arbiterBrickKib, brickSpace } from './sizes.ts';
import { countOf, formatKib } from './wording.ts';

/** A brick that is there. Sizes in KiB. */
export interface PresentBrick {
  readonly id: string;
  readonly deviceId: string;
  readonly nodeId: string;
  readonly setIndex: number;
  readonly kind: BrickKind;
  readonly sizeKib: number;
  /** 0 for a brick that lives in the thin pool of another. */
  readonly poolKib: number;
  readonly metadataKib: number;
}

export interface GrowRequest {
  /** What the volume is to have more, in KiB. */
  readonly addedKib: number;
  readonly durability: Durability;
  readonly snapshotFactor: number;
  readonly averageFileKib: number;
  readonly brickMaxKib: number;
  /** All of the volume, in gluster's order. */
  readonly bricks: readonly PresentBrick[];
}

/** The same bricks with the sizes that they are to have. */
export interface Growth {
  readonly ok: true;
  readonly bricks: readonly PresentBrick[];
}

export interface GrowRefusal {
  readonly ok: false;
  /** For people: what keeps the bricks from growing where they are. */
  readonly reasons: readonly string[];
}

/**
 * The sizes of a volume's bricks after it has grown where it is. Every brick set grows by the same share of its size, so
 * sets that differ stay as they are to each other. Pool and metadata follow from the new size as on creation, and as there
 * a device keeps some room free. Nothing shrinks: what is larger already stays so.
 */
export function growInPlace(inventory: Inventory, request: GrowRequest): Growth | GrowRefusal {
  const { bricks } = request;
  if (bricks.length === 0) return { ok: false, reasons: ['it has no bricks'] };
  if (bricks.some(({ poolKib }) => poolKib === 0)) {
    return { ok: false, reasons: ['it is a clone: its bricks live in the thin pools of another volume'] };
  }
  const sizes = setSizes(request);
  const largest = Math.max(...sizes.values());
  if (largest > request.brickMaxKib) {
    const limit = `the largest brick allowed is ${formatKib(request.brickMaxKib)}`;
    return { ok: false, reasons: [`a brick would have ${formatKib(largest)}; ${limit}`] };
  }
  const grown = bricks.map((brick) => {
    const extentKib = inventory.get(brick.deviceId)?.extentKib ?? 1;
    return growBrick(brick, { request, dataKib: sizes.get(brick.setIndex) ?? 0, extentKib });
  });
  const reasons = obstacles(inventory, bricks, grown);
  return reasons.length === 0 ? { ok: true, bricks: grown } : { ok: false, reasons };
}

/** The new size of the data bricks of each set. In whole numbers: the products are larger than a double holds. */
function setSizes({ bricks, durability, addedKib }: GrowRequest): Map<number, number> {
  const present = new Map<number, number>();
  for (const { setIndex, kind, sizeKib } of bricks) {
    if (kind === 'data') present.set(setIndex, Math.min(present.get(setIndex) ?? sizeKib, sizeKib));
  }
  const allKib = [...present.values()].reduce((sum, sizeKib) => sum + sizeKib, 0);
  const whole = BigInt(Math.max(1, allKib)) * BigInt(dataBricks(durability));
  return new Map(
    [...present].map(([set, sizeKib]) => [
      set,
      sizeKib + Number((BigInt(addedKib) * BigInt(sizeKib)) / whole),
    ]),
  );
}

function growBrick(
  brick: PresentBrick,
  {
    request,
    dataKib,
    extentKib,
  }: { readonly request: GrowRequest; readonly dataKib: number; readonly extentKib: number },
): PresentBrick {
  const wantedKib =
    brick.kind === 'arbiter' ? (arbiterBrickKib(dataKib, request.averageFileKib) ?? 0) : dataKib;
  const sizeKib = Math.max(brick.sizeKib, wantedKib);
  const { poolKib, metadataKib } = brickSpace(sizeKib, request.snapshotFactor, extentKib);
  return {
    ...brick,
    sizeKib,
    poolKib: Math.max(brick.poolKib, poolKib),
    metadataKib: Math.max(brick.metadataKib, metadataKib),
  };
}

const takenKib = ({ poolKib, metadataKib }: PresentBrick): number => poolKib + metadataKib;

function obstacles(
  inventory: Inventory,
  before: readonly PresentBrick[],
  after: readonly PresentBrick[],
): string[] {
  const needed = new Map<string, { bricks: number; kib: number }>();
  for (const [index, brick] of after.entries()) {
    const { bricks, kib } = needed.get(brick.deviceId) ?? { bricks: 0, kib: 0 };
    const was = before[index];
    const moreKib = takenKib(brick) - (was === undefined ? 0 : takenKib(was));
    needed.set(brick.deviceId, { bricks: bricks + 1, kib: kib + moreKib });
  }
  return [...needed].flatMap(([deviceId, need]) => obstacle(inventory, deviceId, need) ?? []);
}

/** Why the bricks on a device cannot grow; undefined when they can. */
function obstacle(
  inventory: Inventory,
  deviceId: string,
  { bricks, kib }: { readonly bricks: number; readonly kib: number },
): string | undefined {
  const device = inventory.get(deviceId);
  if (device === undefined) return `the device ${deviceId} is not there`;
  const name = `${device.nodeName} ${device.deviceName}`;
  if (device.unusable !== undefined)
    return `${name} takes nothing new: ${device.unusableText ?? device.unusable.replace('-', ' ')}`;
  const freeKib = device.totalKib - device.usedKib;
  // As on creation: some room stays free.
  if (freeKib > kib) return undefined;
  return `${name} has ${formatKib(freeKib)} free; more than ${formatKib(kib)} are needed for ${countOf(bricks, 'brick')}`;
}
