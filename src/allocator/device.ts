import { type ArbiterTag, arbiterTag, type Tags } from './tags.ts';

/** Why no brick may be put on a device, whatever its room. */
export type Unusable =
  | 'device-offline'
  | 'device-failed'
  | 'device-pool-full'
  | 'node-offline'
  | 'node-failed'
  | 'node-down';

/** A device as placement sees it. Sizes in KiB. */
export interface DeviceView {
  readonly id: string;
  readonly nodeId: string;
  /** The zone of the node: all devices of one node carry the same. */
  readonly zone: number;
  /** For messages only. */
  readonly nodeName: string;
  /** For messages only. */
  readonly deviceName: string;
  readonly totalKib: number;
  /** Bricks, reservations of running operations, and what others (LVM's spare metadata too) keep in the volume group. */
  readonly usedKib: number;
  readonly extentKib: number;
  /** Tags of the node, overlaid by tags of the device. */
  readonly tags: Tags;
  readonly unusable?: Unusable;
  /** For messages only: why, where there is more to say than the reason itself does. */
  readonly unusableText?: string;
}

/** A device with what placement asks of it again and again. */
export interface Candidate {
  readonly device: DeviceView;
  /** Used share of the device, 0 to 1; a device of size 0 counts as full. */
  readonly fill: number;
  readonly freeKib: number;
  readonly arbiter: ArbiterTag;
}

/** Copies the view, so that nothing changes behind the back of an order that is kept. */
export function toCandidate(view: DeviceView): Candidate {
  const device = Object.freeze({ ...view, tags: Object.freeze({ ...view.tags }) });
  const { totalKib, usedKib } = device;
  return {
    device,
    fill: totalKib > 0 ? usedKib / totalKib : 1,
    freeKib: totalKib - usedKib,
    arbiter: arbiterTag(device.tags),
  };
}

/** Emptiest first, ids decide among equals: a total order. */
export function compareCandidates(a: Candidate, b: Candidate): number {
  if (a.fill !== b.fill) return a.fill - b.fill;
  if (a.device.id === b.device.id) return 0;
  return a.device.id < b.device.id ? -1 : 1;
}
