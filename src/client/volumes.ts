import type {
  Volume,
  VolumeCreate,
  VolumeList,
  VolumePlan,
  VolumePlanRequest,
} from '../api/schema/volumes.ts';
import type { QueueOptions } from './queue.ts';
import { once, queuedDone, queuedValue } from './queued-calls.ts';
import { type CallOptions, type Session, segment } from './session.ts';
import { volumeListShape, volumePlanShape, volumeShape } from './shapes.ts';

export interface VolumeCalls {
  create(request: VolumeCreate, options?: QueueOptions): Promise<Volume>;
  /** Ids, sorted. */
  list(options?: CallOptions): Promise<VolumeList>;
  get(id: string, options?: CallOptions): Promise<Volume>;
  delete(id: string, options?: QueueOptions): Promise<void>;
  /** @param expandGib what is added, not the new size. */
  expand(id: string, expandGib: number, options?: QueueOptions): Promise<Volume>;
  /** What a creation or expansion would do. Mortar's own: not in Heketi. */
  plan(request: VolumePlanRequest, options?: CallOptions): Promise<VolumePlan>;
}

export const createVolumeCalls = (session: Session): VolumeCalls => ({
  create: (request, options = {}) =>
    queuedValue(
      session,
      once(session, { method: 'POST', target: '/volumes', body: request }, options),
      volumeShape,
      options,
    ),
  list: (options) => session.value({ ...options, method: 'GET', target: '/volumes' }, volumeListShape),
  get: (id, options) =>
    session.value({ ...options, method: 'GET', target: `/volumes/${segment(id)}` }, volumeShape),
  delete: (id, options = {}) =>
    queuedDone(session, { method: 'DELETE', target: `/volumes/${segment(id)}` }, options),
  expand(id, expandGib, options = {}) {
    const target = `/volumes/${segment(id)}/expand`;
    const call = { method: 'POST', target, body: { expand_size: expandGib } } as const;
    return queuedValue(session, once(session, call, options), volumeShape, options);
  },
  plan: (request, options) =>
    session.value({ ...options, method: 'POST', target: '/volumes/plan', body: request }, volumePlanShape),
});
