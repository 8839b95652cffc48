import type { HealReport } from '../api/schema/heal.ts';
import type {
  NamedVolumes,
  Volume,
  VolumeCreate,
  VolumeList,
  VolumePlan,
  VolumePlanRequest,
} from '../api/schema/volumes.ts';
import { healReportShape } from './heal-shape.ts';
import type { QueueOptions } from './queue.ts';
import { once, queuedDone, queuedValue } from './queued-calls.ts';
import { type CallOptions, type Session, segment } from './session.ts';
import { namedVolumesShape, volumeListShape, volumeShape } from './shapes.ts';
import { createSnapshotCalls, type SnapshotCalls } from './snapshots.ts';
import { volumePlanShape } from './volume-plan-shape.ts';

export interface VolumeCalls {
  create(request: VolumeCreate, options?: QueueOptions): Promise<Volume>;
  /** Ids, sorted. */
  list(options?: CallOptions): Promise<VolumeList>;
  get(id: string, options?: CallOptions): Promise<Volume>;
  /** Volumes of that name, also those that are being made or deleted. Mortar's own: not in Heketi. */
  named(name: string, options?: CallOptions): Promise<NamedVolumes>;
  delete(id: string, options?: QueueOptions): Promise<void>;
  /** @param expandGib what is added, not the new size. */
  expand(
    id: string,
    expandGib: number,
    options?: QueueOptions & { readonly inPlace?: boolean | undefined },
  ): Promise<Volume>;
  /** Locks a hosting volume against new block volumes, or opens it. */
  restrict(id: string, restriction: '' | 'locked', options?: QueueOptions): Promise<Volume>;
  /** @param name empty for one that is chosen. */
  clone(id: string, name: string, options?: QueueOptions): Promise<Volume>;
  /** What is to be healed. Mortar's own: not in Heketi. */
  healInfo(id: string, options?: CallOptions): Promise<HealReport>;
  readonly snapshots: SnapshotCalls;
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
  named: (name, options) =>
    session.value(
      { ...options, method: 'GET', target: `/volumes/named/${segment(name)}` },
      namedVolumesShape,
    ),
  delete: (id, options = {}) =>
    queuedDone(session, { method: 'DELETE', target: `/volumes/${segment(id)}` }, options),
  expand(id, expandGib, { inPlace, ...options } = {}) {
    const target = `/volumes/${segment(id)}/expand`;
    const body = { expand_size: expandGib, ...(inPlace === undefined ? {} : { in_place: inPlace }) };
    const call = { method: 'POST', target, body } as const;
    return queuedValue(session, once(session, call, options), volumeShape, options);
  },
  restrict(id, restriction, options = {}) {
    const target = `/volumes/${segment(id)}/block-restriction`;
    return queuedValue(session, { method: 'POST', target, body: { restriction } }, volumeShape, options);
  },
  clone(id, name, options = {}) {
    const target = `/volumes/${segment(id)}/clone`;
    const call = { method: 'POST', target, body: { name } } as const;
    return queuedValue(session, once(session, call, options), volumeShape, options);
  },
  healInfo: (id, options) =>
    session.value(
      { ...options, method: 'GET', target: `/volumes/${segment(id)}/heal-info` },
      healReportShape,
    ),
  snapshots: createSnapshotCalls(session),
  plan: (request, options) =>
    session.value({ ...options, method: 'POST', target: '/volumes/plan', body: request }, volumePlanShape),
});
