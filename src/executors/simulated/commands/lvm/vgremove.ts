import { type Answer, done, failed } from '../../world/answer.ts';
import { findDevice } from '../../world/devices.ts';
import { removeVolume } from '../../world/lvm.ts';
import { parseOptions } from '../options.ts';
import type { Call } from '../program.ts';
import { groupMissing, lvmFailure, visibleVolumes } from './groups.ts';

/** `lvm vgremove`: an empty volume group; about one with volumes it asks, and takes silence for "no". */
export function vgremove(call: Call): Answer {
  const options = parseOptions(call.args, { flags: ['-qq', '-q'], values: ['--autobackup'] });
  const [name = ''] = options.rest;
  const { world, node } = call;
  const group = node.groups.get(name);
  if (group === undefined) return groupMissing(name);
  const count = visibleVolumes(group).length;
  if (count > 0) {
    const what = count === 1 ? '1 logical volume' : `${count} logical volumes`;
    return failed(
      lvmFailure,
      `Do you really want to remove volume group "${name}" containing ${what}? [y/n]: [n]`,
      `  Volume group "${name}" not removed`,
    );
  }
  world.touch();
  for (const volume of group.volumes.values()) removeVolume(world, node, group, volume);
  for (const member of group.members) {
    const content = findDevice(world, node, member.device)?.holder.content;
    if (content?.kind === 'pv') content.group = '';
  }
  node.groups.delete(name);
  return done();
}
