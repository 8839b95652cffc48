/** Putting a brick in the place of another. */
import type { Answer } from '../../world/answer.ts';
import { enterBricks, setSize, startBricks, strikeBrick } from '../../world/gluster.ts';
import { noteReplaced } from '../../world/healing.ts';
import { refusal, usage, xml } from './answers.ts';
import type { Request } from './request.ts';
import { stageBricks } from './staging.ts';

const form = 'volume replace-brick <VOLNAME> <SOURCE-BRICK> <NEW-BRICK> {commit force}';

/** `gluster volume replace-brick NAME OLD NEW commit force`: the new brick begins empty and is healed from the others. */
export function replaceBrick(request: Request): Answer {
  const [name = '', old = '', replacement, verb] = request.words;
  if (replacement === undefined || verb !== 'commit' || !request.isForced) return usage(form);
  const { call, pool } = request;
  const volume = pool.volumes.get(name);
  const refuse = (words: string): Answer => refusal(words, 0);
  if (volume === undefined) return refuse(`Volume ${name} does not exist`);
  if (setSize(volume.shape) === 1) {
    return refuse(
      'replace-brick is not permitted on distribute only volumes. Please use add-brick and remove-brick operations instead.',
    );
  }
  if (volume.status !== 'started') return refuse(`volume: ${name} is not started`);
  const index = volume.bricks.findIndex((brick) => brick.name === old);
  const outgoing = volume.bricks[index];
  if (outgoing === undefined) return refuse(`brick: ${old} does not exist in volume: ${name}`);
  const bricks = stageBricks(request, {
    volumeUuid: volume.uuid,
    shape: volume.shape,
    bricks: [replacement],
    stranger: (host) => `Host ${host} is not in 'Peer in Cluster' state`,
    peerFailure: (peer, words) => `Pre Validation failed on ${peer}. ${words}`,
  });
  if (typeof bricks === 'string') return refuse(bricks);
  const [incoming] = bricks;
  if (incoming === undefined) return usage(form);
  noteReplaced(call.world, volume, index, incoming);
  strikeBrick(call.world, outgoing);
  volume.bricks[index] = incoming;
  enterBricks(call.world, volume, [incoming]);
  startBricks(call.world, volume, [incoming]);
  return xml({ words: 'replace-brick commit force operation successful' });
}
