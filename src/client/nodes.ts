import type { Node, NodeCreate } from '../api/schema/nodes.ts';
import { createEntryCalls, type EntryCalls } from './entry-changes.ts';
import type { QueueOptions } from './queue.ts';
import { once, queuedDone, queuedValue } from './queued-calls.ts';
import { type CallOptions, type Session, segment } from './session.ts';
import { nodeShape } from './shapes.ts';

export interface NodeCalls extends EntryCalls {
  add(request: NodeCreate, options?: QueueOptions): Promise<Node>;
  get(id: string, options?: CallOptions): Promise<Node>;
  delete(id: string, options?: QueueOptions): Promise<void>;
  /** Mortar's own: not in Heketi. */
  setZone(id: string, zone: number, options?: CallOptions): Promise<void>;
}

export const createNodeCalls = (session: Session): NodeCalls => ({
  ...createEntryCalls(session, '/nodes'),
  add: (request, options = {}) =>
    queuedValue(
      session,
      once(session, { method: 'POST', target: '/nodes', body: request }, options),
      nodeShape,
      options,
    ),
  get: (id, options) =>
    session.value({ ...options, method: 'GET', target: `/nodes/${segment(id)}` }, nodeShape),
  delete: (id, options = {}) =>
    queuedDone(session, { method: 'DELETE', target: `/nodes/${segment(id)}` }, options),
  setZone: (id, zone, options) =>
    session.done({ ...options, method: 'POST', target: `/nodes/${segment(id)}/zone`, body: { zone } }, 200),
});
