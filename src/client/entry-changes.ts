/** Calls that nodes and devices have in common. */
import type { QueueOptions } from './queue.ts';
import { queuedDone } from './queued-calls.ts';
import { type CallOptions, type Session, segment } from './session.ts';
import { tagsShape } from './shapes.ts';

export type EntryState = 'online' | 'offline' | 'failed';

interface StateOptions extends QueueOptions {
  /** `disable` evacuates bricks without asking whether their data is healed. */
  readonly healCheck?: '' | 'enable' | 'disable';
}

interface TagsChange {
  readonly type: 'set' | 'update' | 'delete';
  readonly tags: Readonly<Record<string, string>>;
}

export interface EntryCalls {
  setState(id: string, state: EntryState, options?: StateOptions): Promise<void>;
  /** @returns the tags as they are now. */
  changeTags(id: string, change: TagsChange, options?: CallOptions): Promise<Record<string, string>>;
}

export const createEntryCalls = (session: Session, path: '/nodes' | '/devices'): EntryCalls => ({
  setState: (id, state, { healCheck = '', ...options } = {}) =>
    queuedDone(
      session,
      { method: 'POST', target: `${path}/${segment(id)}/state`, body: { state, healcheck: healCheck } },
      options,
    ),
  changeTags: (id, { type, tags }, options) =>
    session.value(
      {
        ...options,
        method: 'POST',
        target: `${path}/${segment(id)}/tags`,
        body: { change_type: type, tags },
      },
      tagsShape,
    ),
});
