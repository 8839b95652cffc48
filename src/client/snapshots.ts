import type { Snapshot, SnapshotCreate, SnapshotList } from '../api/schema/snapshots.ts';
import type { QueueOptions } from './queue.ts';
import { once, queuedDone, queuedValue } from './queued-calls.ts';
import { type CallOptions, type Session, segment } from './session.ts';
import { flag, listOf, nullable, record, text } from './shape.ts';
import { volumeShape } from './shapes.ts';
import type { Volume } from './wire-types.ts';

const snapshotShape = record<Snapshot>({
  id: text,
  name: text,
  volume: text,
  created_at: nullable(text),
  activated: flag,
});
const snapshotListShape = record<SnapshotList>({ snapshots: listOf(snapshotShape) });

/** Snapshots of volumes. Mortar's own: not in Heketi. */
export interface SnapshotCalls {
  /** The oldest first. */
  list(volumeId: string, options?: CallOptions): Promise<SnapshotList>;
  create(volumeId: string, request: SnapshotCreate, options?: QueueOptions): Promise<Snapshot>;
  delete(volumeId: string, nameOrId: string, options?: QueueOptions): Promise<void>;
  /** What was written since the snapshot was taken is gone. */
  restore(volumeId: string, nameOrId: string, options?: QueueOptions): Promise<Volume>;
}

export function createSnapshotCalls(session: Session): SnapshotCalls {
  const folder = (volumeId: string): string => `/volumes/${segment(volumeId)}/snapshots`;
  return {
    list: (volumeId, options) =>
      session.value({ ...options, method: 'GET', target: folder(volumeId) }, snapshotListShape),
    create(volumeId, request, options = {}) {
      const call = { method: 'POST', target: folder(volumeId), body: request } as const;
      return queuedValue(session, once(session, call, options), snapshotShape, options);
    },
    delete(volumeId, nameOrId, options = {}) {
      const target = `${folder(volumeId)}/${segment(nameOrId)}`;
      return queuedDone(session, { method: 'DELETE', target }, options);
    },
    restore(volumeId, nameOrId, options = {}) {
      const target = `${folder(volumeId)}/${segment(nameOrId)}/restore`;
      return queuedValue(session, { method: 'POST', target }, volumeShape, options);
    },
  };
}
