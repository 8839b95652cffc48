import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeviceView } from '../../../src/allocator/device.ts';
import { Inventory } from '../../../src/allocator/inventory.ts';
import { largestSizeGib } from '../../../src/allocator/largest-size.ts';
import { findLayout, isLayout } from '../../../src/allocator/layout.ts';
import type { DeviceReason, Refusal, RefusalCode } from '../../../src/allocator/refusal.ts';
import type { PlaceRequest } from '../../../src/allocator/request.ts';
import { largestGib } from './brute-force.ts';
import { follow } from './follow-suggestion.ts';
import { placeOn } from './rules.ts';
import { GIB, smallRequest, smallTopology } from './topologies.ts';

/** Runs `check` on random refused requests, or on those of them that are of one kind. */
function forRefusals(
  options: { readonly numRuns: number; readonly only?: (refusal: Refusal) => boolean },
  check: (refusal: Refusal, devices: DeviceView[], request: PlaceRequest) => void,
): void {
  fc.assert(
    fc.property(smallTopology, smallRequest, (devices, request) => {
      const result = placeOn(devices, request);
      fc.pre(!result.ok && options.only?.(result) !== false);
      check(result, devices, request);
    }),
    { numRuns: options.numRuns },
  );
}

const isPlaced = (devices: readonly DeviceView[], request: PlaceRequest): boolean => {
  return isLayout(findLayout(new Inventory(devices), request, { count: 0 }));
};

const structural: ReadonlySet<RefusalCode> = new Set([
  'no-nodes',
  'no-usable-devices',
  'no-device-matches-tags',
  'no-arbiter-device',
  'no-data-device',
  'too-few-nodes',
  'too-few-zones',
]);

describe('any refusal on any small cluster', () => {
  it('suggests at most four changes; followed to the letter, each lets the request pass', () => {
    const kinds = new Set<string>();
    forRefusals({ numRuns: 600 }, ({ suggestions }, devices, request) => {
      for (const suggestion of suggestions) kinds.add(suggestion.replace(/ .*/, ''));
      const useless = suggestions.filter((suggestion) => {
        const after = follow({ devices, request }, suggestion);
        return !isPlaced(after.devices, after.request);
      });
      expect(useless).toEqual([]);
      expect(suggestions.length).toBeLessThanOrEqual(4);
    });
    expect([...kinds]).toEqual(expect.arrayContaining(['bring', 'set', 'use', 'ask', 'leave', 'add']));
  });

  it('always has a suggestion, unless no cluster could serve the request', () => {
    forRefusals({ numRuns: 300, only: ({ tried }) => tried.length > 0 }, ({ suggestions }) => {
      expect(suggestions.length).toBeGreaterThan(0);
    });
  });

  it('says "no space" for short bytes and for nothing else', () => {
    const codes = new Set<RefusalCode>();
    forRefusals({ numRuns: 600 }, ({ code, message }) => {
      codes.add(code);
      expect([message.startsWith('No space'), /no space/i.test(message)]).toEqual(
        Array(2).fill(code === 'no-space'),
      );
    });
    expect([...codes]).toEqual(
      expect.arrayContaining(['max-bricks', 'no-space', 'too-few-nodes', 'too-few-zones']),
    );
  });

  it('for short bytes neither more nor smaller bricks help, but room does', () => {
    forRefusals({ numRuns: 200, only: ({ code }) => code === 'no-space' }, (_refusal, devices, request) => {
      const { limits } = request;
      const loose = { ...limits, brickMinKib: 100 * 1024, maxBricks: limits.maxBricks * 6 };
      expect(isPlaced(devices, { ...request, limits: loose })).toBe(false);
      expect(isPlaced(roomy(devices, request), request)).toBe(true);
    });
  });

  it('blames nodes, zones or tags only when no amount of room would help', () => {
    forRefusals({ numRuns: 300, only: ({ code }) => structural.has(code) }, (_refusal, devices, request) => {
      expect(isPlaced(roomy(devices, request), request)).toBe(false);
    });
  });

  it('gives a reason for every device that agrees with the figures beside it', () => {
    forRefusals({ numRuns: 300 }, (refusal, devices) => {
      const views = new Map(devices.map((device) => [device.id, device]));
      const wrong = refusal.devices.filter((reason) => !agrees(reason, views.get(reason.deviceId)));
      expect(wrong).toEqual([]);
      expect(refusal.devices.map(({ deviceId }) => deviceId).sort()).toEqual([...views.keys()].sort());
    });
  });
});

function roomy(devices: readonly DeviceView[], request: PlaceRequest): DeviceView[] {
  return devices.map((one) => ({ ...one, totalKib: one.totalKib + 100 * request.sizeKib }));
}

function agrees({ reason, freeKib, neededKib }: DeviceReason, device: DeviceView | undefined): boolean {
  if (device === undefined || freeKib !== device.totalKib - device.usedKib) return false;
  if (device.unusable !== undefined) return reason === device.unusable;
  if (reason === 'fits') return freeKib > neededKib;
  const aboutRoom = reason === 'too-small' || reason === 'small-bricks-only';
  return aboutRoom ? freeKib <= neededKib : reason === 'tag-mismatch' || reason === 'node-excluded';
}

describe('the largest size that would be placed', () => {
  it('is what trying every size finds', () => {
    fc.assert(
      fc.property(smallTopology, smallRequest, (devices, request) => {
        // No volume is larger than its bricks: at most 12 of at most 6 GiB.
        const found = largestSizeGib(new Inventory(devices), request);
        expect(found).toBe(largestGib(devices, request, 72));
      }),
      { numRuns: 300 },
    );
  });

  it('is placed, and one GiB more is not', () => {
    fc.assert(
      fc.property(smallTopology, smallRequest, (devices, request) => {
        const found = largestSizeGib(new Inventory(devices), request);
        const passes = (sizeGib: number) => isPlaced(devices, { ...request, sizeKib: sizeGib * GIB });
        expect([found === 0 || passes(found), passes(found + 1)]).toEqual([true, false]);
      }),
      { numRuns: 500 },
    );
  });
});
