import { formatSource, rankOf, type Source } from './source.ts';

/** One thing that is wrong with the configuration, complete in itself. Never holds a secret. */
export interface Fault {
  /** The key as it is written at its source (`ssh.port`, or `glusterfs.sshexec.port` in Heketi's file); '' for all. */
  readonly key: string;
  readonly source: Source;
  /** What stands there: `found "abc"`, `unknown key`, `not set`. */
  readonly found: string;
  /** What to do about it, or what the value must be. */
  readonly remedy: string;
}

/** Something that works, but probably not as the administrator thinks. */
export interface Warning {
  readonly key: string;
  readonly source: Source;
  readonly message: string;
}

/** What a part of the reading finds beside its result. */
export interface Findings {
  readonly faults: Fault[];
  readonly warnings: Warning[];
}

export function noFindings(): Findings {
  return { faults: [], warnings: [] };
}

/** A fault or a warning with its place written out, for JSON output. */
export type Placed<Finding extends Fault | Warning> = Finding & { readonly place: string };

/** Faults and warnings in the order of their places: file by line, then variables, then flags, then what is missing. */
export function inOrder<Finding extends Fault | Warning>(findings: readonly Finding[]): Finding[] {
  const order = (source: Source): number => (source.kind === 'default' ? 9 : rankOf(source));
  const line = (source: Source): number => (source.kind === 'file' ? (source.line ?? 0) : 0);
  return findings.toSorted(
    (one, other) => order(one.source) - order(other.source) || line(one.source) - line(other.source),
  );
}

/**
 * The text that `mortar config check` and a failed start print: two lines a fault, place, key and what was found on the
 * first, the remedy on the second. '' when there are none.
 */
export function formatFaults(faults: readonly Fault[]): string {
  if (faults.length === 0) return '';
  const title = `The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:`;
  const items = inOrder(faults).map(
    (fault) => `  ${[...headOf(fault), fault.found].join(': ')}\n      ${fault.remedy}`,
  );
  return [title, ...items].join('\n');
}

/** One line a warning; '' when there are none. */
export function formatWarnings(warnings: readonly Warning[]): string {
  return inOrder(warnings)
    .map((warning) => `warning: ${[...headOf(warning), warning.message].join(': ')}`)
    .join('\n');
}

/** The JSON form of faults or warnings. */
export function findingsAsJson<Finding extends Fault | Warning>(
  findings: readonly Finding[],
): Placed<Finding>[] {
  return inOrder(findings).map((finding) => ({ ...finding, place: formatSource(finding.source) }));
}

function headOf(finding: Fault | Warning): string[] {
  const place = finding.source.kind === 'default' ? '' : formatSource(finding.source);
  return [place, finding.key].filter((part) => part !== '');
}
