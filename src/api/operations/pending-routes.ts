import type { OperationRecord } from '../../db/operations.ts';
import { AppError } from '../../errors.ts';
import { newId } from '../../lib/ids.ts';
import type { ApiTools } from '../api-tools.ts';
import { accepted, json } from '../http/reply.ts';
import { type Route, route } from '../http/route.ts';
import { cleanUpRequest, operationCounts, pendingDetails, pendingList } from '../schema/pending.ts';
import { countPending, isCleanable, presentPending, presentPendingDetails } from './pending.ts';

const tag = 'Operations';

/** Unfinished operations as Heketi's clients ask for them (wire contract section 14). */
export const pendingRoutes = (tools: ApiTools): Route[] => {
  const { reads, engine } = tools;
  return [
    route({
      method: 'GET',
      path: '/operations',
      tag,
      summary: 'Count the unfinished operations',
      answers: { 200: { description: 'Counts', schema: operationCounts } },
      handle: async () => json(await countPending(reads, engine)),
    }),
    route({
      method: 'GET',
      path: '/operations/pending',
      tag,
      summary: 'List the unfinished operations',
      answers: { 200: { description: 'In ascending order of their ids', schema: pendingList } },
      handle: async () => {
        const unfinished = await reads.operations.listUnfinished();
        const sorted = unfinished.sort((a, b) => (a.id < b.id ? -1 : 1));
        return json({ pendingoperations: sorted.map((operation) => presentPending(operation, engine)) });
      },
    }),
    route({
      method: 'GET',
      path: '/operations/pending/{id}',
      tag,
      summary: 'Show what an unfinished operation changes',
      answers: { 200: { description: 'The operation', schema: pendingDetails } },
      handle: async ({ params }) => {
        const id = params.id ?? '';
        const operation = await reads.operations.find(id);
        if (operation === undefined || operation.finishedAtMs !== null)
          throw new AppError('object.not_found', `Id not found: ${id}`);
        return json(await presentPendingDetails(reads, operation, engine));
      },
    }),
    cleanUpRoute(tools),
  ];
};

function cleanUpRoute({ reads, engine, log }: ApiTools): Route {
  /** What is stuck is tried again at once; a failure of one keeps no other from it. */
  const cleanUp = async (ids: readonly string[]): Promise<void> => {
    const isWanted = ({ id }: OperationRecord): boolean => ids.length === 0 || ids.includes(id);
    for (const operation of (await reads.operations.listUnfinished()).filter(isWanted)) {
      if (!isCleanable(operation, engine)) continue;
      await engine.resume(operation.id).catch((thrown: unknown) => {
        log.warn({ err: thrown, operationId: operation.id }, 'an operation could not be cleaned up');
      });
    }
  };

  return route({
    method: 'POST',
    path: '/operations/pending/cleanup',
    tag,
    summary: 'Try again at once what is stuck',
    description:
      'Operations clean up after themselves, with a growing pause between two tries; this ends the pause. Ids that are unknown, or of operations that are not stuck, are passed over.',
    body: cleanUpRequest,
    answers: { 202: { description: 'Taken in; the queue entry ends with 204.' } },
    handle: async ({ body }) => {
      const ids = body.operations ?? [];
      await cleanUp(ids);
      const target = { kind: 'operations', id: newId() };
      const record = { kind: 'clean-up', clusterId: null, target, input: { operations: ids } };
      return accepted(await engine.submitEnded(record, async () => ({})));
    },
  });
}
