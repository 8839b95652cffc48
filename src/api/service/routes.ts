import { AppError } from '../../errors.ts';
import type { ApiTools } from '../api-tools.ts';
import { empty, json, type Reply } from '../http/reply.ts';
import { type Route, route } from '../http/route.ts';
import type { AdminStateName } from '../middleware/admin-state.ts';
import { adminState as adminStateSchema } from '../schema/service.ts';

const tag = 'Service';
const plain = (text: string, status = 200): Reply => ({
  type: 'text',
  status,
  text,
  contentType: 'text/plain; charset=UTF-8',
});

export const serviceRoutes = ({ adminState, notReadyReason }: ApiTools): Route[] => [
  route({
    method: 'GET',
    path: '/hello',
    tag,
    summary: 'Say hello',
    isPublic: true,
    answers: { 200: { description: 'Hello from Heketi', contentType: 'text/plain' } },
    handle: () => plain('Hello from Heketi'),
  }),
  route({
    method: 'GET',
    path: '/healthz',
    tag,
    summary: 'Tell that the process lives',
    isPublic: true,
    answers: { 200: { description: 'It does', contentType: 'text/plain' } },
    handle: () => plain('ok\n'),
  }),
  route({
    method: 'GET',
    path: '/readyz',
    tag,
    summary: 'Tell whether requests can be served',
    isPublic: true,
    answers: {
      200: { description: 'They can', contentType: 'text/plain' },
      503: { description: 'They cannot; the body says why', contentType: 'text/plain' },
    },
    handle: () => {
      const reason = notReadyReason();
      if (reason !== undefined) throw new AppError('server.stopping', reason);
      return plain('ok\n');
    },
  }),
  route({
    method: 'GET',
    path: '/admin',
    tag,
    summary: 'Show the maintenance mode',
    answers: { 200: { description: 'The mode', schema: adminStateSchema } },
    handle: () => json({ state: adminState.state }),
  }),
  route({
    method: 'POST',
    path: '/admin',
    tag,
    summary: 'Set the maintenance mode',
    description: 'Out of `read-only` leads only a restart or the signal SIGUSR2.',
    body: adminStateSchema,
    namesParseFault: true,
    answers: { 204: { description: 'Done' } },
    handle: ({ body }) => {
      adminState.set(body.state as AdminStateName);
      return empty(204);
    },
  }),
];
