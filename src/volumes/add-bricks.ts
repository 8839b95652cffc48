import type { Command } from '../lib/command.ts';
import type { Action } from '../operations/kinds.ts';
import type { Gluster } from '../storage/gluster/gluster.ts';
import { GlusterCluster } from './gluster-cluster.ts';
import { assertStillOurs, pathOf } from './ownership.ts';

export interface AddBricksParams {
  readonly clusterId: string;
  readonly nodeIds: readonly string[];
  readonly volumeId: string;
  readonly name: string;
  readonly glusterUuid: string | null;
  /** The new brick sets, in order. */
  readonly bricks: readonly string[];
  /** Options that tell the new size; absent in journals of earlier versions. */
  readonly options?: readonly (readonly [key: string, value: string])[];
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
    const imprint = imprintSize(params, gluster);
    let failure: unknown;
    if (!context.isRepeat) {
      try {
        await cluster.run([gluster.addBricks(params.name, params.bricks), ...imprint]);
        return null;
      } catch (thrown) {
        failure = thrown;
      }
    }
    const missing = await missingBricks(cluster, params);
    if (missing.length === params.bricks.length && failure !== undefined) throw failure;
    const add = missing.length > 0 ? [gluster.addBricks(params.name, missing)] : [];
    if (add.length + imprint.length > 0) await cluster.run([...add, ...imprint]);
    return null;
  },

  async undo(context, params) {
    const cluster = new GlusterCluster(context, params.nodeIds, gluster);
    const missing = await missingBricks(cluster, params);
    if (missing.length === params.bricks.length) return;
    const add = missing.length > 0 ? [gluster.addBricks(params.name, missing)] : [];
    const imprint = imprintSize(params, gluster);
    if (add.length + imprint.length > 0) await cluster.run([...add, ...imprint]);
    return { isFinal: true, output: null };
  },
});

const imprintSize = ({ name, options = [] }: AddBricksParams, gluster: Gluster): Command[] =>
  options.length === 0 ? [] : [gluster.setOptions(name, options)];

async function missingBricks(cluster: GlusterCluster, params: AddBricksParams): Promise<string[]> {
  const volume = await cluster.look(params.name);
  assertStillOurs(volume, params);
  const present = new Set(volume.bricks.map(pathOf));
  return params.bricks.filter((brick) => !present.has(pathOf(brick)));
}
