import type { Answer } from '../../world/answer.ts';
import { brickFolder, hostnamesOf, isGlusterdUp, startBricks } from '../../world/gluster.ts';
import type { GlusterBrick, GlusterVolume } from '../../world/state.ts';
import { refusal, xml } from './answers.ts';
import { isAnswer, type Request, volumeNamed } from './request.ts';
import { volumeBrief } from './volume-create.ts';

/** `gluster volume start NAME [force]`. */
export function startVolume(request: Request): Answer {
  const volume = volumeNamed(request);
  if (isAnswer(volume)) return volume;
  if (volume.status === 'started' && !request.isForced)
    return refusal(`Volume ${volume.name} already started`);
  const words = request.isForced ? undefined : brokenBrick(request, volume);
  if (words !== undefined) return refusal(words);
  request.call.world.touch();
  volume.status = 'started';
  startBricks(request.call.world, volume, volume.bricks);
  return xml({ body: volumeBrief('volStart', volume) });
}

/** The first brick whose directory is not as it was given: first those of the node itself, then those of its peers. */
function brokenBrick({ call, node, pool }: Request, volume: GlusterVolume): string | undefined {
  const own = volume.bricks.filter((brick) => brick.node === node.name);
  for (const brick of own) {
    const words = brickFault(call.world.memberNode(brick.node), volume, brick);
    if (words !== undefined) return words;
  }
  for (const brick of volume.bricks) {
    const owner = call.world.memberNode(brick.node);
    const words = isGlusterdUp(owner) ? brickFault(owner, volume, brick) : undefined;
    if (words !== undefined) return `Pre Validation failed on ${hostnamesOf(pool, brick.node)[0]}. ${words}`;
  }
  return undefined;
}

function brickFault(
  owner: Request['node'],
  volume: GlusterVolume,
  { name, path }: GlusterBrick,
): string | undefined {
  const folder = brickFolder(owner, path);
  if (folder === undefined) {
    return `Failed to find brick directory ${path} for volume ${volume.name}. Reason : No such file or directory`;
  }
  if (folder.volumeId === undefined) {
    return `Failed to get extended attribute trusted.glusterfs.volume-id for brick dir ${path}. Reason : No data available`;
  }
  if (folder.volumeId === volume.uuid) return undefined;
  return `Volume id mismatch for brick ${name}. Expected volume id ${volume.uuid}, volume id ${folder.volumeId} found`;
}
