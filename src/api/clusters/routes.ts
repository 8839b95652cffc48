import type { ClusterRecord } from '../../db/clusters.ts';
import type { Reads } from '../../db/queries.ts';
import { AppError } from '../../errors.ts';
import type { ApiTools } from '../api-tools.ts';
import { json } from '../http/reply.ts';
import { type Route, route } from '../http/route.ts';
import { type Cluster, cluster, clusterFlags, clusterList } from '../schema/clusters.ts';

const tag = 'Clusters';

/** The contract's empty answer with the content type of JSON. */
const done = { type: 'text', status: 200, text: '', contentType: 'application/json; charset=UTF-8' } as const;

async function presentCluster(reads: Reads, { id, file, block }: ClusterRecord): Promise<Cluster> {
  return {
    id,
    nodes: await reads.nodes.visibleIds(id),
    volumes: await reads.volumes.visibleIds(id),
    block,
    file,
    blockvolumes: await reads.blockVolumes.visibleIds(id),
  };
}

export const clusterRoutes = ({ reads, clusters }: ApiTools): Route[] => [
  route({
    method: 'POST',
    path: '/clusters',
    tag,
    summary: 'Create a cluster',
    body: clusterFlags,
    isCreate: true,
    answers: { 201: { description: 'The new cluster', schema: cluster } },
    handle: async ({ body, once }) => {
      const record = await clusters.create({ file: body.file ?? false, block: body.block ?? false }, once);
      return json(await presentCluster(reads, record), 201);
    },
  }),
  route({
    method: 'GET',
    path: '/clusters',
    tag,
    summary: 'List the ids of all clusters',
    answers: { 200: { description: 'Ids in ascending order', schema: clusterList } },
    handle: async () => json({ clusters: (await reads.clusters.list()).map(({ id }) => id) }),
  }),
  route({
    method: 'GET',
    path: '/clusters/{id}',
    tag,
    summary: 'Show a cluster',
    answers: { 200: { description: 'The cluster', schema: cluster } },
    handle: async ({ params }) => {
      const record = await reads.clusters.find(params.id ?? '');
      if (record === undefined) throw new AppError('object.not_found', 'Id not found');
      return json(await presentCluster(reads, record));
    },
  }),
  route({
    method: 'POST',
    path: '/clusters/{id}/flags',
    tag,
    summary: 'Set both flags of a cluster; an absent one becomes false',
    body: clusterFlags,
    answers: { 200: { description: 'Done' } },
    handle: async ({ params, body }) => {
      await clusters.setFlags(params.id ?? '', { file: body.file ?? false, block: body.block ?? false });
      return done;
    },
  }),
  route({
    method: 'DELETE',
    path: '/clusters/{id}',
    tag,
    summary: 'Delete a cluster that holds nothing',
    answers: { 200: { description: 'Done' } },
    handle: async ({ params }) => {
      await clusters.delete(params.id ?? '');
      return done;
    },
  }),
];
