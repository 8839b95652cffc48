import { id, idList, z } from './wire.ts';

export const clusterFlags = z
  .object({
    file: z.boolean().optional().openapi({ description: 'Allow file volumes. Absent: false.' }),
    block: z.boolean().optional().openapi({ description: 'Allow block hosting volumes. Absent: false.' }),
  })
  .openapi('ClusterFlags');

export const cluster = z
  .object({
    id,
    nodes: idList,
    volumes: idList,
    block: z.boolean(),
    file: z.boolean(),
    blockvolumes: idList,
  })
  .openapi('Cluster');

export const clusterList = z.object({ clusters: idList }).openapi('ClusterList');

export type Cluster = z.infer<typeof cluster>;
export type ClusterList = z.infer<typeof clusterList>;
