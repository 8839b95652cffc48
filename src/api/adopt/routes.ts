import type { FoundVolume } from '../../doctor/adopt/discover.ts';
import type { ApiTools } from '../api-tools.ts';
import { accepted, empty, json } from '../http/reply.ts';
import { type Route, route } from '../http/route.ts';
import type * as wire from '../schema/adopt.ts';
import { foundVolumes, manageRequest, watchRequest } from '../schema/adopt.ts';

const tag = 'Adopt';

export const adoptRoutes = ({ doctor: { adoption }, volumes }: ApiTools): Route[] => [
  route({
    method: 'GET',
    path: '/adopt',
    tag,
    summary: 'Find gluster volumes that others made, on the nodes of all clusters',
    description: 'Reads only. Those that are watched are there also when gluster has them no more.',
    answers: { 200: { description: 'What was found, by cluster and name', schema: foundVolumes } },
    handle: async ({ signal }) => {
      const { volumes, silentClusterIds } = await adoption.find(signal);
      return json({ volumes: volumes.map(present), silent: silentClusterIds });
    },
  }),
  route({
    method: 'POST',
    path: '/adopt',
    tag,
    summary: 'Watch gluster volumes that others made',
    description:
      'All or none. Nothing on a node is changed: the doctor tells from now on when something is wrong with them. A volume that is watched already is taken as it is now.',
    body: watchRequest,
    namesParseFault: true,
    answers: { 200: { description: 'The volumes as they were found', schema: foundVolumes } },
    handle: async ({ body, signal }) => {
      const volumes = await adoption.watch(body.cluster.toLowerCase(), body.volumes, signal);
      return json({ volumes: volumes.map(present), silent: [] });
    },
  }),
  route({
    method: 'DELETE',
    path: '/adopt/{id}',
    tag,
    summary: 'Watch a volume no more',
    description: 'It stays on the nodes as it is.',
    answers: { 204: { description: 'It is not watched any more.' } },
    handle: async ({ params }) => {
      await adoption.forget(params.id ?? '');
      return empty(204);
    },
  }),
  route({
    method: 'POST',
    path: '/adopt/{id}/manage',
    tag,
    summary: 'Manage a gluster volume that others made',
    description:
      'It becomes a volume like others, with the id it has here: it can be grown onto devices, and deleted. Its options in gluster get marks that say so; what is in it and where it lies stays as it is.',
    body: manageRequest,
    namesParseFault: true,
    answers: {
      202: {
        description: 'Taken in; poll the queue entry named by `Location`. It ends with 303 to the volume.',
      },
    },
    handle: async ({ params, body, signal }) =>
      accepted(await adoption.manage(params.id ?? '', body.folders ?? 'keep', signal)),
  }),
  route({
    method: 'POST',
    path: '/adopt/{id}/release',
    tag,
    summary: 'Give a managed volume that others made back to them',
    description:
      'As long as it has no bricks on devices. The marks in gluster are removed and it is struck off the record; nothing else is changed.',
    answers: { 202: { description: 'Taken in; the queue entry ends with 204.' } },
    handle: async ({ params }) => accepted(await volumes.release(params.id ?? '')),
  }),
];

const present = (volume: FoundVolume): wire.FoundVolume => ({
  id: volume.id,
  name: volume.name,
  cluster: volume.clusterId,
  status: volume.status,
  watched: volume.watchedSinceMs === null ? null : new Date(volume.watchedSinceMs).toISOString(),
  bricks: volume.bricks.map(({ name, nodeId, isOnline }) => ({
    brick: name,
    node: nodeId,
    online: isOnline,
  })),
  obstacles: volume.obstacles.map(({ to, words, remedy }) => ({ to, obstacle: words, remedy })),
});
