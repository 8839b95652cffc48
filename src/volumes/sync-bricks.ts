import type { BrickRecord } from '../db/bricks.ts';
import { groupBy } from '../lib/group-by.ts';
import type { Action, StepPlan } from '../operations/kinds.ts';
import { flushState } from '../storage/filesystem/files.ts';
import { mountPoint } from '../storage/naming.ts';

interface SyncBricksParams {
  readonly mountPoints: readonly string[];
}

/**
 * Writes to disk what gluster has put into new bricks and into its own records: it marks the bricks' directories as its own
 * and does not wait for the disk, and after a power cut it starts no brick without the mark. When the node is away this is left: there is nothing
 * to wait for, a brick that lost its mark is for the doctor.
 */
export const syncBricksAction: Action<SyncBricksParams, null> = {
  name: 'sync-bricks',
  title: 'write the new bricks to disk',
  canBeLeft: true,
  async run(context, { mountPoints }) {
    await context.exec([flushState(mountPoints)]);
    return null;
  },
};

/** One step a node, to follow the gluster command that took the bricks in. */
export const syncBricksSteps = (bricks: readonly BrickRecord[]): StepPlan[] =>
  [...groupBy(bricks, ({ nodeId }) => nodeId)].map(([nodeId, onNode]) => ({
    action: syncBricksAction.name,
    nodeId,
    params: {
      mountPoints: onNode.map((brick) => mountPoint(brick.deviceId, brick.id)),
    } satisfies SyncBricksParams,
  }));
