import { z } from 'zod';
import { contentKinds } from '../world/contents.ts';

/** What a simulation begins with. Names and units are those of the simulation file; all keys are optional but `host` and `path`. */

const host = z.string().min(1).max(253);
const milliseconds = z.number().min(0).max(3_600_000);
const path = z.string().regex(/^\/[^\s]*$/, 'must be an absolute path');

export const diskSchema = z.strictObject({
  path: z.string().regex(/^\/dev\/[\w./:+-]+$/, 'must be a path under /dev'),
  sizeGiB: z.number().positive().max(1_048_576).optional(),
  contents: z.enum(contentKinds).default('blank'),
  /** Mounted there; `/` makes it the system's disk. */
  mountedAt: path.optional(),
  /** Used as swap area. */
  swap: z.boolean().default(false),
  /** Other names under /dev/disk. */
  links: z.array(z.string().regex(/^\/dev\/disk\//, 'must be a path under /dev/disk')).default([]),
  readOnly: z.boolean().default(false),
  removable: z.boolean().default(false),
  serial: z.string().optional(),
  wwn: z.string().optional(),
});

const node = z.strictObject({
  host,
  storageHosts: z.array(host).default([]),
  /** Size of disks that appear by themselves. */
  diskGiB: z.number().positive().max(1_048_576).optional(),
  /** Absent: any device appears when it is asked about. Present: only these are there. */
  disks: z.array(diskSchema).optional(),
  /** Devices that are not listed appear all the same. */
  unlistedDisks: z.boolean().optional(),
  missingTools: z.array(z.string()).default([]),
  missingModules: z.array(z.string()).default([]),
  userId: z.int().min(0).default(0),
  power: z.enum(['on', 'off']).default('on'),
  reachable: z.boolean().default(true),
  glusterd: z.enum(['running', 'stopped']).default('running'),
});

/** A regular expression, checked when the file is read. */
const pattern = z.union([z.string(), z.instanceof(RegExp)]).transform((text, context) => {
  try {
    return new RegExp(text);
  } catch (thrown) {
    context.addIssue({ code: 'custom', message: `is no regular expression: ${(thrown as Error).message}` });
    return z.NEVER;
  }
});

const match = {
  host: host.optional(),
  label: pattern.optional(),
  argv: z.array(z.string()).min(1).optional(),
};

const latency = z.strictObject({
  ...match,
  perBatchMs: milliseconds.optional(),
  perCommandMs: milliseconds.optional(),
});

const moment = z.enum(['before', 'after']);

const effect = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('fail'),
    exitCode: z.int().min(1).max(255).optional(),
    stderr: z.string().optional(),
    stdout: z.string().optional(),
    afterEffect: z.boolean().optional(),
  }),
  z.strictObject({ kind: z.literal('cut'), when: moment }),
  z.strictObject({ kind: z.literal('powerOff'), when: moment }),
  z.strictObject({ kind: z.literal('hang') }),
  z.strictObject({ kind: z.literal('corrupt') }),
  z.strictObject({ kind: z.literal('delay'), delayMs: milliseconds }),
]);

const fault = z.strictObject({
  ...match,
  effect,
  nth: z.int().min(1).optional(),
  placeInBatch: z.int().min(1).optional(),
  times: z.union([z.int().min(1), z.literal('always')]).optional(),
});

export const simulationSchema = z.strictObject({
  /** The same seed and the same commands give the same UUIDs. */
  seed: z.int().min(0).max(0xffff_ffff).default(1),
  /** Size of disks that appear by themselves. */
  diskGiB: z.number().positive().max(1_048_576).default(500),
  /** Hosts that are not listed appear when they are addressed. */
  unlistedNodes: z.boolean().default(true),
  nodes: z.array(node).default([]),
  latency: z.array(latency).default([]),
  faults: z.array(fault).default([]),
});

/** A description as it is written. */
export type SimulationInput = z.input<typeof simulationSchema>;
/** A description with its defaults. */
export type SimulationDescription = z.output<typeof simulationSchema>;
export type NodeEntry = SimulationDescription['nodes'][number];
export type DiskInput = z.input<typeof diskSchema>;
export type DiskEntry = z.output<typeof diskSchema>;
