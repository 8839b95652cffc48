import { visibleNode } from '../../topology/nodes.ts';
import type { ApiTools } from '../api-tools.ts';
import { accepted, empty, json } from '../http/reply.ts';
import { type Route, route } from '../http/route.ts';
import { node, nodeCreate, nodeReplace, stateChange, tagsChange, zoneChange } from '../schema/nodes.ts';
import { tags } from '../schema/wire.ts';
import { toStateChange, toTagChange } from './changes.ts';
import { readNode } from './present.ts';

const tag = 'Nodes';
const toQueue = { description: 'Taken in; the queue entry ends with 204.' };

export const nodeRoutes = ({ reads, nodes, evacuation, losses }: ApiTools): Route[] => [
  route({
    method: 'POST',
    path: '/nodes',
    tag,
    summary: 'Add a node to a cluster',
    body: nodeCreate,
    isCreate: true,
    answers: { 202: { description: 'Taken in; the queue entry ends with 303 to the node.' } },
    handle: async ({ body, once }) => {
      const request = {
        clusterId: body.cluster,
        zone: body.zone,
        manageNames: body.hostnames.manage,
        storageNames: body.hostnames.storage,
        tags: body.tags ?? {},
      };
      return accepted(await nodes.add(request, once));
    },
  }),
  route({
    method: 'GET',
    path: '/nodes/{id}',
    tag,
    summary: 'Show a node with its devices and their bricks',
    answers: { 200: { description: 'The node', schema: node } },
    handle: async ({ params }) => json(await readNode(reads, await visibleNode(reads, params.id ?? ''))),
  }),
  route({
    method: 'DELETE',
    path: '/nodes/{id}',
    tag,
    summary: 'Remove a node that has no devices',
    answers: { 202: toQueue },
    handle: async ({ params }) => accepted(await nodes.delete(params.id ?? '')),
  }),
  route({
    method: 'POST',
    path: '/nodes/{id}/state',
    tag,
    summary: 'Take a node in or out of service; `failed` moves its bricks to other nodes first',
    body: stateChange,
    answers: { 202: toQueue },
    handle: async ({ params, body }) => {
      const id = params.id ?? '';
      const state = toStateChange(body);
      if (state !== 'failed') return accepted(await nodes.setState(id, state));
      return accepted(await evacuation.removeNode(id, { acceptDataLoss: body.healcheck === 'disable' }));
    },
  }),
  route({
    method: 'POST',
    path: '/nodes/{id}/replace',
    tag,
    summary: 'Move all bricks of a node to the devices of another one',
    description:
      'Takes the old node out of service first; in the end it is failed, and can be deleted after its devices.',
    body: nodeReplace,
    namesParseFault: true,
    answers: { 202: toQueue },
    handle: async ({ params, body }) =>
      accepted(await evacuation.replaceNode(params.id ?? '', body.to, body.healcheck === 'disable')),
  }),
  route({
    method: 'POST',
    path: '/nodes/{id}/lost',
    tag,
    summary: 'Declare that a node is gone for good',
    description:
      'Nothing is ever sent to it again; what waits for it is closed. Its bricks are made again elsewhere when the node is removed (state `failed`).',
    answers: { 204: { description: 'On record' } },
    handle: async ({ params }) => {
      await losses.declareNode(params.id ?? '');
      return empty(204);
    },
  }),
  route({
    method: 'POST',
    path: '/nodes/{id}/tags',
    tag,
    summary: 'Change the tags of a node',
    body: tagsChange,
    answers: { 200: { description: 'The tags as they are now', schema: tags } },
    handle: async ({ params, body }) => json(await nodes.changeTags(params.id ?? '', toTagChange(body))),
  }),
  route({
    method: 'POST',
    path: '/nodes/{id}/zone',
    tag,
    summary: 'Move a node to another zone; existing bricks stay',
    body: zoneChange,
    namesParseFault: true,
    answers: { 200: { description: 'Done' } },
    handle: async ({ params, body }) => {
      await nodes.setZone(params.id ?? '', body.zone);
      return empty(200);
    },
  }),
];
