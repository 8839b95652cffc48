import type { OperationDetails, OperationHistory } from '../api/schema/operations.ts';
import { type CallOptions, type Session, segment } from './session.ts';
import { operationDetailsShape, operationHistoryShape } from './shapes.ts';
import { createWatchCalls, type WatchCalls } from './watch.ts';

/** Mortar's own: Heketi has none of these. */
export interface OperationCalls extends WatchCalls {
  /** The newest first. */
  history(options?: CallOptions & { readonly limit?: number }): Promise<OperationHistory>;
  get(id: string, options?: CallOptions): Promise<OperationDetails>;
  /** Calls it off: what it did is undone. */
  cancel(id: string, options?: CallOptions): Promise<void>;
  /** It goes no further than the stage it is in, until it is resumed. */
  pause(id: string, options?: CallOptions): Promise<void>;
  /** Tries again at once what it waits to repeat. */
  resume(id: string, options?: CallOptions): Promise<void>;
}

export const createOperationCalls = (session: Session): OperationCalls => ({
  ...createWatchCalls(session),
  history: ({ limit, ...options } = {}) =>
    session.value(
      {
        ...options,
        method: 'GET',
        target: `/operations/history${limit === undefined ? '' : `?limit=${limit}`}`,
      },
      operationHistoryShape,
    ),
  get: (id, options) =>
    session.value({ ...options, method: 'GET', target: `/operations/${segment(id)}` }, operationDetailsShape),
  cancel: (id, options) =>
    session.done({ ...options, method: 'POST', target: `/operations/${segment(id)}/cancel` }, 204),
  pause: (id, options) =>
    session.done({ ...options, method: 'POST', target: `/operations/${segment(id)}/pause` }, 204),
  resume: (id, options) =>
    session.done({ ...options, method: 'POST', target: `/operations/${segment(id)}/resume` }, 204),
});
