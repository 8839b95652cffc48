import type { OperationProgress } from '../../db/operations.ts';
import { AppError } from '../../errors.ts';
import { fromFailure } from '../../operations/failures.ts';
import type { ApiTools } from '../api-tools.ts';
import { empty, type Reply } from '../http/reply.ts';
import { type Route, route } from '../http/route.ts';
import { EndWatch } from './await-end.ts';
import { ToldResults } from './told-results.ts';

/** Newlines and the like cannot stand in a header. */
const headerSafe = (text: string): string => text.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 500);

/**
 * A question is held so long when the operation is under way: clients ask at once after they were accepted, and then only
 * after a pause that is far longer than most operations on quick nodes. So the answer comes when there is one.
 */
const heldMs = 100;

export const queueRoutes = ({ reads, engine }: ApiTools): Route[] => {
  const told = new ToldResults();
  const progressSoon = async (id: string, signal: AbortSignal): Promise<OperationProgress | undefined> => {
    const watch = new EndWatch(engine.events, id);
    try {
      const progress = await reads.operations.progress(id);
      const isUnderWay =
        progress !== undefined &&
        progress.state !== 'done' &&
        progress.state !== 'undone' &&
        progress.waitingReason === null;
      if (!isUnderWay) return progress;
      await watch.wait(heldMs, signal);
      return await reads.operations.progress(id);
    } finally {
      watch.stop();
    }
  };

  return [
    route({
      method: 'GET',
      path: '/queue/{id}',
      tag: 'Operations',
      summary: 'Ask how far an asynchronous request is',
      description:
        'Unlike in Heketi, a result can be read again, also after a restart, for the configured time; clients made for Heketi (by their `User-Agent`: Go and Python) are told it once, as they expect. `X-Mortar-Position` tells the place in the queue, `X-Mortar-Waiting` what is in the way. An operation that is under way is waited for, a moment.',
      answers: {
        200: { description: 'Not done yet: `X-Pending: true`' },
        204: { description: 'Done, without a resource' },
        303: { description: 'Done: `Location` names the resource' },
        500: { description: 'It failed; the body says why', contentType: 'text/plain' },
      },
      handle: async ({ params, userAgent, onSent, signal }): Promise<Reply> => {
        const id = params.id ?? '';
        const isForOnce = told.isForOnce(userAgent);
        const progress = await progressSoon(id, signal);
        if (progress === undefined || (isForOnce && told.has(id)))
          throw new AppError('object.not_found', 'Id not found');
        const { state, error, resultPath, waitingReason } = progress;
        if (isForOnce && (state === 'done' || state === 'undone')) onSent(() => told.add(id));
        if (state === 'done') return resultPath === null ? empty(204) : seeOther(resultPath);
        if (state === 'undone')
          throw fromFailure(error ?? { code: 'server.internal', message: 'failed' }, 500);
        const position = engine.position(id);
        return empty(200, {
          'X-Pending': 'true',
          ...(position === undefined ? {} : { 'X-Mortar-Position': String(position) }),
          ...(waitingReason === null ? {} : { 'X-Mortar-Waiting': headerSafe(waitingReason) }),
        });
      },
    }),
  ];
};

/** With the small page that the contract sends along. */
const seeOther = (path: string): Reply => ({
  type: 'text',
  status: 303,
  text: `<a href="${path}">See Other</a>.\n\n`,
  contentType: 'text/html; charset=utf-8',
  headers: { Location: path },
});
