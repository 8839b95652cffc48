import { type Answer, done, failed } from '../../world/answer.ts';
import { type BlockDevice, findDevice, holderOf, partitionsOf } from '../../world/devices.ts';
import { parseOptions } from '../options.ts';
import { type Call, NotSimulated } from '../program.ts';
import { erasedLine, wipefsEntry } from './signatures.ts';

/** `wipefs -n -J DEVICE` shows signatures, `wipefs --all DEVICE` erases them. */
export function wipefs(call: Call): Answer {
  const options = parseOptions(call.args, { flags: ['-n', '-J', '--all', '-a'] });
  const [path = ''] = options.rest;
  const device = findDevice(call.world, call.node, path);
  const fault = (words: string): Answer =>
    failed(1, `wipefs: error: ${path}: probing initialization failed: ${words}`);
  if (device === undefined) return fault('No such file or directory');
  if (options.has('-n') && options.has('-J')) return done(listing(device));
  if (!options.has('--all') && !options.has('-a')) throw new NotSimulated('wipefs without -n -J or --all');
  if (holderOf(call.node, device) !== undefined) return fault('Device or resource busy');
  return erase(call, path, device);
}

function listing(device: BlockDevice): string {
  const { content } = device.holder;
  const signatures = content === null ? [] : [wipefsEntry(device.name, content)];
  return `${JSON.stringify({ signatures }, null, 3)}\n`;
}

/** An idle physical volume is no obstacle, though its volume group is gone with it. */
function erase({ world, node }: Call, path: string, device: BlockDevice): Answer {
  const { content } = device.holder;
  if (content === null) return done();
  world.touch();
  device.holder.content = null;
  if (content.kind === 'pv') node.groups.delete(content.group);
  const disk = node.disks.get(device.path);
  if (content.kind === 'partition-table' && disk !== undefined) {
    for (const part of partitionsOf(node, disk)) node.disks.delete(part.path);
  }
  return done(erasedLine(path, content));
}
