import type { Reads } from '../db/queries.ts';
import type { Command } from '../lib/command.ts';
import type { Durability } from '../lib/durability.ts';
import type { Action } from '../operations/kinds.ts';
import type { Gluster } from '../storage/gluster/gluster.ts';
import { type GlusterVolume, parseCreatedUuid } from '../storage/gluster/volume-info.ts';
import { endGlusterVolume } from './end-gluster-volume.ts';
import { GlusterCluster } from './gluster-cluster.ts';
import { assertOurs, isOurs } from './ownership.ts';

export interface CreateGlusterVolumeParams {
  readonly clusterId: string;
  /** Nodes that may run the commands, in the order they are tried. */
  readonly nodeIds: readonly string[];
  readonly volumeId: string;
  readonly name: string;
  readonly durability: Durability;
  readonly bricks: readonly string[];
  readonly options: readonly (readonly [key: string, value: string])[];
}

export interface CreatedGlusterVolume {
  readonly glusterUuid: string;
}

/**
 * Creates, configures and starts the gluster volume (engine reference 3.5) in one batch; goes on from whatever a broken
 * try left. A volume of that name that is not ours is a final error, and undoing never touches it (W10).
 */
export const createGlusterVolumeAction = (
  gluster: Gluster,
  reads: Reads,
): Action<CreateGlusterVolumeParams, CreatedGlusterVolume> => ({
  name: 'create-gluster-volume',
  title: 'create and start the gluster volume',
  lanes: ({ clusterId }) => [`gluster:${clusterId}`],

  async run(context, params) {
    const cluster = new GlusterCluster(context, params.nodeIds, gluster);
    const attempt = (): Promise<CreatedGlusterVolume> => createFromNothing(cluster, params, gluster);
    if (context.isRepeat) return goOn(cluster, params, gluster, attempt);
    try {
      return await attempt();
    } catch (thrown) {
      return goOn(cluster, params, gluster, () => Promise.reject(thrown));
    }
  },

  async undo(context, params) {
    const isDoomed = (volume: GlusterVolume): boolean => isOurs(volume, { ...params, glusterUuid: null });
    const brickNodes = params.nodeIds.length;
    await endGlusterVolume(context, { ...params, brickNodes, isDoomed }, { gluster, reads });
  },
});

const setOptions = ({ name, options }: CreateGlusterVolumeParams, gluster: Gluster): Command[] => {
  // "group" names a file of options and stands alone in a call.
  const groups = options.filter(([key]) => key === 'group');
  const plain = options.filter(([key]) => key !== 'group');
  return [...groups.map((group) => gluster.setOptions(name, [group])), gluster.setOptions(name, plain)];
};

async function createFromNothing(
  cluster: GlusterCluster,
  params: CreateGlusterVolumeParams,
  gluster: Gluster,
): Promise<CreatedGlusterVolume> {
  const [created] = await cluster.run([
    gluster.createVolume(params),
    ...setOptions(params, gluster),
    gluster.startVolume(params.name),
  ]);
  return { glusterUuid: parseCreatedUuid(created?.stdout ?? '') };
}

/** Completes what is there of the volume; `whenAbsent` decides when nothing is. */
async function goOn(
  cluster: GlusterCluster,
  params: CreateGlusterVolumeParams,
  gluster: Gluster,
  whenAbsent: () => Promise<CreatedGlusterVolume>,
): Promise<CreatedGlusterVolume> {
  const existing: GlusterVolume | undefined = await cluster.look(params.name);
  if (existing === undefined) return whenAbsent();
  assertOurs(existing, { ...params, glusterUuid: null });
  const start = existing.status === 'started' ? [] : [gluster.startVolume(params.name)];
  await cluster.run([...setOptions(params, gluster), ...start]);
  return { glusterUuid: existing.uuid };
}
