import type { Action, StepPlan } from '../operations/kinds.ts';
import { GlusterCluster } from './gluster-cluster.ts';
import { assertStillOurs, type VolumeIdentity } from './ownership.ts';
import type { StorageCommands } from './settings.ts';

interface ImprintVolumeParams extends VolumeIdentity {
  readonly clusterId: string;
  readonly nodeIds: readonly string[];
  readonly options: readonly (readonly [key: string, value: string])[];
}

const actionName = 'imprint-volume';

export const imprintVolumeStep = (params: ImprintVolumeParams): StepPlan => ({
  action: actionName,
  nodeId: null,
  params,
});

/** Lets a gluster volume say what is on record of it. @throws AppError `gluster.foreign_volume`. */
export const imprintVolumeAction = ({ gluster }: StorageCommands): Action<ImprintVolumeParams, null> => ({
  name: actionName,
  title: 'write size and request into the options of the gluster volume',
  lanes: ({ clusterId }) => [`gluster:${clusterId}`],
  async run(context, params) {
    const cluster = new GlusterCluster(context, params.nodeIds, gluster);
    const volume = await cluster.look(params.name);
    assertStillOurs(volume, params);
    await cluster.run([gluster.setOptions(params.name, params.options)]);
    return null;
  },
});
