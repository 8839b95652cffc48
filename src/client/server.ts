import type {
  OperationCounts,
  PendingDetails,
  PendingList,
  PendingOperation,
} from '../api/schema/pending.ts';
import type { AdminState, LoggingState } from '../api/schema/service.ts';
import { expectStatus } from './answer.ts';
import type { QueueOptions } from './queue.ts';
import { queuedDone } from './queued-calls.ts';
import { type CallOptions, type Session, segment } from './session.ts';
import { listOf, mapOf, oneOf, optional, record, type Shape, text, wholeNumber } from './shape.ts';

/** The server itself: its unfinished work, its mode, its log. */
export interface ServerCalls {
  /** How many operations are unfinished. */
  operationCounts(options?: CallOptions): Promise<OperationCounts>;
  pendingOperations(options?: CallOptions): Promise<PendingList>;
  pendingOperation(id: string, options?: CallOptions): Promise<PendingDetails>;
  /** Tries again at once what is stuck. @param ids none: all. */
  cleanUp(ids: readonly string[], options?: QueueOptions): Promise<void>;
  mode(options?: CallOptions): Promise<AdminState>;
  setMode(state: string, options?: CallOptions): Promise<void>;
  /** @returns the level of the log, under Heketi's name for it. */
  logLevel(options?: CallOptions): Promise<string>;
  setLogLevel(level: string, options?: CallOptions): Promise<void>;
  /** Everything on record, in Heketi's form. @returns the JSON as it came. */
  dump(options?: CallOptions): Promise<string>;
  /** Whether what is on record agrees with itself. @returns the JSON as it came. */
  check(options?: CallOptions): Promise<string>;
  /** What all nodes say, beside what is on record. @returns the JSON as it came. */
  examine(options?: CallOptions): Promise<string>;
}

const pendingFields = {
  id: text,
  type_name: text,
  status: oneOf('', 'stale', 'failed'),
  sub_status: oneOf('', 'in-flight'),
};
const countsShape = record<OperationCounts>({
  total: wholeNumber,
  in_flight: wholeNumber,
  stale: wholeNumber,
  failed: wholeNumber,
  new: wholeNumber,
});
const listShape = record<PendingList>({
  pendingoperations: listOf(record<PendingOperation>(pendingFields)),
});
const detailsShape: Shape<PendingDetails> = record<PendingDetails>({
  ...pendingFields,
  changes: listOf(record<PendingDetails['changes'][number]>({ id: text, description: text })),
});
const modeShape = record<AdminState>({ state: text });
const loggingShape = record<LoggingState>({ loglevel: optional(mapOf(text)) });

/** Heketi has one log, by this name. */
const logger = 'glusterfs';

/** An answer that is handed on as it is. */
async function textOf(session: Session, target: string, options: CallOptions = {}): Promise<string> {
  const response = await session.send({ ...options, method: 'GET', target });
  return (await expectStatus(response, 200)).text();
}

export const createServerCalls = (session: Session): ServerCalls => ({
  operationCounts: (options) =>
    session.value({ ...options, method: 'GET', target: '/operations' }, countsShape),
  pendingOperations: (options) =>
    session.value({ ...options, method: 'GET', target: '/operations/pending' }, listShape),
  pendingOperation: (id, options) =>
    session.value({ ...options, method: 'GET', target: `/operations/pending/${segment(id)}` }, detailsShape),
  cleanUp: (ids, options = {}) =>
    queuedDone(
      session,
      {
        method: 'POST',
        target: '/operations/pending/cleanup',
        body: ids.length === 0 ? {} : { operations: ids },
      },
      options,
    ),
  mode: (options) => session.value({ ...options, method: 'GET', target: '/admin' }, modeShape),
  setMode: (state, options) =>
    session.done({ ...options, method: 'POST', target: '/admin', body: { state } }, 200, 204),
  async logLevel(options) {
    const call = { ...options, method: 'GET', target: '/internal/logging' } as const;
    return (await session.value(call, loggingShape)).loglevel?.[logger] ?? '';
  },
  setLogLevel: (level, options) =>
    session.done(
      {
        ...options,
        method: 'POST',
        target: '/internal/logging',
        body: { loglevel: { [logger]: level } },
      },
      200,
    ),
  dump: (options) => textOf(session, '/db/dump', options),
  check: (options) => textOf(session, '/db/check', options),
  examine: (options) => textOf(session, '/internal/state/examine/gluster', options),
});
