import type { ApiTools } from '../api-tools.ts';
import { accepted, json } from '../http/reply.ts';
import { type Route, route } from '../http/route.ts';
import {
  blockVolume,
  blockVolumeCreate,
  blockVolumeExpand,
  blockVolumeList,
} from '../schema/block-volumes.ts';
import { presentBlockVolume } from './present.ts';

const tag = 'Block volumes';
const toQueue = {
  description: 'Taken in; poll the queue entry named by `Location`. It ends with 303 to the block volume.',
};

export const blockVolumeRoutes = ({ reads, blockVolumes }: ApiTools): Route[] => [
  route({
    method: 'POST',
    path: '/blockvolumes',
    tag,
    summary: 'Create a block volume',
    body: blockVolumeCreate,
    isCreate: true,
    answers: { 202: toQueue },
    handle: async ({ body, once }) => {
      const {
        size: sizeGib,
        name = '',
        clusters: clusterIds = [],
        hacount: haCount = 0,
        auth = false,
      } = body;
      return accepted(await blockVolumes.create({ sizeGib, name, clusterIds, haCount, auth }, once));
    },
  }),
  route({
    method: 'GET',
    path: '/blockvolumes',
    tag,
    summary: 'List the ids of all block volumes',
    answers: { 200: { description: 'Ids in ascending order', schema: blockVolumeList } },
    handle: async () => json({ blockvolumes: await reads.blockVolumes.visibleIds() }),
  }),
  route({
    method: 'GET',
    path: '/blockvolumes/{id}',
    tag,
    summary: 'Show a block volume',
    description: 'With authentication, a restarted server asks the nodes for the password.',
    answers: { 200: { description: 'The block volume', schema: blockVolume } },
    handle: async ({ params }) => {
      const block = await blockVolumes.find(params.id ?? '');
      return json(presentBlockVolume(block, await blockVolumes.passwordOf(block)));
    },
  }),
  route({
    method: 'DELETE',
    path: '/blockvolumes/{id}',
    tag,
    summary: 'Delete a block volume; its hosting volume stays',
    answers: { 202: { description: 'Taken in; the queue entry ends with 204.' } },
    handle: async ({ params }) => accepted(await blockVolumes.delete(params.id ?? '')),
  }),
  route({
    method: 'POST',
    path: '/blockvolumes/{id}/expand',
    tag,
    summary: 'Grow a block volume to a new size',
    body: blockVolumeExpand,
    isCreate: true,
    answers: { 202: toQueue },
    handle: async ({ params, body, once }) =>
      accepted(await blockVolumes.expand(params.id ?? '', body.new_size, once)),
  }),
];
