import { topologyDocument } from './topology.ts';
import { hostNames, id, idInBody, required, z } from './wire.ts';

const severity = z.enum(['error', 'warning', 'info']);

const finding = z
  .object({
    id: id.openapi({ description: 'The same for the same difference at every look.' }),
    kind: z.string().openapi({ example: 'brick-not-mounted' }),
    title: z.string(),
    severity,
    cluster: id.nullable(),
    node: id.nullable(),
    object: z.string(),
    evidence: z.string().openapi({ description: 'What the nodes said, and what is on record.' }),
    mend: z.string().openapi({ description: 'What `/doctor/fix` would do; `none`: it is mended by hand.' }),
    advice: z.string().openapi({ description: 'What the mend does, or what a person can do.' }),
    safe: z
      .boolean()
      .openapi({ description: 'The mend takes nothing away and starts nothing that was stopped.' }),
    size: z.int().nullable().openapi({ description: 'KiB that it is about.' }),
    made: z.string().nullable().openapi({ description: 'When the object was made, where its node says so.' }),
    first_seen: z.string(),
    last_seen: z.string(),
  })
  .openapi('Finding');

export const findingList = z
  .object({
    looked: z.string().nullable().openapi({ description: 'End of the last look of this process.' }),
    findings: z.array(finding),
  })
  .openapi('FindingList');

export const findingIds = z.strictObject({ findings: required(z.array(idInBody)) }).openapi('FindingIds');

const mendStart = z
  .object({
    finding: id,
    operation: id.nullable(),
    refused: z.string().nullable().openapi({ description: 'Why no operation was started.' }),
  })
  .openapi('MendStart');

export const mendStarts = z.object({ started: z.array(mendStart) }).openapi('MendStarts');

const quarantineItem = z
  .object({
    id,
    kind: z.enum(['brick', 'volume']),
    cluster: id,
    node: id.nullable(),
    object: z.string(),
    since: z.string(),
    until: z.string().openapi({ description: 'From then on it may be destroyed.' }),
    size: z.int(),
  })
  .openapi('QuarantineItem');

export const quarantineList = z.object({ items: z.array(quarantineItem) }).openapi('QuarantineList');

export const rebuildRequest = z
  .strictObject({
    topology: topologyDocument.optional(),
    hosts: hostNames('manage')
      .optional()
      .openapi({ description: 'Manage host names of the nodes, when there is no topology document.' }),
    dry_run: z.boolean().optional(),
    partial: z
      .boolean()
      .optional()
      .openapi({ description: 'Record what could be seen although something is in the way.' }),
  })
  .refine(({ topology, hosts }) => (topology === undefined) !== (hosts === undefined), {
    error: 'exactly one of topology and hosts must be given',
    path: ['hosts'],
  })
  .refine(
    ({ topology }) => topology === undefined || topology.clusters.some(({ nodes }) => nodes.length > 0),
    {
      error: 'names no node to look at',
      path: ['topology'],
    },
  )
  .openapi('RebuildRequest');

export const rebuildReport = z
  .object({
    done: z.boolean(),
    clusters: z.array(id),
    nodes: z.array(z.object({ id, host: z.string(), cluster: id })),
    devices: z.array(z.object({ id, name: z.string(), node: id })),
    volumes: z.array(z.object({ id, name: z.string(), size: z.int(), cluster: id })),
    bricks: z.int(),
    problems: z.array(z.string()).openapi({ description: 'What is in the way.' }),
    notes: z.array(z.string()).openapi({ description: 'What is left out, or new.' }),
  })
  .openapi('RebuildReport');

export type RebuildRequest = z.infer<typeof rebuildRequest>;
export type RebuildReport = z.infer<typeof rebuildReport>;
export type Finding = z.infer<typeof finding>;
export type FindingList = z.infer<typeof findingList>;
export type MendStart = z.infer<typeof mendStart>;
export type MendStarts = z.infer<typeof mendStarts>;
export type QuarantineItem = z.infer<typeof quarantineItem>;
export type QuarantineList = z.infer<typeof quarantineList>;
