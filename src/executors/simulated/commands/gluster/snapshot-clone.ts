/** Activating snapshots, and making volumes of them. */
import type { Answer } from '../../world/answer.ts';
import { enterBricks } from '../../world/gluster.ts';
import { copyBricks, markCopies, mountCopies } from '../../world/snapshots.ts';
import type { GlusterVolume } from '../../world/state.ts';
import { refusal, snapshotErrno, xml } from './answers.ts';
import type { Request } from './request.ts';
import { snapshotBrief } from './snapshot-changes.ts';
import { volumeBrief } from './volume-create.ts';

const invalid = 22;

/** `gluster snapshot activate SNAPSHOT [force]`. */
export function activateSnapshot({ call, pool, words, isForced }: Request): Answer {
  const [name = ''] = words;
  const snapshot = pool.snapshots?.get(name);
  if (snapshot === undefined) return refusal(`Snapshot (${name}) does not exist.`, snapshotErrno.noSnapshot);
  // Told to do it all the same, gluster tries to mount what is mounted.
  if (snapshot.isActivated && isForced)
    return refusal('Commit failed on localhost. Please check log file for details.');
  if (snapshot.isActivated) return refusal(`Snapshot ${name} is already activated.`, invalid);
  call.world.touch();
  snapshot.isActivated = true;
  mountCopies(call.world, snapshot.bricks);
  // It stays after the snapshot is deactivated.
  markCopies(call.world, snapshot.bricks, snapshot.volumeUuid);
  return xml({ body: snapshotBrief('snapActivate', snapshot) });
}

/** `gluster snapshot clone VOLUME SNAPSHOT`: a volume of its own, not started yet. */
export function cloneSnapshot({ call, pool, words }: Request): Answer {
  const [name = '', snapshotName = ''] = words;
  if (pool.volumes.has(name))
    return refusal(`Volume with name:${name} already exists`, snapshotErrno.volumeExists);
  const snapshot = pool.snapshots?.get(snapshotName);
  if (snapshot === undefined)
    return refusal(`Failed to find :${snapshotName} snap`, snapshotErrno.noSnapshot);
  if (!snapshot.isActivated)
    return refusal(`Snapshot ${snapshotName} is not activated`, snapshotErrno.volumeStopped);
  const origin = [...pool.volumes.values()].find(({ uuid }) => uuid === snapshot.origin);
  if (origin === undefined) throw new Error(`the snapshot ${snapshotName} has no volume`);
  const uuid = call.world.uuid();
  const volume: GlusterVolume = {
    name,
    uuid,
    shape: origin.shape,
    status: 'created',
    bricks: copyBricks(call.world, snapshot.bricks, uuid),
    options: new Map(snapshot.options),
    isRebalancing: false,
    snapshots: 0,
  };
  pool.volumes.set(name, volume);
  mountCopies(call.world, volume.bricks);
  markCopies(call.world, volume.bricks, uuid);
  enterBricks(call.world, volume, volume.bricks);
  return xml({ body: volumeBrief('CloneCreate', volume) });
}
