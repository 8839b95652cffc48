import { AppError } from '../errors.ts';

/** A volume's demand on the tags of its devices (`user.heketi.device-tag-match`). */
export interface TagRule {
  readonly key: string;
  readonly value: string;
  /** True for `KEY!=VALUE`. */
  readonly negated: boolean;
}

export type Tags = Readonly<Record<string, string>>;

/** What the tag `arbiter` of a device allows: both kinds of bricks, arbiter bricks only, data bricks only. */
export type ArbiterTag = 'supported' | 'required' | 'disabled';

const rulePattern = /^(?<key>[a-zA-Z0-9_.-]{1,32})(?<operator>!?=)(?<value>[a-zA-Z0-9_.-]{1,64})$/;

/**
 * Reads `KEY=VALUE` or `KEY!=VALUE` (engine 2.6). Hyphens are accepted, unlike in Heketi; the other characters its
 * pattern let through by mistake (`/ : ; < = > ? @ [ \ ] ^`) are not.
 *
 * @throws AppError `request.invalid` with the wire's words `Invalid tag matching rule: …`
 */
export function parseTagRule(text: string): TagRule {
  const { key, operator, value } = rulePattern.exec(text)?.groups ?? {};
  if (key === undefined || value === undefined) {
    throw new AppError(
      'request.invalid',
      `Invalid tag matching rule: Invalid tag match rule: ${text} ` +
        '(device-tag-match must be KEY=VALUE or KEY!=VALUE; KEY has 1 to 32 and VALUE 1 to 64 of the characters a-z A-Z 0-9 _ . -)',
      { details: { rule: text } },
    );
  }
  return { key, value, negated: operator === '!=' };
}

export function formatTagRule(rule: TagRule): string {
  return `${rule.key}${rule.negated ? '!=' : '='}${rule.value}`;
}

/** Exact and case sensitive; a missing tag compares as the empty text, so `!=` passes on an untagged device. */
export function matchesTagRule(rule: TagRule, tags: Tags): boolean {
  return (tagValue(tags, rule.key) === rule.value) !== rule.negated;
}

/** The value of the tag `arbiter`; missing or unknown values mean `supported` (engine 2.6). */
export function arbiterTag(tags: Tags): ArbiterTag {
  const value = tagValue(tags, 'arbiter');
  return value === 'required' || value === 'disabled' ? value : 'supported';
}

/** Own keys only: a rule about `constructor` must not find what every object inherits. */
function tagValue(tags: Tags, key: string): string {
  return Object.hasOwn(tags, key) ? (tags[key] ?? '') : '';
}
