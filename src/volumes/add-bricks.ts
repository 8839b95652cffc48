import { AppError } from '../errors.ts';
import type { Action } from '../operations/kinds.ts';
import type { Gluster } from '../storage/gluster/gluster.ts';
import { GlusterCluster } from './gluster-cluster.ts';
import { assertOurs, pathOf } from './ownership.ts';

export interface AddBricksParams {
  readonly clusterId: string;
  readonly nodeIds: readonly string[];
  readonly volumeId: string;
  readonly name: string;
  readonly glusterUuid: string | null;
  /** The new brick sets, in order. */
  readonly bricks: readonly string[];
}

/**
 * Adds brick sets to the gluster volume. What counts is whether gluster lists them: when the answer was lost, a look
 * tells, and bricks that are in are never pulled out from under the data again (W13).
 */
export const addBricksAction = (gluster: Gluster): Action<AddBricksParams, null> => ({
  name: 'add-bricks',
  title: 'add the bricks to the gluster volume',
  lanes: ({ clusterId }) => [`gluster:${clusterId}`],

  async run(context, params) {
    const cluster = new GlusterCluster(context, params.nodeIds, gluster);
    let failure: unknown;
    if (!context.isRepeat) {
      try {
        await cluster.run([gluster.addBricks(params.name, params.bricks)]);
        return null;
      } catch (thrown) {
        failure = thrown;
      }
    }
    const missing = await missingBricks(cluster, params);
    if (missing.length === params.bricks.length && failure !== undefined) throw failure;
    if (missing.length > 0) await cluster.run([gluster.addBricks(params.name, missing)]);
    return null;
  },

  async undo(context, params) {
    const cluster = new GlusterCluster(context, params.nodeIds, gluster);
    const missing = await missingBricks(cluster, params);
    if (missing.length === params.bricks.length) return;
    if (missing.length > 0) await cluster.run([gluster.addBricks(params.name, missing)]);
    return { isFinal: true, output: null };
  },
});

async function missingBricks(cluster: GlusterCluster, params: AddBricksParams): Promise<string[]> {
  const volume = await cluster.look(params.name);
  if (volume === undefined)
    throw new AppError('gluster.failed', `gluster has no volume "${params.name}" any more`);
  assertOurs(volume, params);
  const present = new Set(volume.bricks.map(pathOf));
  return params.bricks.filter((brick) => !present.has(pathOf(brick)));
}
