import { NotSimulated } from '../program.ts';

/** Rows of a report as LVM selects them with `-S`: alternatives of conditions that all hold. */
export interface Selection {
  matches(field: (name: string) => string): boolean;
  /** The volume groups that can have matching rows; undefined when that cannot be told. */
  readonly groups: readonly string[] | undefined;
  /** Where all matching logical volumes are found: one of these each; undefined when that cannot be told. */
  readonly candidates: readonly Candidate[] | undefined;
}

/** Logical volumes that a selection names one by one, or by their pool. */
export interface Candidate {
  readonly field: 'lv_name' | 'pool_lv';
  readonly value: string;
}

interface Condition {
  readonly field: string;
  readonly isEqual: boolean;
  readonly value: string;
}

/** Reads `vg_name=a || vg_name=b && lv_name!=c`. */
export function parseSelection(text: string | undefined): Selection {
  if (text === undefined) return { matches: () => true, groups: undefined, candidates: undefined };
  const alternatives = text.split('||').map((alternative) => alternative.split('&&').map(parseCondition));
  const groups = alternatives.map(
    (conditions) => conditions.find(({ field, isEqual }) => isEqual && field === 'vg_name')?.value,
  );
  const candidates = alternatives.map(candidateOf);
  return {
    matches: (field) =>
      alternatives.some((conditions) =>
        conditions.every((condition) => holds(condition, field(condition.field))),
      ),
    candidates: candidates.includes(undefined) ? undefined : candidates.filter((each) => each !== undefined),
    groups: groups.includes(undefined) ? undefined : groups.filter((group) => group !== undefined),
  };
}

/** Hidden volumes are shown in brackets and go by no name of their own. */
function candidateOf(conditions: readonly Condition[]): Candidate | undefined {
  for (const { field, isEqual, value } of conditions) {
    if (isEqual && (field === 'lv_name' || field === 'pool_lv') && /^[^[]/.test(value))
      return { field, value };
  }
  return undefined;
}

/** Of a list of tags one has to be the value. */
function holds({ field, isEqual, value }: Condition, shown: string): boolean {
  const isIt = field.endsWith('_tags') ? shown.split(',').includes(value) : shown === value;
  return isIt === isEqual;
}

function parseCondition(text: string): Condition {
  const [, field, operator, value] = /^\s*([a-z_]+)\s*(!?=)\s*"?([^"\s()]*)"?\s*$/.exec(text) ?? [];
  if (field === undefined || value === undefined) throw new NotSimulated(`the selection ${text.trim()}`);
  return { field, isEqual: operator === '=', value };
}
