import { parseArgs } from 'node:util';
import { type Measure, measures } from './cell.ts';

export interface BenchOptions {
  readonly nodes: readonly number[];
  readonly volumes: readonly number[];
  readonly only: ReadonlySet<Measure>;
  /** 200 creations at once, and the long queue. */
  readonly extremes: boolean;
  readonly queued: number;
  readonly jsonFile: string | undefined;
  readonly writeDocs: boolean;
  readonly program: string | undefined;
  /** Claims of Kubernetes instead of all else. */
  readonly claims: boolean;
}

export const usage = `usage: npm run bench -- [flags]

  --nodes 10,100      sizes of the cluster (each node has 4 devices)
  --volumes 0,1000    volumes that exist while it is measured
  --only create,info  measure only these: ${measures.join(', ')}
  --no-extremes       leave out 200 creations at once and the long queue
  --full              all sizes of the reference and beyond (some ten minutes)
  --json FILE         write the figures as JSON, too
  --write-docs        put them into docs/performance.md
  --claims            measure claims on a real control plane of Kubernetes, nothing else
  --program FOLDER    measure this build instead of dist/`;

const quick = { nodes: '10,100', volumes: '0,1000', queued: 1000 };
const full = { nodes: '10,100,1000', volumes: '0,1000,5000,10000', queued: 10_000 };

/** @throws Error that names what is wrong with the flags. */
export function readOptions(argv: readonly string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    allowNegative: true,
    options: {
      nodes: { type: 'string' },
      volumes: { type: 'string' },
      only: { type: 'string' },
      extremes: { type: 'boolean', default: true },
      full: { type: 'boolean', default: false },
      json: { type: 'string' },
      'write-docs': { type: 'boolean', default: false },
      program: { type: 'string' },
      claims: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const sizes = values.full ? full : quick;
  return {
    nodes: numbers('nodes', values.nodes ?? sizes.nodes, 3),
    volumes: numbers('volumes', values.volumes ?? sizes.volumes, 0).sort((a, b) => a - b),
    only: new Set(measuresIn(values.only ?? measures.join(','))),
    extremes: values.extremes,
    queued: sizes.queued,
    jsonFile: values.json,
    writeDocs: values['write-docs'],
    program: values.program,
    claims: values.claims,
  };
}

function numbers(flag: string, text: string, least: number): number[] {
  return text.split(',').map((word) => {
    const number = Number(word);
    if (Number.isInteger(number) && number >= least) return number;
    throw new Error(`--${flag}: "${word}" must be a whole number of at least ${least}`);
  });
}

function measuresIn(text: string): Measure[] {
  return text.split(',').map((word) => {
    const measure = measures.find((name) => name === word);
    if (measure !== undefined) return measure;
    throw new Error(`--only: "${word}" is none of ${measures.join(', ')}`);
  });
}
