import type { Answer } from '../../world/answer.ts';
import { isServed, setSize } from '../../world/gluster.ts';
import { healABit, pendingOn } from '../../world/healing.ts';
import type { GlusterVolume } from '../../world/state.ts';
import { element, nest, usage, xml } from './answers.ts';
import type { Request } from './request.ts';

const refuse = (words: string, errno: number): Answer =>
  xml({ ret: -1, errno, words, body: nest('healInfo', ['<bricks/>']) });

/** `gluster volume heal NAME`. What is pending is healed by looking, so there is nothing to do. */
const launch = ({ pool }: Request, name: string): Answer =>
  pool.volumes.has(name)
    ? xml({ body: nest('healInfo', ['<bricks/>']) })
    : refuse(`Volume ${name} does not exist`, 2);

/** `gluster volume heal NAME info`: what each brick knows that others still lack. Some is healed between two looks. */
export function healInfo(request: Request): Answer {
  const [name = '', verb, ...rest] = request.words;
  if (verb === undefined && name !== '') return launch(request, name);
  if (verb !== 'info' || rest.length > 0) return usage('volume heal <VOLNAME> info [summary | split-brain]');
  const { call, pool } = request;
  const volume = pool.volumes.get(name);
  if (volume === undefined) return refuse(`Volume ${name} does not exist`, 2);
  if (setSize(volume.shape) === 1) {
    return refuse(
      `This command is supported for only volumes of replicate/disperse type. Volume ${name} is not of type replicate/disperse`,
      22,
    );
  }
  if (volume.status !== 'started') return refuse(`Volume ${name} is not started`, 107);
  const body = nest('healInfo', nest('bricks', brickLines(request, volume)));
  healABit(call.world, volume);
  return xml({ body });
}

function brickLines({ call: { world } }: Request, volume: GlusterVolume): string[] {
  return volume.bricks.flatMap((brick, index) => {
    const isConnected = isServed(world, brick);
    const uuid = isConnected ? world.memberNode(brick.node).gluster.uuid : '-';
    return [
      `<brick hostUuid="${uuid}">`,
      `  ${element('name', brick.name)}`,
      `  ${element('status', isConnected ? 'Connected' : 'Transport endpoint is not connected')}`,
      `  ${element('numberOfEntries', isConnected ? pendingOn(volume, index) : '-')}`,
      '</brick>',
    ];
  });
}
