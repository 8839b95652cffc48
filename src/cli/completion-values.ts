import type { Option } from 'commander';

/** A word that a shell may complete to. */
export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** `file` of `-j, --json <file>`; of `--cluster <id>`, which says nothing, the flag's own name. */
export function valueNameOf(option: Option): string {
  const name = /<([^>]*)>/.exec(option.flags)?.[1] ?? '';
  return name === 'id' || name === 'ids' || name === 'type' ? option.name() : name;
}
