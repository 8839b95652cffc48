import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TemplateFault } from '../../src/cli/go-template/fault.ts';
import { readTemplate } from '../../src/cli/go-template/template.ts';
import { readTopologyTemplate, topologyValue } from '../../src/cli/text/topology-template.ts';
import { cases } from '../unit/cli/go-template/cases.ts';
import { twoClusters } from '../unit/cli/go-template/two-clusters.ts';
import { mutated } from './mutations.ts';

const value = topologyValue(twoClusters);
const limits = { work: 200_000, depth: 500 };

/** The output, or what the template was refused with. Anything else that is thrown fails the test. */
function outcome(template: string): string {
  try {
    readTopologyTemplate(template);
    return readTemplate(template, { name: 'fuzz', limits }).render(value);
  } catch (thrown) {
    if (thrown instanceof TemplateFault) return thrown.message;
    throw new Error(`not a fault of the template: ${JSON.stringify(template)}`, { cause: thrown });
  }
}

const words = [
  '{{',
  '}}',
  '{{- ',
  ' -}}',
  '/*',
  '*/',
  '(',
  ')',
  '|',
  ' ',
  '.',
  ',',
  '$',
  '$x',
  ':=',
  '=',
  '"a"',
  '"',
  '`',
  "'a'",
  '1',
  '-1',
  '1.5',
  '1e9',
  '999999999',
  'nil',
  'true',
  'if ',
  'else',
  'end',
  'range ',
  'with ',
  'define "T"',
  'template "T"',
  'block "B" ',
  'break',
  'continue',
  '.ClusterList',
  '.Nodes',
  '.Id',
  '.Tags',
  '.Storage',
  'len ',
  'index ',
  'slice ',
  'print ',
  'printf ',
  '"%v %[2]*.3d %"',
  '"%999999x"',
  'and ',
  'or ',
  'not ',
  'eq ',
  'lt ',
  'html ',
  'js ',
  'urlquery ',
  'join ',
  'kibToGib ',
  'call ',
  '.constructor',
  '.__proto__',
  '\n',
  'é',
  '\u{1F600}',
  '\u0000',
];

const ofWords = fc.array(fc.constantFrom(...words), { maxLength: 40 }).map((parts) => parts.join(''));
const action = fc
  .array(fc.constantFrom(...words.slice(6)), { maxLength: 12 })
  .map((parts) => `{{range .ClusterList}}{{${parts.join('')}}}{{end}}`);
const known = fc
  .constantFrom(...Object.values(cases).flatMap((group) => group.map(([, template]) => template)))
  .chain((template) => mutated(template));

describe('any string as a template', () => {
  it.each([
    ['at random', fc.string({ unit: 'binary', maxLength: 200 })],
    ['of the words of the language', ofWords],
    ['of actions', action],
    ['made of good ones with small wounds', known],
  ])('%s is rendered, or refused as a template', (_, templates) => {
    fc.assert(
      fc.property(templates, (template) => {
        expect(typeof outcome(template)).toBe('string');
      }),
      { numRuns: 3000 },
    );
  });
});
