import { visibleDevice } from '../../topology/devices.ts';
import type { ApiTools } from '../api-tools.ts';
import { accepted, empty, json } from '../http/reply.ts';
import { type Route, route } from '../http/route.ts';
import { toStateChange, toTagChange } from '../nodes/changes.ts';
import { device, deviceCreate, deviceDelete, deviceReplace } from '../schema/devices.ts';
import { stateChange, tagsChange } from '../schema/nodes.ts';
import { tags } from '../schema/wire.ts';
import { presentDevice } from './present.ts';

const tag = 'Devices';
const toQueue = { description: 'Taken in; the queue entry ends with 204.' };

export const deviceRoutes = ({ reads, devices, evacuation, losses }: ApiTools): Route[] => [
  route({
    method: 'POST',
    path: '/devices',
    tag,
    summary: 'Add a device: make its disk a volume group',
    description: 'A disk that holds anything is refused by name of what was found on it.',
    body: deviceCreate,
    isCreate: true,
    answers: { 202: toQueue },
    handle: async ({ body, once }) => {
      const request = {
        nodeId: body.node,
        name: body.name,
        tags: body.tags ?? {},
        destroyData: body.destroydata ?? false,
      };
      return accepted(await devices.add(request, once));
    },
  }),
  route({
    method: 'GET',
    path: '/devices/{id}',
    tag,
    summary: 'Show a device',
    answers: { 200: { description: 'The device', schema: device } },
    handle: async ({ params }) => {
      const record = await visibleDevice(reads, params.id ?? '');
      return json(presentDevice(record, await reads.bricks.listByDevice(record.id)));
    },
  }),
  route({
    method: 'GET',
    path: '/devices/{id}/resync',
    tag,
    summary: 'Read the true size of a device again',
    answers: { 202: toQueue },
    handle: async ({ params }) => accepted(await devices.resync(params.id ?? '')),
  }),
  route({
    method: 'DELETE',
    path: '/devices/{id}',
    tag,
    summary: 'Give the disk back; only a failed device without bricks',
    body: deviceDelete,
    isBodyOptional: true,
    answers: { 202: toQueue },
    handle: async ({ params, body }) =>
      accepted(await devices.delete(params.id ?? '', body.forceforget ?? false)),
  }),
  route({
    method: 'POST',
    path: '/devices/{id}/state',
    tag,
    summary: 'Take a device in or out of service; `failed` moves its bricks to other devices first',
    body: stateChange,
    answers: { 202: toQueue },
    handle: async ({ params, body }) => {
      const id = params.id ?? '';
      const state = toStateChange(body);
      if (state !== 'failed') return accepted(await devices.setState(id, state));
      return accepted(await evacuation.removeDevice(id, { acceptDataLoss: body.healcheck === 'disable' }));
    },
  }),
  route({
    method: 'POST',
    path: '/devices/{id}/replace',
    tag,
    summary: 'Move all bricks of a device to another one',
    description: 'Takes the old device out of service first; in the end it is failed and can be deleted.',
    body: deviceReplace,
    namesParseFault: true,
    answers: { 202: toQueue },
    handle: async ({ params, body }) =>
      accepted(await evacuation.replaceDevice(params.id ?? '', body.to, body.healcheck === 'disable')),
  }),
  route({
    method: 'POST',
    path: '/devices/{id}/lost',
    tag,
    summary: 'Declare that the disk of a device is gone for good',
    description:
      'Its bricks are made again elsewhere when the device is removed; nothing is asked of the disk any more.',
    answers: { 204: { description: 'On record' } },
    handle: async ({ params }) => {
      await losses.declareDevice(params.id ?? '');
      return empty(204);
    },
  }),
  route({
    method: 'POST',
    path: '/devices/{id}/tags',
    tag,
    summary: 'Change the tags of a device',
    body: tagsChange,
    answers: { 200: { description: 'The tags as they are now', schema: tags } },
    handle: async ({ params, body }) => json(await devices.changeTags(params.id ?? '', toTagChange(body))),
  }),
];
