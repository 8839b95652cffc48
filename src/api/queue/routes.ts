import { AppError } from '../../errors.ts';
import type { ApiTools } from '../api-tools.ts';
import { empty, type Reply } from '../http/reply.ts';
import { type Route, route } from '../http/route.ts';

/** Newlines and the like cannot stand in a header. */
const headerSafe = (text: string): string => text.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 500);

export const queueRoutes = ({ reads, engine }: ApiTools): Route[] => [
  route({
    method: 'GET',
    path: '/queue/{id}',
    tag: 'Operations',
    summary: 'Ask how far an asynchronous request is',
    description:
      'Unlike in Heketi, a result can be read again, also after a restart, for the configured time. `X-Mortar-Position` tells the place in the queue, `X-Mortar-Waiting` what is in the way.',
    answers: {
      200: { description: 'Not done yet: `X-Pending: true`' },
      204: { description: 'Done, without a resource' },
      303: { description: 'Done: `Location` names the resource' },
      500: { description: 'It failed; the body says why', contentType: 'text/plain' },
    },
    handle: async ({ params }): Promise<Reply> => {
      const id = params.id ?? '';
      const progress = await reads.operations.progress(id);
      if (progress === undefined) throw new AppError('object.not_found', 'Id not found');
      const { state, error, resultPath, waitingReason } = progress;
      if (state === 'done') return resultPath === null ? empty(204) : seeOther(resultPath);
      if (state === 'undone')
        throw new AppError('node.command_failed', error?.message ?? 'failed', { status: 500 });
      const position = engine.position(id);
      return empty(200, {
        'X-Pending': 'true',
        ...(position === undefined ? {} : { 'X-Mortar-Position': String(position) }),
        ...(waitingReason === null ? {} : { 'X-Mortar-Waiting': headerSafe(waitingReason) }),
      });
    },
  }),
];

/** With the small page that the contract sends along. */
const seeOther = (path: string): Reply => ({
  type: 'text',
  status: 303,
  text: `<a href="${path}">See Other</a>.\n\n`,
  contentType: 'text/html; charset=utf-8',
  headers: { Location: path },
});
