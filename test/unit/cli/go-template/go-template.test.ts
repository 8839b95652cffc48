import { describe, expect, it } from 'vitest';
import { TemplateFault } from '../../../../src/cli/go-template/fault.ts';
import { readTemplate } from '../../../../src/cli/go-template/template.ts';
import {
  type GoStruct,
  goInt,
  goString,
  goStringMap,
  goUint,
} from '../../../../src/cli/go-template/values.ts';
import { readTopologyTemplate, topologyValue } from '../../../../src/cli/text/topology-template.ts';
import { cases } from './cases.ts';
import { twoClusters } from './two-clusters.ts';

const render = (template: string): string =>
  readTopologyTemplate(template).render(topologyValue(twoClusters));

/** The complaint; anything but a fault of the template fails the test. */
function complaint(act: () => unknown): string {
  try {
    return `no complaint, but ${JSON.stringify(act())}`;
  } catch (thrown) {
    if (thrown instanceof TemplateFault) return thrown.message;
    throw thrown;
  }
}

describe.each(Object.entries(cases))("Go's template language: %s", (_, group) => {
  it.each(group)('%s', (_, template, output) => {
    expect(render(template)).toBe(output);
  });
});

describe("the example of Go's documentation", () => {
  const inventory: GoStruct = {
    kind: 'struct',
    type: 'main.Inventory',
    fields: [
      { name: 'Material', value: goString('wool'), isEmbedded: false },
      { name: 'Count', value: goUint(17, 'uint'), isEmbedded: false },
    ],
  };

  it('tells what the items are made of', () => {
    const template = readTemplate('{{.Count}} items are made of {{.Material}}', { name: 'test' });
    expect(template.render(inventory)).toBe('17 items are made of wool');
  });

  it('writes "output" in every way', () => {
    const ways = [
      '{{"\\"output\\""}}',
      '{{`"output"`}}',
      '{{printf "%q" "output"}}',
      '{{"output" | printf "%q"}}',
      '{{printf "%q" (print "out" "put")}}',
      '{{"put" | printf "%s%s" "out" | printf "%q"}}',
      '{{"output" | printf "%s" | printf "%q"}}',
      '{{with "output"}}{{printf "%q" .}}{{end}}',
      '{{with $x := "output" | printf "%q"}}{{$x}}{{end}}',
      '{{with $x := "output"}}{{printf "%q" $x}}{{end}}',
      '{{with $x := "output"}}{{$x | printf "%q"}}{{end}}',
    ];
    expect(ways.map((way) => render(way))).toEqual(ways.map(() => '"output"'));
  });
});

describe('a template that does not parse', () => {
  it.each([
    ['{{.Id', 1, 'unclosed action'],
    ['a\nb\n{{if true}}\nx\n', 5, 'unexpected EOF; expected {{end}}'],
    ['\n{{end}}', 2, 'unexpected {{end}}: nothing is open'],
    ['{{else}}', 1, 'unexpected {{else}}: nothing is open'],
    ['{{if true}}{{else}}{{else}}{{end}}', 1, 'expected {{end}}; found {{else}}'],
    ['\n\n{{foo .}}', 3, 'function "foo" not defined; there are: and, call, eq, ge, gt, html, index, join'],
    ['{{$x}}', 1, 'undefined variable "$x"; defined here: $'],
    ['{{if $x := 1}}{{end}}{{$x}}', 1, 'undefined variable "$x"'],
    ['{{if}}{{end}}', 1, 'missing value for if'],
    ['{{}}', 1, 'missing value for command'],
    ['{{(1}}', 1, 'unclosed left paren'],
    ['{{1)}}', 1, 'unexpected right paren'],
    ['{{1 | 2}}', 1, 'non executable command in pipeline stage 2; expected a function'],
    ['{{"a}}', 1, 'unterminated quoted string'],
    ['{{`a}}', 1, 'unterminated raw quoted string'],
    ["{{'a}}", 1, 'unterminated character constant'],
    ["{{'ab'}}", 1, "malformed character constant: 'ab'"],
    ['{{"\\z"}}', 1, 'invalid syntax in the string "\\z"'],
    ['{{/* x }}', 1, 'unclosed comment'],
    ['{{/* x */ 1}}', 1, 'comment ends before closing delimiter'],
    ['{{089}}', 1, 'integer overflow: "089"'],
    ['{{1e400}}', 1, 'illegal number syntax: "1e400"'],
    ['{{12a}}', 1, 'bad number syntax: "12a"'],
    ['{{1+2i}}', 1, 'complex numbers are not known here'],
    ['{{a.b}}', 1, 'function "a" not defined'],
    ['{{nil.x}}', 1, 'unexpected . after term'],
    ['{{.a+}}', 1, "bad character U+002B '+'"],
    ['{{1 \u0001}}', 1, 'unrecognized character in action: U+0001'],
    ['{{break}}', 1, '{{break}} outside {{range}}'],
    ['{{range 2}}{{block "B" .}}{{continue}}{{end}}{{end}}', 1, '{{continue}} outside {{range}}'],
    ['{{range $a, $b, $c := .}}{{end}}', 1, 'too many declarations in range'],
    ['{{range $a, 1 := .}}{{end}}', 1, 'range can only initialize variables'],
    ['{{template 3}}', 1, 'unexpected "3" in template clause; expected string'],
    ['{{define "T"}}a{{end}}{{define "T"}}b{{end}}', 1, 'multiple definition of template "T"'],
    ['{{if true}}{{define "T"}}{{end}}{{end}}', 1, 'unexpected <define> in command'],
    ['{{if 1}}'.repeat(2000), 1, 'max nesting depth exceeded'],
    [`{{${'('.repeat(2000)}`, 1, 'max expression depth exceeded'],
  ])('%s', (template, line, message) => {
    const text = complaint(() => readTopologyTemplate(template));
    expect(text.startsWith(`template: topology:${line}: `), text).toBe(true);
    expect(text).toContain(message);
  });
});

describe('a template that asks for what is not there', () => {
  it.each([
    [
      '{{range .ClusterList}}\n  {{.Nope}}{{end}}',
      'template: topology:2:4: executing "topology" at <.Nope>: can\'t evaluate field Nope in type api.Cluster; it has: Volumes, BlockVolumes, Nodes, Id, Block, File',
    ],
    [
      '{{.constructor}}',
      "can't evaluate field constructor in type api.TopologyInfoResponse; it has: ClusterList",
    ],
    ['{{.__proto__}}', "can't evaluate field __proto__ in type api.TopologyInfoResponse"],
    ['{{.ClusterList.length}}', "can't evaluate field length in type []api.Cluster"],
    ['{{(len "x").toString}}', "can't evaluate field toString in type int"],
    ['{{index .ClusterList 2}}', 'at <index>: error calling index: index out of range: 2'],
    ['{{index .ClusterList "a"}}', 'cannot index slice/array with type string'],
    ['{{slice "abc" 2 1}}', 'invalid slice index: 2 > 1'],
    ['{{len 3}}', 'error calling len: len of type int'],
    ['{{eq 1 "a"}}', 'incompatible types for comparison: int and string'],
    ['{{lt true false}}', 'invalid type for comparison'],
    ['{{not}}', 'wrong number of args for not: want 1 got 0'],
    ['{{eq}}', 'wrong number of args for eq: want at least 1 got 0'],
    ['{{printf 3}}', 'expected string; found 3'],
    ['{{kibToGib (len "x")}}', 'wrong type for value; expected uint64; got int'],
    ['{{1 2}}', "can't give argument to non-function 1"],
    ['{{.ClusterList 1}}', 'ClusterList has arguments but cannot be invoked as function'],
    ['{{nil}}', 'nil is not a command'],
    ['{{range "abc"}}{{end}}', "range can't iterate over abc"],
    ['{{range $i, $x := 3}}{{end}}', "can't use 3 to iterate over more than one variable"],
    ['{{template "nope"}}', 'template "nope" not defined; there are: "topology"'],
    ['{{define "T"}}{{.A}}{{end}}{{template "T" .}}', 'executing "T" at <.A>'],
    ['{{9223372036854775808}}', '9223372036854775808 overflows int'],
    ['{{call 1}}', 'error calling call: non-function of type int'],
  ])('%s', (template, message) => {
    expect(complaint(() => render(template))).toContain(message);
  });

  it('finds nothing in a map that only objects of JavaScript have', () => {
    const map = goStringMap({ constructor: 'mine' });
    const show = (template: string): string => readTemplate(template, { name: 'test' }).render(map);
    expect(show('{{.constructor}} {{.toString}} {{.__proto__}}')).toBe('mine <no value> <no value>');
    expect(show('{{index . "hasOwnProperty"}}|')).toBe('|');
  });
});

describe('a template that does not end', () => {
  const little = 100_000;
  const run = (template: string, work: number) => (): string =>
    readTemplate(template, { name: 'test', limits: { work, depth: 500 } }).render(goInt(0));

  it.each([
    ['counts for ever', '{{range 9223372036854775807}}{{end}}'],
    ['doubles a text', '{{$x := "x"}}{{range 100}}{{$x = print $x $x}}{{end}}'],
    ['makes wide columns', '{{range 100}}{{$x := printf "%100000d" 1}}{{end}}'],
    ['escapes again and again', '{{$x := "&"}}{{range 100}}{{$x = html $x $x}}{{end}}'],
  ])('is stopped when it %s', (_, template) => {
    expect(complaint(run(template, little))).toBe('template: it makes too much: more than 100000 steps');
  });

  it.each([
    '{{define "R"}}{{template "R" .}}{{end}}{{template "R" .}}',
    '{{template "test" .}}',
    `{{define "R"}}${'{{if true}}'.repeat(250)}{{print ${'('.repeat(250)}1${')'.repeat(250)}}}{{template "R" .}}${'{{end}}'.repeat(250)}{{end}}{{template "R" .}}`,
    `{{define "R"}}{{with ${'(print '.repeat(290)}1${')'.repeat(290)}}}{{template "R" .}}{{end}}{{end}}{{template "R" .}}`,
  ])('is stopped when it goes too deep', (template) => {
    expect(complaint(run(template, 100 * little))).toBe('template: exceeded maximum template depth (500)');
  });
});
