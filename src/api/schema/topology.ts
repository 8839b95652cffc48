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

const documentCluster = z.strictObject({
  file: z.boolean().optional().openapi({ description: 'Absent: true.' }),
  block: z.boolean().optional().openapi({ description: 'Absent: true.' }),
  nodes: z.array(documentNode),
});

type Complain = (path: readonly (string | number)[], message: string) => void;

/** What stands in a document twice: nodes, the names of nodes, the devices of one node. */
function complainOfTwins(clusters: readonly z.infer<typeof documentCluster>[], complain: Complain): void {
  const owners = new Map<string, string>();
  clusters.forEach(({ nodes }, clusterIndex) =>
    nodes.forEach(({ node: { hostnames }, devices = [] }, nodeIndex) => {
      const at = ['clusters', clusterIndex, 'nodes', nodeIndex];
      const [own = ''] = hostnames.manage;
      for (const role of ['manage', 'storage'] as const) {
        const taken = hostnames[role].find((name) => (owners.get(name) ?? own) !== own);
        if (taken !== undefined)
          complain(
            [...at, 'node', 'hostnames', role],
            `${taken} is a name of the node ${String(owners.get(taken))}`,
          );
      }
      if (owners.has(own) && owners.get(own) === own)
        complain([...at, 'node', 'hostnames', 'manage'], `the node ${own} stands in the file twice`);
      for (const name of [...hostnames.manage, ...hostnames.storage])
        if (!owners.has(name)) owners.set(name, own);
      const names = devices.map((device) => (typeof device === 'string' ? device : device.name));
      const twin = names.find((name, index) => names.indexOf(name) !== index);
      if (twin !== undefined) complain([...at, 'devices'], `${twin} stands at the node ${own} twice`);
    }),
  );
}

/** A topology file (wire contract section 19.1); unknown keys are errors. */
export const topologyDocument = z
  .strictObject({ clusters: z.array(documentCluster) })
  .superRefine(({ clusters }, context) =>
    complainOfTwins(clusters, (path, message) =>
      context.addIssue({ code: 'custom', path: [...path], message }),
    ),
  )
  .openapi('TopologyDocument');

const topologyChange = z
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
      cluster.omit({ nodes: true, volumes: true }).extend({
        nodes: z.array(node),
        volumes: z.array(volume.omit({ mount: true })),
        mount: z
          .object({ hosts: z.array(z.string()), options: z.record(z.string(), z.string()) })
          .openapi({ description: 'What every volume of the cluster is mounted from, told once.' }),
      }),
    ),
  })
  .openapi('Topology');

export type TopologyDocument = z.infer<typeof topologyDocument>;
export type TopologyPlan = z.infer<typeof topologyPlan>;
export type TopologyChange = z.infer<typeof topologyChange>;
export type Topology = z.infer<typeof topology>;
