import { type Answer, done, failed } from '../../world/answer.ts';
import { findDevice } from '../../world/devices.ts';
import { parseOptions } from '../options.ts';
import type { Call } from '../program.ts';

/** `xfs_db -r -c "sb 0" -c "print inprogress" DEVICE`: whether mkfs has come to its end. */
export function xfsDb(call: Call): Answer {
  const options = parseOptions(call.args, { flags: ['-r'], values: ['-c'] });
  const [path = ''] = options.rest;
  const content = findDevice(call.world, call.node, path)?.holder.content;
  if (content === undefined)
    return failed(
      1,
      `${path}: No such file or directory`,
      '',
      "fatal error -- couldn't initialize XFS library",
    );
  if (content?.kind !== 'file-system' || content.type !== 'xfs') {
    return failed(
      1,
      `xfs_db: ${path} is not a valid XFS filesystem (unexpected SB magic number 0x00000000)`,
      'Use -F to force a read attempt.',
    );
  }
  return done(`inprogress = ${content.isUnfinished === true ? 1 : 0}\n`);
}
