import type { RootVersion } from '../storage/gluster/root-version.ts';

/** How far the top folders of a dispersed set have come, read in this order. */
export interface RootsLook {
  /** Of the new brick. */
  readonly before: RootVersion;
  /** Of the set's other bricks; undefined for one that could not be read. */
  readonly others: readonly (RootVersion | undefined)[];
  /** Of the new brick once more. */
  readonly after: RootVersion;
}

/**
 * - `healed`: the new brick's top folder has been healed since it came. Whatever is below it is there, or gluster has noted
 *   that it is to be healed: it notes each entry before it makes it, and counts the folder as healed last.
 * - `behind`: it has not.
 * - `moving`: clients change the folder faster than it can be read; another look may tell.
 * - `unknown`: too few can be read, or nothing was ever counted, so there is nothing to compare with.
 */
export type RootsJudgement = 'healed' | 'behind' | 'moving' | 'unknown';

const parts = ['entries', 'metadata'] as const;
type Part = (typeof parts)[number];

/**
 * Compares the new brick with the others. Clients that write raise the counts of all bricks, the new one's too while it lacks
 * everything: it follows at the same distance. So only a count read before the others' proves that it has caught up, and only
 * one read after theirs that it has not.
 *
 * @param dataBricks so many bricks hold whatever was written.
 */
export function judgeRoots({ before, others, after }: RootsLook, dataBricks: number): RootsJudgement {
  const read = others.filter((version) => version !== undefined);
  // Of the bricks that certainly have the newest, so many may be among those that could not be read.
  const certain = dataBricks - (others.length - read.length);
  if (certain < 1 || read.length < certain) return 'unknown';
  const sorted = (part: Part): bigint[] => read.map((version) => version[part]).sort(descending);
  const newest = (part: Part): bigint => sorted(part)[0] ?? 0n;
  const agreed = (part: Part): bigint => sorted(part)[certain - 1] ?? 0n;
  if (agreed('entries') === 0n) return 'unknown';
  if (parts.every((part) => before[part] >= newest(part))) return 'healed';
  return parts.every((part) => after[part] >= agreed(part)) ? 'moving' : 'behind';
}

const descending = (a: bigint, b: bigint): number => (a === b ? 0 : a > b ? -1 : 1);
