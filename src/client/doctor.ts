import type {
  FindingList,
  MendStarts,
  QuarantineList,
  RebuildReport,
  RebuildRequest,
} from '../api/schema/doctor.ts';
import {
  findingListShape,
  mendStartsShape,
  quarantineListShape,
  rebuildReportShape,
} from './doctor-shapes.ts';
import type { QueueOptions } from './queue.ts';
import { queuedDone, queuedValue } from './queued-calls.ts';
import { type CallOptions, type Session, segment } from './session.ts';

/** Mortar's own: Heketi has none of these. */
export interface DoctorCalls {
  /** Compares all nodes with the database. @returns what differs. */
  look(options?: QueueOptions): Promise<FindingList>;
  /** What differed at the last looks. */
  findings(options?: CallOptions): Promise<FindingList>;
  /** Takes up again what came after the backup that the database was restored from. @returns what differs then. */
  reconcile(options?: QueueOptions): Promise<FindingList>;
  /** Starts an operation for each finding. */
  fix(findings: readonly string[], options?: CallOptions): Promise<MendStarts>;
  quarantine(options?: CallOptions): Promise<QuarantineList>;
  isolate(findings: readonly string[], options?: CallOptions): Promise<MendStarts>;
  release(id: string, options?: QueueOptions): Promise<void>;
  destroy(id: string, options?: QueueOptions): Promise<void>;
  /** Fills an empty database from the nodes. */
  rebuild(request: RebuildRequest, options?: CallOptions): Promise<RebuildReport>;
}

export const createDoctorCalls = (session: Session): DoctorCalls => ({
  look: (options = {}) =>
    queuedValue(session, { method: 'POST', target: '/doctor/runs' }, findingListShape, options),
  reconcile: (options = {}) =>
    queuedValue(session, { method: 'POST', target: '/doctor/reconcile' }, findingListShape, options),
  findings: (options) =>
    session.value({ ...options, method: 'GET', target: '/doctor/findings' }, findingListShape),
  fix: (findings, options) =>
    session.value(
      { ...options, method: 'POST', target: '/doctor/fix', body: { findings } },
      mendStartsShape,
      202,
    ),
  quarantine: (options) =>
    session.value({ ...options, method: 'GET', target: '/doctor/quarantine' }, quarantineListShape),
  isolate: (findings, options) =>
    session.value(
      { ...options, method: 'POST', target: '/doctor/quarantine', body: { findings } },
      mendStartsShape,
      202,
    ),
  release: (id, options = {}) =>
    queuedDone(session, { method: 'POST', target: `/doctor/quarantine/${segment(id)}/release` }, options),
  destroy: (id, options = {}) =>
    queuedDone(session, { method: 'DELETE', target: `/doctor/quarantine/${segment(id)}` }, options),
  rebuild: (request, options) =>
    session.value({ ...options, method: 'POST', target: '/rebuild', body: request }, rebuildReportShape),
});
