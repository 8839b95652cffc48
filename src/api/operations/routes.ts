import type { Readable } from 'node:stream';
import type { OperationRecord } from '../../db/operations.ts';
import { AppError } from '../../errors.ts';
import type { ApiTools } from '../api-tools.ts';
import { empty, json, type Reply } from '../http/reply.ts';
import { type Route, route } from '../http/route.ts';
import { operationDetails, operationHistory } from '../schema/operations.ts';
import { z } from '../schema/wire.ts';
import { EventStreams } from './event-stream.ts';
import { presentDetails, presentOperation } from './present.ts';

const tag = 'Operations';
const defaultHistory = 50;
const longestHistory = 1000;
const eventStream = 'text/event-stream';

function limitOf(query: URLSearchParams): number {
  const text = query.get('limit');
  if (text === null) return defaultHistory;
  const limit = /^[1-9]\d*$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= longestHistory) return limit;
  throw new AppError(
    'request.invalid',
    `limit: "${text}" must be a whole number from 1 to ${longestHistory}`,
    {
      details: { field: 'limit', value: text },
    },
  );
}

export const operationRoutes = ({ reads, engine, eventStreamLimit }: ApiTools): Route[] => {
  const streams = new EventStreams(engine, eventStreamLimit);
  const find = async (id: string): Promise<OperationRecord> => {
    const operation = await reads.operations.find(id);
    if (operation === undefined) throw new AppError('object.not_found', `Id not found: ${id}`);
    return operation;
  };
  const stream = (events: Readable): Reply => ({
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
      query: {
        limit: z
          .int()
          .min(1)
          .max(longestHistory)
          .optional()
          .openapi({ description: `How many; ${defaultHistory} when it is not given.` }),
      },
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
      handle: ({ signal }) => stream(streams.open('*', signal)),
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
      description:
        'History first, then live; ends with an `end` event that holds the operation, or with `cut_off` for a client that does not read what comes.',
      answers: { 200: { description: 'Server-sent events', contentType: eventStream } },
      handle: async ({ params, signal }) => {
        const { id } = await find(params.id ?? '');
        return stream(streams.open(id, signal, async () => presentOperation(await find(id), undefined)));
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
      path: '/operations/{id}/pause',
      tag,
      summary: 'Let an operation go no further than the stage it is in, until it is resumed',
      answers: { 204: { description: 'On record' } },
      handle: async ({ params }) => {
        await engine.pause(params.id ?? '');
        return empty(204);
      },
    }),
    route({
      method: 'POST',
      path: '/operations/{id}/resume',
      tag,
      summary: 'Let a paused operation go on; try again at once what it waits to repeat',
      answers: { 204: { description: 'It is trying' } },
      handle: async ({ params }) => {
        await engine.resume(params.id ?? '');
        return empty(204);
      },
    }),
  ];
};
