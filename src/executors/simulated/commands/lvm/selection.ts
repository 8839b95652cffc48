import { NotSimulated } from '../program.ts';

/** Rows of a report as LVM selects them with `-S`: alternatives of conditions that all hold. */
export interface Selection {
  matches(field: (name: string) => string): boolean;
  /** The volume groups that can have matching rows; undefined when that cannot be told. */
  readonly groups: readonly string[] | undefined;
}

interface Condition {
  readonly field: string;
  readonly isEqual: boolean;
  readonly value: string;
}

/** Reads `vg_name=a || vg_name=b && lv_name!=c`. */
export function parseSelection(text: string | undefined): Selection {
  if (text === undefined) return { matches: () => true, groups: undefined };
  const alternatives = text.split('||').map((alternative) => alternative.split('&&').map(parseCondition));
  const groups = alternatives.map(
    (conditions) => conditions.find(({ field, isEqual }) => isEqual && field === 'vg_name')?.value,
  );
  return {
    matches: (field) =>
      alternatives.some((conditions) =>
        conditions.every(({ field: name, isEqual, value }) => (field(name) === value) === isEqual),
      ),
    groups: groups.includes(undefined) ? undefined : groups.filter((group) => group !== undefined),
  };
}

function parseCondition(text: string): Condition {
  const [, field, operator, value] = /^\s*([a-z_]+)\s*(!?=)\s*"?([^"\s()]*)"?\s*$/.exec(text) ?? [];
  if (field === undefined || value === undefined) throw new NotSimulated(`the selection ${text.trim()}`);
  return { field, isEqual: operator === '=', value };
}
