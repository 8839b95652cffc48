import type { Unusable } from './device.ts';
import type { SizePair } from './sizes.ts';

/**
 * Why a request was refused. Only `no-space` means that bytes are short.
 *
 * - `no-nodes`: the cluster has no device at all
 * - `no-usable-devices`: every device or its node is offline, failed, down or just failed
 * - `no-device-matches-tags`: no usable device passes the tag rule
 * - `no-arbiter-device`, `no-data-device`: the tag `arbiter` leaves no device for one kind of brick
 * - `too-few-nodes`, `too-few-zones`: a set needs more of them than there are, whatever their room
 * - `max-bricks`, `min-brick-size`, `average-file-size`: this limit is what stands in the way, not the room
 */
export type RefusalCode =
  | 'no-nodes'
  | 'no-usable-devices'
  | 'no-device-matches-tags'
  | 'no-arbiter-device'
  | 'no-data-device'
  | 'too-few-nodes'
  | 'too-few-zones'
  | 'max-bricks'
  | 'min-brick-size'
  | 'average-file-size'
  | 'no-space';

/**
 * What a device says to the request.
 *
 * - the reasons of `Unusable`; `node-excluded`: the node just failed at this request
 * - `tag-mismatch`: the tag rule does not match
 * - `too-small`: not even the smallest brick that was tried fits
 * - `small-bricks-only`: the smallest brick that was tried fits, the largest does not
 * - `fits`: it takes the largest brick; what lacks is elsewhere
 */
export type DeviceReasonCode =
  | Unusable
  | 'node-excluded'
  | 'tag-mismatch'
  | 'too-small'
  | 'small-bricks-only'
  | 'fits';

export interface DeviceReason {
  readonly deviceId: string;
  readonly nodeId: string;
  readonly nodeName: string;
  readonly deviceName: string;
  readonly reason: DeviceReasonCode;
  /** The reason in a few words, with figures where it is about room. */
  readonly text: string;
  readonly freeKib: number;
  /** More than this must be free: for the smallest brick with `too-small`, else for the largest that was tried. */
  readonly neededKib: number;
}

/** The data of a refusal holds this many devices; the rest is counted. */
export const MAX_DEVICE_REASONS = 200;
/** Suggestions in a refusal, the smallest change first. */
export const MAX_SUGGESTIONS = 4;

/** A request that cannot be placed, explained (law 7 of the design). */
export interface Refusal {
  readonly ok: false;
  readonly code: RefusalCode;
  /** For people: a short first line, then the details, one a line. Starts with "No space" only when bytes are short. */
  readonly message: string;
  /** At most `MAX_DEVICE_REASONS`, those nearest to being of use first. */
  readonly devices: readonly DeviceReason[];
  readonly devicesOmitted: number;
  /** The largest volume (expansion) with the same options that would be placed now, whole GiB; 0 when none. */
  readonly largestSizeGib: number;
  /** Changes each of which, alone, lets the request pass; every one was tried out. */
  readonly suggestions: readonly string[];
  /** The sizes that were tried. */
  readonly tried: readonly SizePair[];
}
