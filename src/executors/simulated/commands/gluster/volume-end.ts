/** Stopping and deleting volumes. */
import type { Answer } from '../../world/answer.ts';
import { hasAbsentPeer, removeVolume, stopBricks } from '../../world/gluster.ts';
import { countSnapshots } from '../../world/snapshots.ts';
import { refusal, xml } from './answers.ts';
import { isAnswer, type Request, volumeNamed } from './request.ts';
import { volumeBrief } from './volume-create.ts';

/** `gluster volume stop NAME [force]`; forced, one that does not run is fine. */
export function stopVolume(request: Request): Answer {
  const volume = volumeNamed(request);
  if (isAnswer(volume)) return volume;
  if (volume.status !== 'started' && !request.isForced) {
    return refusal(`Volume ${volume.name} is not in the started state`);
  }
  if (volume.isRebalancing && !request.isForced) {
    return refusal(`rebalance session is in progress for the volume '${volume.name}'`);
  }
  request.call.world.touch();
  volume.status = 'stopped';
  volume.isRebalancing = false;
  stopBricks(request.call.world, volume);
  return xml({ body: volumeBrief('volStop', volume) });
}

/** `gluster volume delete NAME`: needs all peers. */
export function deleteVolume(request: Request): Answer {
  const volume = volumeNamed(request);
  if (isAnswer(volume)) return volume;
  const { call, node, pool } = request;
  if (hasAbsentPeer(call.world, node)) return refusal('Some of the peers are down');
  if (volume.status === 'started') {
    return refusal(`Volume ${volume.name} has been started.Volume needs to be stopped before deletion.`);
  }
  const snapshots = countSnapshots(pool, volume);
  if (snapshots > 0) {
    return refusal(
      `Cannot delete Volume ${volume.name} ,as it has ${snapshots} snapshots. To delete the volume, first delete all the snapshots under it.`,
    );
  }
  removeVolume(call.world, pool, volume);
  return xml({ body: volumeBrief('volDelete', volume) });
}
