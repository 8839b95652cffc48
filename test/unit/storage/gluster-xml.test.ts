import { describe, expect, it } from 'vitest';
import { readXml } from '../../../src/storage/gluster/xml-tree.ts';

const plain = { isList: () => false, isMixed: () => false };

describe("gluster's XML", () => {
  it('is read as text and children by name, trimmed, in lists where there are more than one', () => {
    const text =
      '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<a>\n <b uuid="1>0">host:/x<name> n </name></b>\n <b/><c></c></a>\n';
    expect(JSON.stringify(readXml(text, { ...plain, isMixed: (name) => name === 'b' }))).toBe(
      '{"a":{"b":[{"name":"n"},""],"c":""}}',
    );
    expect(
      JSON.stringify(
        readXml('<a><b>1</b></a>', { ...plain, isList: (name, parent) => name === 'b' && parent === 'a' }),
      ),
    ).toBe('{"a":{"b":["1"]}}');
  });

  it('may name characters instead of writing them', () => {
    expect(readXml('<a>&lt;&amp;lt;&#65;&#x42;&quot;&apos;&gt;</a>', plain).a).toBe(`<&lt;AB"'>`);
  });

  it.each([
    ['nothing', ''],
    ['no element', 'Connection failed'],
    ['text around the root', '<a/>x'],
    ['two roots', '<a/><b/>'],
    ['two roots of a name', '<a/><a/>'],
    ['a cut-off answer', '<a><b>1</b>'],
    ['a tag that lost its first sign', '<a>b>1</b></a>'],
    ['elements that became text beside others', '<a><b>1</b>c>2/c></a>'],
    ['a cut-off tag', '<a><b>1</'],
    ['tags that cross', '<a><b></a></b>'],
    ['a closing tag that opens nothing', '</a>'],
    ['an attribute without quotes', '<a b=c/>'],
    ['an unknown entity', '<a>&ha;</a>'],
    ['a lone ampersand', '<a>x & y</a>'],
    ['a character that does not exist', '<a>&#x110000;</a>'],
    ['a document type', '<!DOCTYPE a><a/>'],
    ['CDATA', '<a><![CDATA[x]]></a>'],
    ['a comment', '<a><!-- x --></a>'],
    ['a depth that no answer has', '<a>'.repeat(5000) + '</a>'.repeat(5000)],
  ])('is refused: %s', (_what, text) => {
    expect(() => readXml(text, plain)).toThrow(SyntaxError);
  });
});
