import type { Reads } from '../db/queries.ts';
import { notYet } from '../operations/failures.ts';
import type { Action } from '../operations/kinds.ts';

const lookAgainMs = 2000;

export interface AwaitDeletionsParams {
  readonly deviceIds: readonly string[];
}

/**
 * Waits until the bricks that go with their volumes are gone from devices. It comes after all others have moved: the deletion
 * of one volume may have to wait for that, since gluster lets go of a lost node only when no volume has bricks there.
 */
export const awaitDeletionsAction = (reads: Reads): Action<AwaitDeletionsParams, null> => ({
  name: 'await-deletions',
  title: 'wait for bricks that go with their volumes',
  async run(_, { deviceIds }) {
    for (const id of deviceIds) {
      const bricks = await reads.bricks.listByDevice(id);
      const going = bricks.find(({ phase, volumeId }) => phase !== 'ready' && volumeId !== null);
      if (going === undefined) continue;
      throw notYet(
        `the brick ${going.id} goes with its volume ${going.volumeId}, which another operation is at work on`,
        lookAgainMs,
      );
    }
    return null;
  },
});
