import { AppError } from '../errors.ts';
import { notYet } from '../operations/failures.ts';
import type { Action } from '../operations/kinds.ts';
import type { Gluster } from '../storage/gluster/gluster.ts';
import { type BrickRemoval, parseRemoval } from '../storage/gluster/removal.ts';
import { parseVolumeStatus } from '../storage/gluster/volume-status.ts';
import { inVolume, ownVolume, type ReplacementParams } from './brick-set.ts';
import { GlusterCluster } from './gluster-cluster.ts';
import { pathOf } from './ownership.ts';

const lookAgainMs = 2000;

/** Makes sure that the files of a brick without copies can be moved away, or that their owner gives them up. */
export const checkDrainAction = (gluster: Gluster): Action<ReplacementParams, null> => ({
  name: 'check-drain',
  title: 'check that the files of the brick can be moved',
  async run(context, params) {
    const cluster = new GlusterCluster(context, params.nodeIds, gluster);
    const [info] = await cluster.run([gluster.volumeInfo(params.name)]);
    const volume = ownVolume(info?.stdout ?? '', params);
    if (inVolume(volume, params.old.name) === undefined)
      throw new AppError('gluster.failed', `gluster's volume ${params.name} has no brick ${params.old.name}`);
    if (!(await isServed(cluster, params, gluster))) assertGivenUp(params);
    return null;
  },
});

/**
 * Lets gluster move the files of a brick to the others of a distributed volume and then lets go of it. A brick that cannot
 * be read is let go of with all that was on it, when its owner said so.
 */
export const drainBrickAction = (gluster: Gluster): Action<ReplacementParams, null> => ({
  name: 'drain-brick',
  title: 'move the files away from the old brick',
  lanes: ({ clusterId }) => [`gluster:${clusterId}`],
  async run(context, params) {
    const cluster = new GlusterCluster(context, params.nodeIds, gluster);
    const [info] = await cluster.run([gluster.volumeInfo(params.name)]);
    const old = inVolume(ownVolume(info?.stdout ?? '', params), params.old.name);
    if (old === undefined) return null;
    if (await isServed(cluster, params, gluster)) await drain(cluster, params.name, old, gluster);
    else {
      assertGivenUp(params);
      await cluster.run([gluster.removeBrick(params.name, old, 'force')]);
    }
    return null;
  },
});

async function isServed(
  cluster: GlusterCluster,
  params: ReplacementParams,
  gluster: Gluster,
): Promise<boolean> {
  if (params.isOldLost) return false;
  const [status] = await cluster.run([gluster.volumeStatus(params.name)]);
  const processes = parseVolumeStatus(status?.stdout ?? '');
  return processes.some(({ path, isOnline }) => isOnline && path === pathOf(params.old.name));
}

/** @throws AppError `brick.needed`. */
function assertGivenUp({ acceptDataLoss, old, name }: ReplacementParams): void {
  if (acceptDataLoss) return;
  throw new AppError(
    'brick.needed',
    `the volume ${name} has no copies: what is on brick ${old.brickId} (${old.name}) is there alone, and it does not answer. Bring its node or disk back, or accept the loss of these files (--accept-data-loss)`,
    { details: { brickId: old.brickId } },
  );
}

/** @throws AppError `operation.not_yet` while files are moved; `gluster.failed` when some could not be. */
async function drain(cluster: GlusterCluster, name: string, old: string, gluster: Gluster): Promise<void> {
  const removal = await lookAtRemoval(cluster, name, old, gluster);
  if (removal.state === 'none') {
    await cluster.run([gluster.removeBrick(name, old, 'start')]);
    throw notYet('files begin to move', lookAgainMs);
  }
  if (removal.state === 'running') throw notYet(`${removal.movedFiles} files moved so far`, lookAgainMs);
  if (removal.state === 'broken' || removal.failures > 0) {
    await cluster.run([gluster.removeBrick(name, old, 'stop')]);
    throw new AppError(
      'gluster.failed',
      `${removal.failures} files could not be moved away from ${old} (${removal.words}); it is tried again`,
    );
  }
  await cluster.run([gluster.removeBrick(name, old, 'commit')]);
}

async function lookAtRemoval(
  cluster: GlusterCluster,
  name: string,
  old: string,
  gluster: Gluster,
): Promise<BrickRemoval> {
  const [status] = await cluster.run([gluster.removeBrickStatus(name, old)]);
  return parseRemoval(status?.stdout ?? '');
}
