import type { Candidate } from './device.ts';
import { hasArbiter } from './durability.ts';
import type { BrickKind, PlaceRequest } from './request.ts';
import { matchesTagRule } from './tags.ts';

/** Whether a usable device may serve this request at all: its node did not just fail, and the tag rule matches. */
export function isEligible(request: PlaceRequest, { device }: Candidate): boolean {
  if (request.excludedNodeIds?.has(device.nodeId) === true) return false;
  return request.tagRule === undefined || matchesTagRule(request.tagRule, device.tags);
}

/** Whether the device takes bricks of this kind. The tag `arbiter` counts for volumes with an arbiter only (engine 2.4). */
export function takesKind(request: PlaceRequest, candidate: Candidate, kind: BrickKind): boolean {
  if (!hasArbiter(request.durability)) return kind === 'data';
  return candidate.arbiter !== (kind === 'data' ? 'required' : 'disabled');
}
