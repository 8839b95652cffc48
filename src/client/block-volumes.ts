import type { BlockVolume, BlockVolumeCreate, BlockVolumeList } from '../api/schema/block-volumes.ts';
import { blockVolumeListShape, blockVolumeShape } from './block-volume-shapes.ts';
import type { QueueOptions } from './queue.ts';
import { once, queuedDone, queuedValue } from './queued-calls.ts';
import { type CallOptions, type Session, segment } from './session.ts';

export interface BlockVolumeCalls {
  create(request: BlockVolumeCreate, options?: QueueOptions): Promise<BlockVolume>;
  /** Ids, sorted. */
  list(options?: CallOptions): Promise<BlockVolumeList>;
  get(id: string, options?: CallOptions): Promise<BlockVolume>;
  delete(id: string, options?: QueueOptions): Promise<void>;
  /** @param newGib the new size, not what is added. */
  expand(id: string, newGib: number, options?: QueueOptions): Promise<BlockVolume>;
}

const pathOf = (id: string): string => `/blockvolumes/${segment(id)}`;

export const createBlockVolumeCalls = (session: Session): BlockVolumeCalls => ({
  create: (request, options = {}) =>
    queuedValue(
      session,
      once(session, { method: 'POST', target: '/blockvolumes', body: request }, options),
      blockVolumeShape,
      options,
    ),
  list: (options) =>
    session.value({ ...options, method: 'GET', target: '/blockvolumes' }, blockVolumeListShape),
  get: (id, options) => session.value({ ...options, method: 'GET', target: pathOf(id) }, blockVolumeShape),
  delete: (id, options = {}) => queuedDone(session, { method: 'DELETE', target: pathOf(id) }, options),
  expand(id, newGib, options = {}) {
    const call = { method: 'POST', target: `${pathOf(id)}/expand`, body: { new_size: newGib } } as const;
    return queuedValue(session, once(session, call, options), blockVolumeShape, options);
  },
});
