import { deviceReasons } from './device-reasons.ts';
import { diagnose } from './diagnose.ts';
import type { Inventory } from './inventory.ts';
import { largestSizeGib } from './largest-size.ts';
import type { Failure } from './layout.ts';
import { type DeviceReason, MAX_DEVICE_REASONS, type Refusal, type RefusalCode } from './refusal.ts';
import type { PlaceRequest } from './request.ts';
import type { SizePair } from './sizes.ts';
import { suggest } from './suggest.ts';
import { countOf, formatKib } from './wording.ts';

/** Refusals to which the sizes that were tried matter. */
const aboutRoom: ReadonlySet<RefusalCode> = new Set([
  'no-space',
  'max-bricks',
  'min-brick-size',
  'average-file-size',
]);
/** Devices that the message names; the data has more. */
const DEVICES_IN_MESSAGE = 8;

/**
 * Explains a failure (law 7 of the design): what stands in the way, what each device says, the largest size that would be
 * placed, the smallest changes that help. Costs some hundred attempts at placing, so it is for refusals only.
 */
export function explain(inventory: Inventory, request: PlaceRequest, failure: Failure): Refusal {
  const { code, headline } = diagnose(inventory, request, failure);
  const devices = deviceReasons(inventory, request, failure);
  const largestGib = largestSizeGib(inventory, request);
  const suggestions = suggest({ inventory, request, tried: failure.tried, largestGib });
  const lines = [
    headline,
    ...(aboutRoom.has(code) ? describeTried(failure.tried) : []),
    ...describeDevices(devices),
    ...describeLargest(request, largestGib),
    ...suggestions.map((suggestion) => `To let it pass: ${suggestion}`),
  ];
  return {
    ok: false,
    code,
    message: lines.join('\n'),
    devices: devices.slice(0, MAX_DEVICE_REASONS),
    devicesOmitted: Math.max(0, devices.length - MAX_DEVICE_REASONS),
    largestSizeGib: largestGib,
    suggestions,
    tried: failure.tried,
  };
}

function describeTried(tried: readonly SizePair[]): string[] {
  if (tried.length === 0) return [];
  const pairs = tried.map(
    ({ sets, brickSizeKib }) => `${countOf(sets, 'set')} of ${formatKib(brickSizeKib)}`,
  );
  return [`Bricks tried: ${pairs.join(', ')}`];
}

function describeDevices(devices: readonly DeviceReason[]): string[] {
  const shown = devices.slice(0, DEVICES_IN_MESSAGE);
  const lines = shown.map(({ nodeName, deviceName, text }) => `${nodeName} ${deviceName}: ${text}`);
  const more = devices.length - shown.length;
  return more > 0 ? [...lines, `and ${countOf(more, 'more device')}`] : lines;
}

function describeLargest({ existingBricks }: PlaceRequest, largestGib: number): string[] {
  if (largestGib === 0) return [];
  const what = existingBricks > 0 ? 'expansion' : 'volume';
  return [`Largest ${what} with these options that fits now: ${largestGib} GiB`];
}
