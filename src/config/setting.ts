import type { Candidate } from './candidate.ts';
import type { KeyInfo, KeyPath } from './schema.ts';

/** The strongest value of a key, checked. */
export interface Setting {
  readonly info: KeyInfo;
  /** Where it comes from and how it stands there. */
  readonly candidate: Candidate;
  /** What the program works with; the default's value when `faulty`. */
  readonly value: unknown;
  /** One of the sources gives a value that is not allowed; a fault says so. */
  readonly faulty: boolean;
}

export type Settings = ReadonlyMap<KeyPath, Setting>;

/** True when a file, a variable or a flag sets the key. */
export function isGiven(settings: Settings, path: KeyPath): boolean {
  const kind = settings.get(path)?.candidate.source.kind;
  return kind !== undefined && kind !== 'default';
}

/** True when a value for the key was refused, so that nothing can be concluded from it. */
export function isFaulty(settings: Settings, path: KeyPath): boolean {
  return settings.get(path)?.faulty === true;
}
