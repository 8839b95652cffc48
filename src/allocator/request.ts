import type { SizeRequest } from './sizes.ts';
import type { TagRule } from './tags.ts';

/**
 * How zones count (engine 2.5). `strict`: never two bricks of a set in one zone. `soft`: as many different zones as there
 * is room for, but never a reason to refuse. `none`: zones do not matter.
 */
export type ZoneChecking = 'none' | 'strict' | 'soft';

/** A wish for bricks in one cluster: a new volume, or what an expansion adds. */
export interface PlaceRequest extends SizeRequest {
  /** From 1 (no snapshots) to 100. */
  readonly snapshotFactor: number;
  readonly zoneChecking: ZoneChecking;
  readonly tagRule?: TagRule;
  /** KiB, at least 1; sizes arbiter bricks. */
  readonly averageFileKib: number;
  /** Decides which of equally full devices come first, for instance the id of the volume. */
  readonly seed: string;
  /** Nodes that just failed at this: they get no brick. */
  readonly excludedNodeIds?: ReadonlySet<string>;
}

/** What a brick holds: data, or only names and attributes. */
export type BrickKind = 'data' | 'arbiter';
