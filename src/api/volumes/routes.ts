import { AppError } from '../../errors.ts';
import type { ApiTools } from '../api-tools.ts';
import { accepted, json } from '../http/reply.ts';
import { type Route, route } from '../http/route.ts';
import {
  blockRestriction,
  namedVolumes,
  volume,
  volumeClone,
  volumeCreate,
  volumeExpand,
  volumeList,
  volumePlan,
  volumePlanRequest,
} from '../schema/volumes.ts';
import { presentPlan } from './plan.ts';
import { presentBrick, presentVolume } from './present.ts';
import { toVolumeRequest } from './request.ts';

const tag = 'Volumes';
const toQueue = {
  description: 'Taken in; poll the queue entry named by `Location`. It ends with 303 to the volume.',
};

export const volumeRoutes = ({ reads, volumes, blockVolumes, mountHosts }: ApiTools): Route[] => [
  route({
    method: 'POST',
    path: '/volumes',
    tag,
    summary: 'Create a volume',
    body: volumeCreate,
    isCreate: true,
    answers: { 202: toQueue },
    handle: async ({ body, once }) => accepted(await volumes.create(toVolumeRequest(body), once)),
  }),
  route({
    method: 'GET',
    path: '/volumes',
    tag,
    summary: 'List the ids of all volumes',
    answers: { 200: { description: 'Ids in ascending order', schema: volumeList } },
    handle: async () => json({ volumes: await reads.volumes.visibleIds() }),
  }),
  route({
    method: 'GET',
    path: '/volumes/named/{nameOrId}',
    tag,
    summary: 'Find volumes by their name, in whatever phase',
    description:
      'For programs that make volumes under names they can derive: what they began before is found, however far it got. Names are unique in a cluster, so several clusters can have the same.',
    answers: { 200: { description: 'None, one, or one a cluster', schema: namedVolumes } },
    handle: async ({ params }) => {
      const found = await reads.volumes.listNamed(params.nameOrId ?? '');
      const shown = found.map(({ id, clusterId, phase, operationId }) => ({
        id,
        cluster: clusterId,
        phase,
        ...(operationId === null ? {} : { operation: operationId }),
      }));
      return json({ volumes: shown });
    },
  }),
  route({
    method: 'POST',
    path: '/volumes/plan',
    tag,
    summary: 'Show what a creation or expansion would do, without doing it',
    description:
      'The placement, or the explained refusal: the reason of each device, the largest size that fits, changes that help.',
    body: volumePlanRequest,
    namesParseFault: true,
    answers: { 200: { description: 'The plan', schema: volumePlan } },
    handle: async ({ body }) => {
      const { volume: id, expand_size: expandGib = 0, in_place: inPlace, size = 0, ...rest } = body;
      const plan =
        id === undefined
          ? await volumes.planCreation(toVolumeRequest({ ...rest, size }))
          : await volumes.planExpansion(id, { expandGib, inPlace });
      return json(await presentPlan(reads, plan));
    },
  }),
  route({
    method: 'GET',
    path: '/volumes/{id}',
    tag,
    summary: 'Show a volume',
    answers: { 200: { description: 'The volume', schema: volume } },
    handle: async ({ params }) => {
      const record = await reads.volumes.find(params.id ?? '');
      if (record === undefined || record.phase === 'creating' || record.phase === 'deleting') {
        throw new AppError('object.not_found', 'Id not found');
      }
      const bricks = await reads.bricks.listByVolume(record.id);
      const shown = bricks
        .filter(({ phase }) => phase === 'ready')
        .map((brick) => presentBrick(brick, brick.nodeId));
      const hosted = record.block ? await reads.blockVolumes.listByHost(record.id) : [];
      const foreign = await reads.foreignBricks.listByVolume(record.id);
      const parts = { volume: record, bricks: shown, hosted, foreign };
      return json(presentVolume(parts, await mountHosts.of(record.clusterId)));
    },
  }),
  route({
    method: 'DELETE',
    path: '/volumes/{id}',
    tag,
    summary: 'Delete a volume',
    answers: { 202: { description: 'Taken in; the queue entry ends with 204.' } },
    handle: async ({ params }) => accepted(await volumes.delete(params.id ?? '')),
  }),
  route({
    method: 'POST',
    path: '/volumes/{id}/clone',
    tag,
    summary: 'Make a volume with what is in another one now',
    description: 'The clone lives in the thin pools of the other volume and takes no room of the devices.',
    body: volumeClone,
    isCreate: true,
    answers: { 202: toQueue },
    handle: async ({ params, body, once }) =>
      accepted(await volumes.clone(params.id ?? '', body.name ?? '', once)),
  }),
  route({
    method: 'POST',
    path: '/volumes/{id}/expand',
    tag,
    summary: 'Grow a volume',
    description:
      'By more bricks and a rebalance, or in place: then every brick set grows by the same share, and the size is there at once.',
    body: volumeExpand,
    isCreate: true,
    answers: { 202: toQueue },
    handle: async ({ params, body, once }) =>
      accepted(
        await volumes.expand(params.id ?? '', { expandGib: body.expand_size, inPlace: body.in_place }, once),
      ),
  }),
  route({
    method: 'POST',
    path: '/volumes/{id}/block-restriction',
    tag,
    summary: 'Lock a block hosting volume against new block volumes, or open it',
    body: blockRestriction,
    answers: { 202: toQueue },
    handle: async ({ params, body }) =>
      accepted(await blockVolumes.restrict(params.id ?? '', body.restriction ?? '')),
  }),
];
