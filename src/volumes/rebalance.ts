import { AppError } from '../errors.ts';
import type { Action } from '../operations/kinds.ts';
import type { Gluster } from '../storage/gluster/gluster.ts';
import { GlusterCluster } from './gluster-cluster.ts';

export interface RebalanceParams {
  readonly clusterId: string;
  readonly nodeIds: readonly string[];
  readonly name: string;
}

export interface RebalanceStarted {
  /** Why it could not be started; the volume is larger all the same. */
  readonly warning: string | null;
}

/** Lets gluster spread existing data over new bricks, in the background. A refusal is a warning, never a failure. */
export const rebalanceAction = (gluster: Gluster): Action<RebalanceParams, RebalanceStarted> => ({
  name: 'start-rebalance',
  title: 'start the rebalance',
  lanes: ({ clusterId }) => [`gluster:${clusterId}`],
  async run(context, { nodeIds, name }) {
    try {
      await new GlusterCluster(context, nodeIds, gluster).run([gluster.startRebalance(name)]);
      return { warning: null };
    } catch (thrown) {
      if (!(thrown instanceof AppError) || context.signal.aborted) throw thrown;
      if (/already started/i.test(thrown.message)) return { warning: null };
      return { warning: `the rebalance was not started: ${thrown.message}` };
    }
  },
});
