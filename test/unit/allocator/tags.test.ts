import { describe, expect, it } from 'vitest';
import { arbiterTag, formatTagRule, matchesTagRule, parseTagRule } from '../../../src/allocator/tags.ts';
import { AppError } from '../../../src/errors.ts';

describe('the tag rule of a volume', () => {
  it.each([
    ['disk=ssd', { key: 'disk', value: 'ssd', negated: false }],
    ['disk!=ssd', { key: 'disk', value: 'ssd', negated: true }],
    ['my-disk_1.x=fast-ssd', { key: 'my-disk_1.x', value: 'fast-ssd', negated: false }],
  ])('reads %s and writes it back', (text, rule) => {
    expect(parseTagRule(text)).toEqual(rule);
    expect(formatTagRule(rule)).toBe(text);
  });

  it.each([
    '',
    'disk',
    '=ssd',
    'disk=',
    'disk!=',
    'disk==ssd',
    'a=b=c',
    'disk=a/b',
    'disk = ssd',
    'disk!ssd',
    'disk=ssd\n',
    `${'k'.repeat(33)}=v`,
    `k=${'v'.repeat(65)}`,
  ])('refuses %j in the words of the wire', (text) => {
    expect(() => parseTagRule(text)).toThrow(AppError);
    expect(() => parseTagRule(text)).toThrow(`Invalid tag matching rule: Invalid tag match rule: ${text}`);
  });

  it('compares exactly; a missing tag compares as empty', () => {
    const equal = parseTagRule('disk=ssd');
    const unequal = parseTagRule('disk!=ssd');
    for (const [tags, matches] of [
      [{ disk: 'ssd' }, true],
      [{ disk: 'SSD' }, false],
      [{}, false],
    ] as const) {
      expect(matchesTagRule(equal, tags)).toBe(matches);
      expect(matchesTagRule(unequal, tags)).toBe(!matches);
    }
  });

  it('does not find what every object inherits', () => {
    expect(matchesTagRule(parseTagRule('constructor!=x'), {})).toBe(true);
    expect(arbiterTag(JSON.parse('{"__proto__":{"arbiter":"required"}}') as Record<string, string>)).toBe(
      'supported',
    );
  });
});

describe('the arbiter tag', () => {
  it.each([
    [{}, 'supported'],
    [{ arbiter: 'supported' }, 'supported'],
    [{ arbiter: 'required' }, 'required'],
    [{ arbiter: 'disabled' }, 'disabled'],
    [{ arbiter: 'Required' }, 'supported'],
    [{ arbiter: '' }, 'supported'],
  ])('%j means %s', (tags, meaning) => {
    expect(arbiterTag(tags)).toBe(meaning);
  });
});
