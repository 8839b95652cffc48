import type { Device } from '../api/schema/devices.ts';
import { createEntryCalls, type EntryCalls } from './entry-changes.ts';
import type { QueueOptions } from './queue.ts';
import { once, queuedDone } from './queued-calls.ts';
import { type CallOptions, type Session, segment } from './session.ts';
import { deviceShape } from './shapes.ts';

interface DeviceAdd {
  readonly name: string;
  /** The node's id. */
  readonly node: string;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly destroydata?: boolean | undefined;
}

export interface DeviceCalls extends EntryCalls {
  /** The answer does not tell the new id: read the node. */
  add(request: DeviceAdd, options?: QueueOptions): Promise<void>;
  get(id: string, options?: CallOptions): Promise<Device>;
  delete(id: string, options?: QueueOptions & { readonly forceForget?: boolean }): Promise<void>;
  resync(id: string, options?: QueueOptions): Promise<void>;
}

export const createDeviceCalls = (session: Session): DeviceCalls => ({
  ...createEntryCalls(session, '/devices'),
  add: (request, options = {}) =>
    queuedDone(
      session,
      once(session, { method: 'POST', target: '/devices', body: request }, options),
      options,
    ),
  get: (id, options) =>
    session.value({ ...options, method: 'GET', target: `/devices/${segment(id)}` }, deviceShape),
  delete: (id, { forceForget = false, ...options } = {}) =>
    queuedDone(
      session,
      { method: 'DELETE', target: `/devices/${segment(id)}`, body: { forceforget: forceForget } },
      options,
    ),
  resync: (id, options = {}) =>
    queuedDone(session, { method: 'GET', target: `/devices/${segment(id)}/resync` }, options),
});
