import type { KeyPath } from './schema.ts';
import type { Source } from './source.ts';

/** A value that one source gives for a key. */
export interface Candidate {
  readonly path: KeyPath;
  readonly source: Source;
  /** The name of the key at its source: differs from `path` in Heketi's file. */
  readonly writtenAs: string;
  /** What stands at the source. */
  readonly written: unknown;
  /** The same as Mortar's file would hold it. */
  readonly raw: unknown;
}

/** All candidates of a key, weakest first. */
export type Candidates = ReadonlyMap<KeyPath, readonly Candidate[]>;

/** Groups candidates by key; those of later lists are stronger. */
export function gatherCandidates(...lists: readonly (readonly Candidate[])[]): Candidates {
  const candidates = new Map<KeyPath, Candidate[]>();
  for (const candidate of lists.flat()) {
    candidates.set(candidate.path, [...(candidates.get(candidate.path) ?? []), candidate]);
  }
  return candidates;
}
