import { type Answer, done, failed } from '../../world/answer.ts';
import { findDevice } from '../../world/devices.ts';
import { parseOptions } from '../options.ts';
import type { Call } from '../program.ts';
import { lvmFailure } from './groups.ts';

/** `lvm pvremove`: takes the label away from a physical volume that is in no volume group. */
export function pvremove(call: Call): Answer {
  const options = parseOptions(call.args, { flags: ['-qq', '-q', '-y'] });
  const [path = ''] = options.rest;
  const device = findDevice(call.world, call.node, path);
  if (device === undefined) return failed(lvmFailure, `  No device found for ${path}.`);
  const { content } = device.holder;
  if (content?.kind !== 'pv') return failed(lvmFailure, `  No PV found on device ${path}.`);
  if (content.group !== '') {
    return failed(
      lvmFailure,
      `  PV ${path} is used by VG ${content.group} so please use vgreduce first.`,
      '  (If you are certain you need pvremove, then confirm by using --force twice.)',
      `  ${path}: physical volume label not removed.`,
    );
  }
  call.world.touch();
  device.holder.content = null;
  return done();
}
