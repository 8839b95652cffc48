import { type Answer, done, failed } from '../../world/answer.ts';
import { findDevice } from '../../world/devices.ts';
import { lookUp } from '../../world/files.ts';
import { parseOptions } from '../options.ts';
import type { Call } from '../program.ts';

const blockKib = 4;

/** `xfs_growfs FOLDER`: lets the XFS that is mounted there fill its device. */
export function xfsGrowfs(call: Call): Answer {
  const { world, node } = call;
  const [path = ''] = parseOptions(call.args, {}).rest;
  const place = lookUp(node, path);
  if (place.entry === undefined)
    return failed(1, `xfs_growfs: path resolution failed for ${path}: No such file or directory`);
  const mount = node.mounts.get(place.path);
  const device = mount === undefined ? undefined : findDevice(world, node, mount.device);
  const content = device?.holder.content;
  if (device === undefined || content?.kind !== 'file-system' || content.type !== 'xfs')
    return failed(1, `xfs_growfs: ${path} is not a mounted XFS filesystem`);
  const before = content.sizeKib ?? device.sizeKib;
  const lines = [
    `meta-data=${device.path} isize=512    agcount=8, agsize=32752 blks`,
    `data     =                       bsize=4096   blocks=${before / blockKib}, imaxpct=25`,
  ];
  if (before < device.sizeKib) {
    world.touch();
    content.sizeKib = device.sizeKib;
    lines.push(`data blocks changed from ${before / blockKib} to ${device.sizeKib / blockKib}`);
  }
  return done(`${lines.join('\n')}\n`);
}
