import type { Answer } from '../../world/answer.ts';
import { isGlusterdUp } from '../../world/gluster.ts';
import { element, nest, refusal, usage, xml } from './answers.ts';
import { splitBrick } from './layout.ts';
import { isAnswer, type Request, volumeNamed } from './request.ts';

/** `gluster volume status NAME`: the brick processes. Bricks on nodes whose glusterd is away are left out. */
export function volumeStatus(request: Request): Answer {
  if (request.words.length !== 1) return usage('volume status [all | <VOLNAME>]');
  const volume = volumeNamed(request);
  if (isAnswer(volume)) return volume;
  if (volume.status !== 'started') return refusal(`Volume ${volume.name} is not started`);
  const nodes = volume.bricks.flatMap(({ name, node, path }) => {
    const owner = request.call.world.memberNode(node);
    if (!isGlusterdUp(owner)) return [];
    const isOnline = owner.gluster.running.has(path);
    return nest('node', [
      element('hostname', splitBrick(name)?.host ?? ''),
      element('path', path),
      element('peerid', owner.gluster.uuid),
      element('status', isOnline ? 1 : 0),
      element('port', isOnline ? 49_152 : 'N/A'),
      ...nest('ports', [element('tcp', isOnline ? 49_152 : 'N/A'), element('rdma', 'N/A')]),
      element('pid', isOnline ? 1234 : -1),
    ]);
  });
  const inner = [element('volName', volume.name), element('nodeCount', volume.bricks.length), ...nodes];
  return xml({ body: nest('volStatus', nest('volumes', nest('volume', [...inner, '<tasks/>']))) });
}
