/** Adding bricks, and spreading files over them. */
import type { Answer } from '../../world/answer.ts';
import { enterBricks, setSize, startBricks } from '../../world/gluster.ts';
import { element, nest, outcome, refused, usage, xml } from './answers.ts';
import { faultOfBricks } from './layout.ts';
import type { Request } from './request.ts';
import { stageBricks } from './staging.ts';

const form = 'volume add-brick <VOLNAME> [<replica> <COUNT> [arbiter <COUNT>]] <NEW-BRICK> ... [force]';

/** `gluster volume add-brick NAME HOST:PATH… [force]`: whole brick sets of the volume's own kind. */
export function addBrick(request: Request): Answer {
  const [name = '', ...names] = request.words;
  const complaint = faultOfBricks(names);
  if (complaint !== undefined || names.length === 0)
    return usage(form, ...(complaint === undefined ? [] : [complaint]));
  const refuse = (text: string, errno?: number): Answer =>
    outcome('volAddBrick', text, { text, ...(errno === undefined ? {} : { errno }) });
  const { call, pool } = request;
  const volume = pool.volumes.get(name);
  if (volume === undefined) return refuse(`Unable to get volinfo for volume name ${name}`, 0);
  if (volume.isRebalancing) {
    return refuse(`Volume name ${name} rebalance is in progress. Please retry after completion`);
  }
  const size = setSize(volume.shape);
  if (names.length % size !== 0) {
    return refuse(`Incorrect number of bricks supplied ${names.length} with count ${size}`, 0);
  }
  const bricks = stageBricks(request, {
    volumeUuid: volume.uuid,
    shape: volume.shape,
    bricks: names,
    stranger: () => 'Pre-validation failed on localhost. Please check log file for details',
    peerFailure: (peer, words) => `Pre Validation failed on ${peer}. ${words}`,
  });
  if (typeof bricks === 'string') return refuse(bricks);
  volume.bricks.push(...bricks);
  enterBricks(call.world, volume, bricks);
  if (volume.status === 'started') startBricks(call.world, volume, bricks);
  return outcome('volAddBrick', 'Add Brick successful');
}

const startOperation = 1;

/** `gluster volume rebalance NAME start`. It is done as soon as it has begun, unless a test says that one goes on. */
export function rebalance(request: Request): Answer {
  const [name = '', verb] = request.words;
  if (verb !== 'start')
    return usage('volume rebalance <VOLNAME> {{fix-layout start} | {start [force]|stop|status}}');
  const operation = element('op', startOperation);
  const refuse = (words: string): Answer =>
    xml({ ret: -1, errno: refused, words, body: nest('volRebalance', [operation]) });
  const { call, pool } = request;
  const volume = pool.volumes.get(name);
  if (volume === undefined) return refuse(`Volume ${name} does not exist`);
  if (volume.bricks.length <= setSize(volume.shape)) {
    return refuse(
      `Volume ${name} is not a distribute volume or contains only 1 brick.\nNot performing rebalance`,
    );
  }
  if (volume.status !== 'started') return refuse(`Volume ${name} needs to be started to perform rebalance`);
  if (volume.isRebalancing) return refuse(`Rebalance on ${name} is already started`);
  call.world.touch();
  return xml({ body: nest('volRebalance', [element('task-id', call.world.uuid()), operation]) });
}
