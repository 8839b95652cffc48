import type { Candidate } from './candidate.ts';
import type { ConfigFlags } from './definition.ts';
import { keyInfos } from './schema.ts';

/** Finds what the flags set. A switch (`--simulate`) sets something only when it is given. */
export function readFlags(flags: ConfigFlags): Candidate[] {
  return [...keyInfos.values()].flatMap(({ path, key }) => {
    if (key.flag === undefined) return [];
    const { flag, field, sets } = key.flag;
    const given = flags[field];
    if (given === undefined || given === false) return [];
    const raw = sets ?? (typeof given === 'string' ? key.kind.fromText(given) : given);
    return [{ path, source: { kind: 'flag', flag }, writtenAs: path, written: raw, raw }];
  });
}
