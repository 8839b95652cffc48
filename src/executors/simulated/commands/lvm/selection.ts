import { NotSimulated } from '../program.ts';

/** Rows of a report as LVM selects them with `-S`: alternatives of conditions that all hold. */
export interface Selection {
  matches(field: (name: string) => string): boolean;
  /** The volume groups that can have matching rows; undefined when that cannot be told. */
  readonly groups: readonly string[] | undefined;
  /** Whether the row of a logical volume can match, as far as its name and its pool tell: most rows need not be made. */
  readonly mayMatch: (name: string, pool: string) => boolean;
}

interface Condition {
  readonly field: string;
  readonly isEqual: boolean;
  readonly value: string;
}

/** Reads `vg_name=a || vg_name=b && lv_name!=c`. */
export function parseSelection(text: string | undefined): Selection {
  if (text === undefined) return { matches: () => true, groups: undefined, mayMatch: () => true };
  const alternatives = text.split('||').map((alternative) => alternative.split('&&').map(parseCondition));
  const groups = alternatives.map(
    (conditions) => conditions.find(({ field, isEqual }) => isEqual && field === 'vg_name')?.value,
  );
  return {
    matches: (field) =>
      alternatives.some((conditions) =>
        conditions.every((condition) => holds(condition, field(condition.field))),
      ),
    mayMatch: (name, pool) =>
      alternatives.some((conditions) =>
        conditions.every(
          ({ field, isEqual, value }) =>
            !isEqual || (field === 'lv_name' ? value === name : field !== 'pool_lv' || value === pool),
        ),
      ),
    groups: groups.includes(undefined) ? undefined : groups.filter((group) => group !== undefined),
  };
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
