/** Taking and deleting snapshots. */
import type { Answer } from '../../world/answer.ts';
import { hostnamesOf, isServed } from '../../world/gluster.ts';
import { copyBricks, countSnapshots, removeCopies, thinVolumeOf } from '../../world/snapshots.ts';
import type { GlusterBrick, GlusterSnapshot, GlusterVolume } from '../../world/state.ts';
import { element, nest, noSuchVolume, refusal, snapshotErrno, usage, xml } from './answers.ts';
import type { Request } from './request.ts';

const form = 'snapshot create <snapname> <volname> [no-timestamp] [description <description>] [force]';

/** `gluster snapshot create SNAPSHOT VOLUME no-timestamp [description TEXT]`. */
export function createSnapshot(request: Request): Answer {
  const { pool, call } = request;
  const [name = '', volumeName = '', ...rest] = request.words;
  if (/[^\w-]/.test(name) || name === '') return usage(form, 'Snapshot name is not valid');
  const [stamp, key, ...description] = rest;
  if (stamp !== 'no-timestamp' || (key !== undefined && key !== 'description')) return usage(form);
  if (pool.snapshots?.has(name) === true)
    return refusal(`Snapshot ${name} already exists`, snapshotErrno.snapshotExists);
  const volume = pool.volumes.get(volumeName);
  if (volume === undefined) return refusal(`Volume (${volumeName}) does not exist `, noSuchVolume);
  const fault = snapshotFault(request, volume) ?? brickFault(request, volume);
  if (fault !== undefined) return fault;
  const [uuid, volumeUuid] = [call.world.uuid(), call.world.uuid()];
  const snapshot: GlusterSnapshot = {
    name,
    uuid,
    volumeUuid,
    origin: volume.uuid,
    description: description.join(' '),
    bricks: copyBricks(call.world, volume.bricks, volumeUuid),
    options: new Map(volume.options),
    isActivated: false,
  };
  pool.snapshots ??= new Map();
  pool.snapshots.set(name, snapshot);
  // Held up while the snapshot was taken; the option stays.
  volume.options.set('features.barrier', 'disable');
  return xml({ body: snapshotBrief('snapCreate', snapshot) });
}

function snapshotFault({ pool }: Request, volume: GlusterVolume): Answer | undefined {
  if (volume.status !== 'started')
    return refusal(`volume ${volume.name} is not started`, snapshotErrno.volumeStopped);
  if (volume.isRebalancing) {
    const words = `rebalance process is running for the volume ${volume.name}`;
    return refusal(words, snapshotErrno.rebalancing);
  }
  if (countSnapshots(pool, volume) < pool.snapshotLimit) return undefined;
  const words = `The number of existing snaps has reached the effective maximum limit of ${pool.snapshotLimit}, for the volume (${volume.name}). Please delete few snapshots before taking further snapshots.`;
  return refusal(words, snapshotErrno.limit);
}

const brickDownWords =
  'One or more bricks are not running. Please run volume status command to see brick status.\nPlease start the stopped brick and then issue snapshot create command or use [force] option in snapshot create to override this behavior.';

/** The node that was asked looks at its own bricks, then its peers at theirs. */
function brickFault(request: Request, volume: GlusterVolume): Answer | undefined {
  const { node } = request;
  const own = volume.bricks.filter((brick) => brick.node === node.name);
  const others = volume.bricks.filter((brick) => brick.node !== node.name);
  for (const brick of [...own, ...others]) {
    const fault = faultOf(request, volume, brick);
    if (fault === undefined) continue;
    const peer = hostnamesOf(request.pool, brick.node)[0] ?? '';
    const words = brick.node === node.name ? fault.words : `Pre Validation failed on ${peer}. ${fault.words}`;
    return refusal(words, fault.errno);
  }
  return undefined;
}

function faultOf(
  { call: { world } }: Request,
  volume: GlusterVolume,
  brick: GlusterBrick,
): { readonly words: string; readonly errno: number } | undefined {
  if (!isServed(world, brick)) return { words: brickDownWords, errno: snapshotErrno.brickDown };
  if (thinVolumeOf(world.memberNode(brick.node), brick.path) !== undefined) return undefined;
  return {
    words: `Snapshot is supported only for thin provisioned LV. Ensure that all bricks of ${volume.name} are thinly provisioned LV.`,
    errno: snapshotErrno.notThin,
  };
}

/** `gluster snapshot delete SNAPSHOT`. */
export function deleteSnapshot({ call, pool, words }: Request): Answer {
  const [name = ''] = words;
  const snapshot = pool.snapshots?.get(name);
  if (snapshot === undefined) return refusal(`Snapshot (${name}) does not exist.`, snapshotErrno.noSnapshot);
  // A peer that is away catches up when it is back: nothing can tell that from its having done so at once.
  removeCopies(call.world, snapshot.bricks);
  pool.snapshots?.delete(name);
  return xml({
    body: nest(
      'snapDelete',
      nest(
        'snapshots',
        nest('snapshot', [
          element('status', 'Success'),
          element('name', name),
          element('uuid', snapshot.uuid),
        ]),
      ),
    ),
  });
}

/** `<snapCreate>` and the like: which snapshot it was. */
export const snapshotBrief = (tag: string, { name, uuid }: GlusterSnapshot): string[] =>
  nest(tag, nest('snapshot', [element('name', name), element('uuid', uuid)]));
