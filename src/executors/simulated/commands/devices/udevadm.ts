import { type Answer, done, failed } from '../../world/answer.ts';
import { type BlockDevice, findDevice } from '../../world/devices.ts';
import type { NodeState } from '../../world/state.ts';
import { parseOptions } from '../options.ts';
import { type Call, NotSimulated } from '../program.ts';

/** `udevadm info --query=symlink --name=DEVICE`: the other names of a device; `udevadm settle` has nothing to wait for. */
export function udevadm(call: Call): Answer {
  const [command, ...args] = call.args;
  if (command === 'settle') return done();
  const options = parseOptions(args, { values: ['--query', '--name'] });
  if (command !== 'info' || options.value('--query') !== 'symlink') {
    throw new NotSimulated(`udevadm ${call.args.join(' ')}`);
  }
  const path = options.value('--name') ?? '';
  const device = findDevice(call.world, call.node, path);
  if (device === undefined) return failed(1, `Unknown device "${path}": No such device`);
  return done(`${linksOf(call.node, device).join(' ')}\n`);
}

function linksOf(node: NodeState, device: BlockDevice): string[] {
  const links = [...node.links].filter(([, target]) => target === device.path).map(([link]) => link);
  const { content } = device.holder;
  const label = content?.kind === 'pv' ? [`/dev/disk/by-id/lvm-pv-uuid-${content.uuid}`] : [];
  const number = device.number.replace(':', '-');
  return [...links, `/dev/disk/by-diskseq/${number}`, ...label].map((link) => link.slice('/dev/'.length));
}
