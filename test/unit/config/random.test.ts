import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeConfig } from '../../../src/config/describe-config.ts';
import { formatFaults, formatWarnings } from '../../../src/config/fault.ts';
import { findJsonFault } from '../../../src/config/json-fault.ts';
import type { ConfigCheck } from '../../../src/config/load-config.ts';
import { keyInfos } from '../../../src/config/schema.ts';
import { check, load } from './support.ts';

const names = [...new Set([...keyInfos.keys()].flatMap((path) => path.split('.')))];
const heketiNames = [
  'glusterfs',
  'port',
  'jwt',
  'sshexec',
  'keyfile',
  'executor',
  'enable_tls',
  'cert_file',
  'xfs_su',
];

/** The names of an object and of all in it: what a configuration may have. */
function shapeOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    name,
    ...shapeOf(inner).map((rest) => `${name}.${rest}`),
  ]);
}

/** `{'ssh.port': 1}` as `{ssh: {port: 1}}`. */
function nested(flat: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(flat)) {
    const names = path.split('.');
    const last = names.pop() ?? path;
    let at = root;
    for (const name of names) at = (at[name] ??= {}) as Record<string, unknown>;
    at[last] = value;
  }
  return root;
}

const optional = /^(tls|ssh\.jump|xfs\.stripe)(\.|$)|^listen\.host$/;
const known = new Set(shapeOf(load().config));

/** What is wrong with what was read; it must be faults that can be shown, or a configuration with known keys only. */
function troubleWith({ loaded, faults, warnings }: ConfigCheck): string[] {
  const trouble = faults.filter((fault) => fault.remedy === '').map((fault) => `no remedy: ${fault.key}`);
  if (formatFaults(faults).includes('undefined')) trouble.push('a fault says "undefined"');
  if (formatWarnings(warnings).includes('undefined')) trouble.push('a warning says "undefined"');
  if ((loaded === undefined) !== faults.length > 0)
    trouble.push('neither faults nor a configuration, or both');
  if (loaded === undefined) return trouble;
  if (describeConfig(loaded).includes('undefined')) trouble.push('the description says "undefined"');
  const unknown = shapeOf(loaded.config).filter((name) => !known.has(name) && !optional.test(name));
  return [...trouble, ...unknown];
}

describe('whatever stands in the file', () => {
  it('a random text never crashes', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.lorem());
    fc.assert(
      fc.property(text, fc.constantFrom('a.yaml', 'a.json'), (file, fileName) => {
        expect(troubleWith(check({ file, fileName }))).toEqual([]);
      }),
    );
  });

  it('random pieces of YAML never crash', () => {
    const marks = ': |:|- |\n|\n  |\t|{|}|[|]|,|"|#|&a|*a|!t|>|---|%|?|0|true|<<|$'.split('|');
    const piece = fc.constantFrom(...names, ...heketiNames, ...marks, "'", '|');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        expect(troubleWith(check({ file: pieces.join('') }))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('a random document never crashes and never gives a configuration with unknown keys', () => {
    const name = fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...names, ...heketiNames) },
      { weight: 1, arbitrary: fc.string() },
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ maxDepth: 4 }, fc.dictionary(name, tie('node'), { maxKeys: 6 })),
      node: fc.oneof({ maxDepth: 4, withCrossShrink: true }, fc.jsonValue({ maxDepth: 1 }), tie('tree')),
    }));
    // Real keys with values that often fit, so that many of these load.
    const fitting = fc
      .dictionary(
        fc.constantFrom(...keyInfos.keys()),
        fc.constantFrom(true, 1, 128, 'ssh', '/x', ':80', 'strict', []),
        {
          maxKeys: 3,
        },
      )
      .map(nested);
    fc.assert(
      fc.property(fc.oneof(tree, fitting), (document) => {
        expect(troubleWith(check({ file: JSON.stringify(document), fileName: 'a.json' }))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('an unknown key is always a fault', () => {
    const unknown = fc.stringMatching(/^[a-z_]{1,12}$/).filter((name) => !names.includes(name));
    fc.assert(
      fc.property(unknown, fc.constantFrom('', 'ssh', 'volumes.block_hosting'), (name, group) => {
        const groups = group === '' ? [] : group.split('.');
        const document = groups.reduceRight<object>((inner, outer) => ({ [outer]: inner }), { [name]: 1 });
        const { faults } = check({ file: JSON.stringify(document) });
        expect(faults.map((fault) => fault.found)).toContain('unknown key');
      }),
    );
  });
});

describe('whatever stands in the environment', () => {
  it('never crashes, and a value that is taken is of its kind', () => {
    const variables = [...keyInfos.values()].flatMap(({ variable, key }) => [
      variable,
      ...(key.heketi ?? []).map((one) => one.name),
    ]);
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('true', '0', '1', '22', 'ssh', ':80', 'strict', '/x', 'a b'),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...variables), text, { maxKeys: 8 }), (env) => {
        const result = check({ env });
        expect(troubleWith(result)).toEqual([]);
        const port = result.loaded?.config.ssh.port ?? 22;
        expect(port >= 1 && port <= 65_535).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the scanner of JSON', () => {
  it('agrees with the language on what JSON is', () => {
    const isJson = (text: string): boolean => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    const pieces = '{ } [ ] , : "a" "\\n" "\\x" " 1 -0.5e3 01 1. 1e true null nul'.split(' ');
    const piece = fc.constantFrom(...pieces, ' ', '\n', '\u00a0');
    const text = fc.oneof(
      fc.json(),
      fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(text, (given) => {
        expect(findJsonFault(given) === undefined).toBe(isJson(given));
      }),
      { numRuns: 2000 },
    );
  });
});
