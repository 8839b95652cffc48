import * as fc from 'fast-check';
import type { DeviceView, Unusable } from '../../../src/allocator/device.ts';
import type { PlaceRequest, ZoneChecking } from '../../../src/allocator/request.ts';
import type { Durability } from '../../../src/lib/durability.ts';
import { KIB_PER_GIB } from '../../../src/lib/sizes.ts';

export const GIB = KIB_PER_GIB;

export const none: Durability = { type: 'none' };
export const replica2: Durability = { type: 'replicate', replica: 2, arbiter: false };
export const replica3: Durability = { type: 'replicate', replica: 3, arbiter: false };
export const arbiter: Durability = { type: 'replicate', replica: 3, arbiter: true };
export const disperse = (data: number, redundancy: number): Durability => ({
  type: 'disperse',
  data,
  redundancy,
});

export const defaultLimits = { brickMinKib: GIB, brickMaxKib: 4096 * GIB, maxBricks: 32 };

/** An empty device of 500 GiB on node n1 in zone 1, but for what is given. */
export function device(changes: Partial<DeviceView> & { readonly id: string }): DeviceView {
  const nodeId = changes.nodeId ?? 'n1';
  return {
    nodeId,
    nodeName: nodeId,
    deviceName: `/dev/${changes.id}`,
    zone: 1,
    totalKib: 500 * GIB,
    usedKib: 0,
    extentKib: 4096,
    tags: {},
    ...changes,
  };
}

/** `nodes` nodes of `each` empty devices; node i is in zone 1 + i mod `zones`. */
export function cluster(options: {
  readonly nodes: number;
  readonly each?: number;
  readonly zones?: number;
  readonly totalKib?: number;
}): DeviceView[] {
  const { nodes, each = 1, zones = 1, totalKib = 500 * GIB } = options;
  return Array.from({ length: nodes }, (_, node) =>
    Array.from({ length: each }, (_device, at) =>
      device({ id: `n${node}d${at}`, nodeId: `n${node}`, zone: 1 + (node % zones), totalKib }),
    ),
  ).flat();
}

/** 100 GiB, replica 3, no zones, the default limits, but for what is given. */
export function request(changes: Partial<PlaceRequest> = {}): PlaceRequest {
  return {
    sizeKib: 100 * GIB,
    durability: replica3,
    snapshotFactor: 1,
    zoneChecking: 'none',
    averageFileKib: 64,
    limits: defaultLimits,
    existingBricks: 0,
    seed: 'seed',
    ...changes,
  };
}

const unusable = fc.constantFrom<(Unusable | undefined)[]>(
  undefined,
  undefined,
  undefined,
  undefined,
  undefined,
  'device-offline',
  'device-failed',
  'device-pool-full',
  'node-down',
);

const tags = fc.record(
  {
    arbiter: fc.constantFrom('supported', 'required', 'disabled', 'odd'),
    disk: fc.constantFrom('ssd', 'hdd'),
  },
  { requiredKeys: [] },
);

/** Small devices: sizes of a few GiB with odd remainders, so that limits are met exactly now and then. */
const smallDevice = fc.record({
  totalGib: fc.integer({ min: 1, max: 12 }),
  extraKib: fc.constantFrom(0, 1, 8192, 8193, 12_289, 20_481, 300_000),
  usedGib: fc.integer({ min: 0, max: 3 }),
  extentKib: fc.constantFrom(4096, 8192),
  tags,
  unusable,
});

/** Two to five nodes in up to three zones with one or two small devices each. */
export const smallTopology: fc.Arbitrary<DeviceView[]> = fc
  .array(
    fc.record({
      zone: fc.integer({ min: 1, max: 3 }),
      devices: fc.array(smallDevice, { minLength: 1, maxLength: 2 }),
    }),
    { minLength: 2, maxLength: 5 },
  )
  .map((nodes) =>
    nodes.flatMap(({ zone, devices }, node) =>
      devices.map((one, at): DeviceView => {
        const totalKib = one.totalGib * GIB + one.extraKib;
        return {
          ...device({ id: `n${node}d${at}`, nodeId: `n${node}`, zone, totalKib }),
          usedKib: Math.min(one.usedGib * GIB, totalKib),
          extentKib: one.extentKib,
          tags: one.tags,
          ...(one.unusable === undefined ? {} : { unusable: one.unusable }),
        };
      }),
    ),
  );

const zoneCheckings = fc.constantFrom<ZoneChecking[]>('none', 'strict', 'soft');

/** Requests of a few GiB, cut into up to eight sets. */
export const smallRequest: fc.Arbitrary<PlaceRequest> = fc
  .record({
    sizeGib: fc.integer({ min: 1, max: 9 }),
    durability: fc.constantFrom(none, replica2, replica3, arbiter, arbiter, disperse(2, 1)),
    snapshotFactor: fc.constantFrom(1, 1, 1.3),
    zoneChecking: zoneCheckings,
    rule: fc.constantFrom(undefined, undefined, undefined, false, true),
    averageFileKib: fc.constantFrom(1, 4, 64),
    brickMinKib: fc.constantFrom(GIB / 2, GIB),
    maxBricks: fc.constantFrom(6, 12),
    existingBricks: fc.constantFrom(0, 0, 3),
    excluded: fc.constantFrom(undefined, undefined, 'n0'),
    seed: fc.string({ maxLength: 4 }),
  })
  .map(({ sizeGib, rule, brickMinKib, maxBricks, excluded, ...rest }) => ({
    ...rest,
    sizeKib: sizeGib * GIB,
    limits: { brickMinKib, brickMaxKib: 6 * GIB, maxBricks },
    ...(rule === undefined ? {} : { tagRule: { key: 'disk', value: 'ssd', negated: rule } }),
    ...(excluded === undefined ? {} : { excludedNodeIds: new Set([excluded]) }),
  }));
