import type { OperationRecord } from '../../db/operations.ts';
import { AppError } from '../../errors.ts';
import type { ApiTools } from '../api-tools.ts';
import { empty, json, type Reply } from '../http/reply.ts';
import { type Route, route } from '../http/route.ts';
import { operationDetails, operationHistory } from '../schema/operations.ts';
import { streamEvents } from './event-stream.ts';
import { presentDetails, presentOperation } from './present.ts';

const tag = 'Operations';
const defaultHistory = 50;
const longestHistory = 1000;
const eventStream = 'text/event-stream';

function limitOf(query: URLSearchParams): number {
  const text = query.get('limit');
  if (text === null) return defaultHistory;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= longestHistory) return limit;
  throw new AppError(
    'request.invalid',
    `limit: "${text}" must be a whole number from 1 to ${longestHistory}`,
    {
      details: { field: 'limit', value: text },
    },
  );
}

export const operationRoutes = ({ reads, engine }: ApiTools): Route[] => {
  const find = async (id: string): Promise<OperationRecord> => {
    const operation = await reads.operations.find(id);
    if (operation === undefined) throw new AppError('object.not_found', `Id not found: ${id}`);
    return operation;
  };
  const stream = (events: ReturnType<typeof streamEvents>): Reply => ({
    type: 'stream',
    stream: events,
    contentType: eventStream,
  });

  return [
    route({
      method: 'GET',
      path: '/operations/history',
      tag,
      summary: 'List the newest operations, newest first',
      answers: { 200: { description: 'Operations', schema: operationHistory } },
      handle: async ({ query }) => {
        const records = await reads.operations.listRecent(limitOf(query));
        return json({
          operations: records.map((record) => presentOperation(record, engine.position(record.id))),
        });
      },
    }),
    route({
      method: 'GET',
      path: '/operations/events',
      tag,
      summary: 'Follow what happens to all operations',
      answers: { 200: { description: 'Server-sent events', contentType: eventStream } },
      handle: ({ signal }) => stream(streamEvents(engine, '*', signal)),
    }),
    route({
      method: 'GET',
      path: '/operations/{id}',
      tag,
      summary: 'Show an operation with its steps',
      answers: { 200: { description: 'The operation', schema: operationDetails } },
      handle: async ({ params }) => {
        const record = await find(params.id ?? '');
        const steps = await reads.steps.listByOperation(record.id);
        return json(
          presentDetails(record, steps, engine.position(record.id), (action) => engine.titleOf(action)),
        );
      },
    }),
    route({
      method: 'GET',
      path: '/operations/{id}/events',
      tag,
      summary: 'Follow what happens to an operation',
      description: 'History first, then live; ends with an `end` event that holds the operation.',
      answers: { 200: { description: 'Server-sent events', contentType: eventStream } },
      handle: async ({ params, signal }) => {
        const { id } = await find(params.id ?? '');
        return stream(
          streamEvents(engine, id, signal, async () => presentOperation(await find(id), undefined)),
        );
      },
    }),
    route({
      method: 'POST',
      path: '/operations/{id}/cancel',
      tag,
      summary: 'Call an operation off: what it did is undone',
      answers: { 204: { description: 'It is being undone' } },
      handle: async ({ params }) => {
        await engine.cancel(params.id ?? '');
        return empty(204);
      },
    }),
    route({
      method: 'POST',
      path: '/operations/{id}/resume',
      tag,
      summary: 'Try again at once what an operation waits to repeat',
      answers: { 204: { description: 'It is trying' } },
      handle: async ({ params }) => {
        await engine.resume(params.id ?? '');
        return empty(204);
      },
    }),
  ];
};
