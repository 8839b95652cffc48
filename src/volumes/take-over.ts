import { AppError } from '../errors.ts';
import type { Action, StepContext } from '../operations/kinds.ts';
import type { Gluster } from '../storage/gluster/gluster.ts';
import type { GlusterVolume } from '../storage/gluster/volume-info.ts';
import { idOption } from '../storage/imprints.ts';
import { GlusterCluster } from './gluster-cluster.ts';
import { assertStillOurs } from './ownership.ts';

export interface TakeOverParams {
  readonly clusterId: string;
  readonly nodeIds: readonly string[];
  readonly volumeId: string;
  readonly name: string;
  readonly glusterUuid: string;
  /** `host:path` in gluster's order. */
  readonly bricks: readonly string[];
  /** That say whose the volume is. */
  readonly options: readonly (readonly [key: string, value: string])[];
}

/** Marks a gluster volume that others made as Mortar's; undoing it removes the marks and nothing else. */
export const takeOverAction = (gluster: Gluster): Action<TakeOverParams, null> => ({
  name: 'take-over',
  title: 'mark the gluster volume as managed',
  lanes: ({ clusterId }) => [`gluster:${clusterId}`],
  async run(context, params) {
    const cluster = new GlusterCluster(context, params.nodeIds, gluster);
    assertAsFound(await cluster.look(params.name), params);
    await cluster.run([gluster.setOptions(params.name, params.options)]);
    return null;
  },
  undo: (context, params) => unmark(context, params, gluster),
});

/** Removes the marks of a volume that is managed no more. One that is gone or was replaced has none. */
export const giveBackAction = (gluster: Gluster): Action<TakeOverParams, null> => ({
  name: 'give-back',
  title: 'remove the marks from the gluster volume',
  lanes: ({ clusterId }) => [`gluster:${clusterId}`],
  async run(context, params) {
    await unmark(context, params, gluster);
    return null;
  },
});

/** @throws AppError `gluster.failed`, `gluster.foreign_volume`, `request.conflict`. */
function assertAsFound(volume: GlusterVolume | undefined, params: TakeOverParams): void {
  const { name, bricks, volumeId } = params;
  assertStillOurs(volume, params);
  if (volume.bricks.join() !== bricks.join())
    throw new AppError('request.conflict', `${name} was given other bricks meanwhile: look at it again`);
  const id = volume.options[idOption];
  if (id !== undefined && id !== volumeId)
    throw new AppError('request.conflict', `${name} bears the id ${id} by now: somebody else manages it`);
}

async function unmark(
  context: StepContext,
  { nodeIds, name, glusterUuid, volumeId, options }: TakeOverParams,
  gluster: Gluster,
): Promise<void> {
  const cluster = new GlusterCluster(context, nodeIds, gluster);
  const volume = await cluster.look(name);
  if (volume === undefined || volume.uuid !== glusterUuid) return;
  const id = volume.options[idOption];
  if (id !== undefined && id !== volumeId) return;
  const present = options.map(([key]) => key).filter((key) => volume.options[key] !== undefined);
  if (present.length > 0) await cluster.run([gluster.takeOff(name, present)]);
}
