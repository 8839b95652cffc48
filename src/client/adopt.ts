import type { FoundVolume, FoundVolumes, ManageRequest, WatchRequest } from '../api/schema/adopt.ts';
import type { Volume } from '../api/schema/volumes.ts';
import type { QueueOptions } from './queue.ts';
import { queuedDone, queuedValue } from './queued-calls.ts';
import { type CallOptions, type Session, segment } from './session.ts';
import { flag, listOf, nullable, oneOf, record, text } from './shape.ts';
import { volumeShape } from './shapes.ts';

const foundVolumesShape = record<FoundVolumes>({
  volumes: listOf(
    record<FoundVolume>({
      id: text,
      name: text,
      cluster: text,
      status: oneOf('created', 'started', 'stopped', 'missing', 'unknown'),
      watched: nullable(text),
      bricks: listOf(
        record<FoundVolume['bricks'][number]>({ brick: text, node: nullable(text), online: nullable(flag) }),
      ),
      obstacles: listOf(
        record<FoundVolume['obstacles'][number]>({
          to: oneOf('watch', 'manage'),
          obstacle: text,
          remedy: text,
        }),
      ),
    }),
  ),
  silent: listOf(text),
});

/** Gluster volumes that others made. Mortar's own: Heketi has none of these. */
export interface AdoptCalls {
  find(options?: CallOptions): Promise<FoundVolumes>;
  watch(request: WatchRequest, options?: CallOptions): Promise<FoundVolumes>;
  /** @param id as `find` tells it. */
  forget(id: string, options?: CallOptions): Promise<void>;
  /** Makes it a volume of Mortar. @param id as `find` tells it. */
  manage(id: string, request: ManageRequest, options?: QueueOptions): Promise<Volume>;
  /** Gives it back. @param id the volume's: the same. */
  release(id: string, options?: QueueOptions): Promise<void>;
}

export const createAdoptCalls = (session: Session): AdoptCalls => ({
  find: (options) => session.value({ ...options, method: 'GET', target: '/adopt' }, foundVolumesShape),
  watch: (request, options) =>
    session.value({ ...options, method: 'POST', target: '/adopt', body: request }, foundVolumesShape),
  forget: (id, options) =>
    session.done({ ...options, method: 'DELETE', target: `/adopt/${segment(id)}` }, 204),
  manage(id, request, options = {}) {
    const call = { method: 'POST', target: `/adopt/${segment(id)}/manage`, body: request } as const;
    return queuedValue(session, call, volumeShape, options);
  },
  release: (id, options = {}) =>
    queuedDone(session, { method: 'POST', target: `/adopt/${segment(id)}/release` }, options),
});
