import type { Reads } from '../../db/queries.ts';
import { AppError } from '../../errors.ts';
import type { Action, StepContext } from '../../operations/kinds.ts';
import type { GlusterVolume } from '../../storage/gluster/volume-info.ts';
import { fromVolumeOptions, idOption, quarantineOption, type VolumeImprint } from '../../storage/imprints.ts';
import { compactUuid } from '../../storage/naming.ts';
import { endGlusterVolume, type VolumeToEnd } from '../../volumes/end-gluster-volume.ts';
import { GlusterCluster } from '../../volumes/gluster-cluster.ts';
import type { StorageCommands } from '../../volumes/settings.ts';

export interface QuarantineVolumeParams {
  readonly clusterId: string;
  readonly nodeIds: readonly string[];
  readonly name: string;
  readonly sinceMs: number;
}

const laneOf = ({ clusterId }: QuarantineVolumeParams): string[] => [`gluster:${clusterId}`];

export const quarantineVolumeActions = (commands: StorageCommands, reads: Reads): Action[] => [
  quarantineAction(commands),
  releaseAction(commands),
  destroyAction(commands, reads),
];

interface Found {
  readonly cluster: GlusterCluster;
  readonly volume: GlusterVolume | undefined;
}

/** The volume, which must bear an id of ours. @throws AppError `gluster.foreign_volume`. */
async function find(
  context: StepContext,
  { nodeIds, name }: QuarantineVolumeParams,
  { gluster }: StorageCommands,
): Promise<Found> {
  const cluster = new GlusterCluster(context, nodeIds, gluster);
  const volume = await cluster.look(name);
  if (volume !== undefined && volume.options[idOption] === undefined) {
    throw new AppError(
      'gluster.foreign_volume',
      `the gluster volume ${name} does not bear an id of ours: it is left alone`,
    );
  }
  return { cluster, volume };
}

/** Stops an orphan volume and keeps it, marked with the date. */
const quarantineAction = (commands: StorageCommands): Action<QuarantineVolumeParams, null> => ({
  name: 'quarantine-volume',
  title: 'stop the orphan volume, keep it and mark it',
  lanes: laneOf,
  async run(context, params) {
    const { cluster, volume } = await find(context, params, commands);
    if (volume === undefined) return null;
    const { gluster } = commands;
    await cluster.run([
      gluster.setOptions(params.name, [[quarantineOption, String(params.sinceMs)]]),
      ...(volume.status === 'started' ? [gluster.stopVolume(params.name)] : []),
    ]);
    return null;
  },
  undo: async (context, params) => unmark(context, params, commands),
});

const releaseAction = (commands: StorageCommands): Action<QuarantineVolumeParams, null> => ({
  name: 'release-volume',
  title: 'take the mark of the quarantine off',
  lanes: laneOf,
  async run(context, params) {
    await unmark(context, params, commands);
    return null;
  },
});

async function unmark(
  context: StepContext,
  params: QuarantineVolumeParams,
  commands: StorageCommands,
): Promise<void> {
  const { cluster, volume } = await find(context, params, commands);
  if (volume?.options[quarantineOption] === undefined) return;
  await cluster.run([commands.gluster.takeOff(params.name, [quarantineOption])]);
}

/** Deletes a volume that has been in quarantine since then. Its bricks stay, and are orphans from then on. */
const destroyAction = (commands: StorageCommands, reads: Reads): Action<QuarantineVolumeParams, null> => ({
  name: 'destroy-quarantined-volume',
  title: 'delete the orphan volume',
  lanes: laneOf,
  async run(context, params) {
    const { volume: found } = await find(context, params, commands);
    if (found === undefined) return null;
    const doomed: VolumeToEnd = {
      ...params,
      // Names a folder, so nothing that anybody may have written.
      volumeId: compactUuid(found.uuid),
      ...durabilityOf(fromVolumeOptions(found.options)),
      isDoomed: (volume) => {
        assertInQuarantine(volume, params);
        return true;
      },
    };
    await endGlusterVolume(context, doomed, { gluster: commands.gluster, reads });
    return null;
  },
});

const durabilityOf = (imprint: VolumeImprint | undefined): Pick<VolumeToEnd, 'durability'> =>
  imprint === undefined ? {} : { durability: imprint.durability };

/** @throws AppError `object.in_use`. */
function assertInQuarantine(
  { status, options }: GlusterVolume,
  { name, sinceMs }: QuarantineVolumeParams,
): void {
  if (options[quarantineOption] === String(sinceMs) && status !== 'started') return;
  throw new AppError(
    'object.in_use',
    `the gluster volume ${name} is ${status === 'started' ? 'started' : 'not in quarantine'} by now: it is left alone`,
  );
}
