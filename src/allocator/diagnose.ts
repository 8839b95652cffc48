import { bricksPerSet, dataBricks } from '../lib/durability.ts';
import { groupBy } from '../lib/group-by.ts';
import type { Candidate } from './device.ts';
import { describeDurability, hasArbiter } from './durability.ts';
import { isEligible, takesKind } from './eligibility.ts';
import type { Inventory } from './inventory.ts';
import { type Failure, findLayout, isLayout } from './layout.ts';
import type { RefusalCode } from './refusal.ts';
import type { BrickKind, PlaceRequest } from './request.ts';
import { brickSpace } from './sizes.ts';
import { formatTagRule } from './tags.ts';
import { countOf, formatKib } from './wording.ts';

/** What stands in the way, and the first line of the message. */
export interface Diagnosis {
  readonly code: RefusalCode;
  readonly headline: string;
}

/** The smallest brick that is tried to see whether the minimum is what stands in the way: the smallest XFS (engine 1.7). */
const TINY_BRICK_KIB = 16_384;

/** Finds what stands in the way: what the request itself makes impossible, then what the cluster lacks, then room. */
export function diagnose(inventory: Inventory, request: PlaceRequest, failure: Failure): Diagnosis {
  return (
    diagnoseRequest(request, failure) ??
    diagnoseDevices(inventory, request) ??
    diagnoseGroups(inventory, request) ??
    diagnoseLimits(inventory, request, failure) ?? {
      code: 'no-space',
      headline: `No space for ${describeRequest(request)}`,
    }
  );
}

/** The volume in the words of people: "100 GiB with replica 3". */
function describeRequest({ sizeKib, durability }: PlaceRequest): string {
  return `${formatKib(sizeKib)} with ${describeDurability(durability)}`;
}

/** Sizes that no cluster could serve. */
function diagnoseRequest(request: PlaceRequest, failure: Failure): Diagnosis | undefined {
  if (failure.tried.length > 0) return undefined;
  const { limits, averageFileKib, existingBricks } = request;
  const what = describeRequest(request);
  switch (failure.end) {
    case 'min-brick-size':
      return {
        code: 'min-brick-size',
        headline: `Minimum brick size limit reached: ${what} would have bricks smaller than ${formatKib(limits.brickMinKib)}`,
      };
    case 'max-bricks':
      return {
        code: 'max-bricks',
        headline:
          `Maximum number of bricks reached: ${what} takes more than ${limits.maxBricks} bricks` +
          ` of at most ${formatKib(limits.brickMaxKib)}` +
          (existingBricks > 0 ? `, the ${existingBricks} present ones included` : ''),
      };
    case 'average-file-size':
      return averageFileSize(averageFileKib, failure.endBrickKib ?? 0);
  }
}

/** The words of engine 1.7, with units. */
function averageFileSize(averageFileKib: number, brickKib: number): Diagnosis {
  return {
    code: 'average-file-size',
    headline: `Average file size (${averageFileKib} KiB) is greater than Brick size (${brickKib} KiB)`,
  };
}

function diagnoseDevices(inventory: Inventory, request: PlaceRequest): Diagnosis | undefined {
  if (inventory.size === 0) {
    return { code: 'no-nodes', headline: 'The cluster has no node with a device' };
  }
  const { tagRule, ...withoutRule } = request;
  const usable = eligible(inventory, withoutRule);
  if (usable.length === 0) {
    const count = inventory.size === 1 ? 'The only device' : `None of the ${inventory.size} devices`;
    return {
      code: 'no-usable-devices',
      headline: `${count} of the cluster is ${inventory.size === 1 ? 'not ' : ''}usable`,
    };
  }
  const matching = eligible(inventory, request);
  if (tagRule !== undefined && matching.length === 0) {
    return {
      code: 'no-device-matches-tags',
      headline: `None of the ${countOf(usable.length, 'usable device')} matches the tag rule ${formatTagRule(tagRule)}`,
    };
  }
  return diagnoseKinds(matching, request);
}

function diagnoseKinds(matching: readonly Candidate[], request: PlaceRequest): Diagnosis | undefined {
  const takers = (kind: BrickKind) => matching.filter((candidate) => takesKind(request, candidate, kind));
  if (hasArbiter(request.durability) && takers('arbiter').length === 0) {
    return {
      code: 'no-arbiter-device',
      headline: 'No usable device takes arbiter bricks: all have the tag arbiter=disabled',
    };
  }
  if (takers('data').length === 0) {
    return {
      code: 'no-data-device',
      headline: 'No usable device takes data bricks: all have the tag arbiter=required',
    };
  }
  return undefined;
}

/** Whether there are enough nodes and zones for one set, whatever their room. */
function diagnoseGroups(inventory: Inventory, request: PlaceRequest): Diagnosis | undefined {
  const matching = eligible(inventory, request);
  const under = request.tagRule === undefined ? '' : ` under the tag rule ${formatTagRule(request.tagRule)}`;
  const nodes = shortage(matching, request, ({ device }) => device.nodeId);
  if (nodes !== undefined) {
    return { code: 'too-few-nodes', headline: `${shortageText(nodes, 'node')}${under}` };
  }
  if (request.zoneChecking !== 'strict') return undefined;
  const zones = shortage(matching, request, ({ device }) => device.zone);
  if (zones === undefined) return undefined;
  return {
    code: 'too-few-zones',
    headline: `${shortageText(zones, 'zone')}${under}, as zone checking is strict`,
  };
}

interface Shortage {
  readonly needed: number;
  readonly usable: number;
  readonly of: string;
}

function shortageText({ needed, usable, of }: Shortage, noun: string): string {
  return `${countOf(needed, noun)} ${of}needed for each brick set, ${usable} usable`;
}

/**
 * Too few groups for one set? For sets with an arbiter two groups must take data, one the arbiter, three together: then
 * a set can be made (Hall's condition).
 */
function shortage(
  candidates: readonly Candidate[],
  request: PlaceRequest,
  groupOf: (candidate: Candidate) => string | number,
): Shortage | undefined {
  const all = new Set(candidates.map(groupOf)).size;
  const perSet = bricksPerSet(request.durability);
  if (all < perSet) return { needed: perSet, usable: all, of: '' };
  if (!hasArbiter(request.durability)) return undefined;
  const data = candidates.filter((candidate) => takesKind(request, candidate, 'data'));
  const withData = new Set(data.map(groupOf)).size;
  return withData < 2 ? { needed: 2, usable: withData, of: 'that take data bricks ' } : undefined;
}

/** Bytes are not short when they would be enough in bricks of any size: then a limit on the pieces stands in the way. */
function diagnoseLimits(
  inventory: Inventory,
  request: PlaceRequest,
  failure: Failure,
): Diagnosis | undefined {
  if (!hasBytes(inventory, request)) return undefined;
  const { limits, averageFileKib } = request;
  const passes = (changes: Partial<PlaceRequest>): boolean => {
    return isLayout(findLayout(inventory, { ...request, ...changes }, { count: 0 }));
  };
  if (failure.end === 'average-file-size' && passes({ averageFileKib: 1 })) {
    return averageFileSize(averageFileKib, failure.endBrickKib ?? 0);
  }
  const what = describeRequest(request);
  const smallestKib = Math.min(limits.brickMinKib, TINY_BRICK_KIB);
  if (passes({ limits: { ...limits, brickMinKib: smallestKib } })) {
    return {
      code: 'min-brick-size',
      headline: `Minimum brick size limit reached: ${what} would fit only in bricks smaller than ${formatKib(limits.brickMinKib)}`,
    };
  }
  return {
    code: 'max-bricks',
    headline: `Maximum number of bricks reached: the free room lies in pieces too small for ${what} in at most ${limits.maxBricks} bricks`,
  };
}

/**
 * Whether the bytes would be enough if bricks could be cut as small as one likes: each data brick of the set takes the same
 * share of the volume, of which a node (strict: a zone) may hold one share at most. Arbiter bricks count for nothing.
 */
function hasBytes(inventory: Inventory, request: PlaceRequest): boolean {
  const { durability, sizeKib, snapshotFactor, zoneChecking } = request;
  const shares = hasArbiter(durability) ? 2 : bricksPerSet(durability);
  const shareKib = brickSpace(sizeKib / dataBricks(durability), snapshotFactor, 1).totalKib;
  const takers = eligible(inventory, request).filter((candidate) => takesKind(request, candidate, 'data'));
  const groups = groupBy(takers, ({ device }) => (zoneChecking === 'strict' ? device.zone : device.nodeId));
  const roomKib = [...groups.values()].map((group) => {
    return group.reduce((sum, { freeKib }) => sum + Math.max(0, freeKib), 0);
  });
  return roomKib.reduce((sum, kib) => sum + Math.min(shareKib, kib), 0) >= shares * shareKib;
}

function eligible(inventory: Inventory, request: PlaceRequest): Candidate[] {
  const usable = [...inventory.candidates()].filter(({ device }) => device.unusable === undefined);
  return usable.filter((candidate) => isEligible(request, candidate));
}
