import { cluster } from './clusters.ts';
import { deviceName } from './devices.ts';
import { node } from './nodes.ts';
import { volume } from './volumes.ts';
import { hostNames, required, tags, z } from './wire.ts';

const documentDevice = z.union([
  deviceName,
  z.strictObject({ name: deviceName, tags: tags.optional(), destroydata: z.boolean().optional() }),
]);

const documentNode = z.strictObject({
  node: z.strictObject({
    hostnames: z.strictObject({ manage: hostNames('manage'), storage: hostNames('storage') }),
    zone: required(z.int()).min(1, 'must be no less than 1'),
    tags: tags.optional(),
    cluster: z.string().optional().openapi({ description: 'Passed over, as Heketi does.' }),
  }),
  devices: z.array(documentDevice).optional(),
});

/** A topology file (wire contract section 19.1); unknown keys are errors. */
export const topologyDocument = z
  .strictObject({
    clusters: z.array(
      z.strictObject({
        file: z.boolean().optional().openapi({ description: 'Absent: true.' }),
        block: z.boolean().optional().openapi({ description: 'Absent: true.' }),
        nodes: z.array(documentNode),
      }),
    ),
  })
  .superRefine((document, context) => {
    const seen = new Set<string>();
    document.clusters.forEach(({ nodes }, clusterIndex) =>
      nodes.forEach(({ node: { hostnames } }, nodeIndex) => {
        const [name = ''] = hostnames.manage;
        if (seen.has(name)) {
          const path = ['clusters', clusterIndex, 'nodes', nodeIndex, 'node', 'hostnames', 'manage'];
          context.addIssue({ code: 'custom', path, message: `the node ${name} stands in the file twice` });
        }
        seen.add(name);
      }),
    );
  })
  .openapi('TopologyDocument');

export const topologyChange = z
  .object({
    action: z.enum(['add', 'change', 'remove']),
    kind: z.enum(['cluster', 'node', 'device']),
    summary: z.string(),
    blocked: z
      .string()
      .optional()
      .openapi({ description: 'Why it cannot be done; then apply leaves it out.' }),
  })
  .openapi('TopologyChange');

export const topologyPlan = z.object({ changes: z.array(topologyChange) }).openapi('TopologyPlan');

/** Everything in one answer: what `topology info` shows. */
export const topology = z
  .object({
    clusters: z.array(
      cluster.omit({ nodes: true, volumes: true }).extend({ nodes: z.array(node), volumes: z.array(volume) }),
    ),
  })
  .openapi('Topology');

export type TopologyDocument = z.infer<typeof topologyDocument>;
export type TopologyPlan = z.infer<typeof topologyPlan>;
export type TopologyChange = z.infer<typeof topologyChange>;
export type Topology = z.infer<typeof topology>;
