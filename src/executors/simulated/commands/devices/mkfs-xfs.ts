import { type Answer, done, failed } from '../../world/answer.ts';
import { type BlockDevice, findDevice, holderOf, newFileSystem } from '../../world/devices.ts';
import type { NodeState } from '../../world/state.ts';
import { parseOptions } from '../options.ts';
import type { Call } from '../program.ts';

const version = 'mkfs.xfs version 6.1.0\n';
/** The real one refuses smaller devices since version 5.19, unless told that this is meant. */
const leastSupportedKib = 300 * 1024;
/** … and these always. */
const leastKib = 16 * 1024;
const blockKib = 4;

/** `mkfs.xfs`: refuses a device that carries anything, unless told `-f`. */
export function mkfsXfs(call: Call): Answer {
  const options = parseOptions(call.args, {
    flags: ['-q', '-f', '-K', '-V', '--unsupported'],
    values: ['-i', '-d', '-n', '-l', '-m', '-L'],
  });
  if (options.has('-V')) return done(version);
  const isSmallMeant = options.has('--unsupported');
  const [path = ''] = options.rest;
  const device = findDevice(call.world, call.node, path);
  if (device === undefined) {
    return failed(
      1,
      `Error accessing specified device ${path}: No such file or directory`,
      'Usage: mkfs.xfs',
    );
  }
  const words =
    refusal(call.node, path, device) ??
    tooSmall(device, isSmallMeant) ??
    (options.has('-f') ? undefined : contents(path, device));
  if (words !== undefined) return failed(1, ...words);
  call.world.touch();
  device.holder.content = { ...newFileSystem('xfs', call.world.uuid()), sizeKib: device.sizeKib };
  return done(isSmallMeant ? 'Filesystems formatted with --unsupported are not supported!!\n' : '');
}

function refusal(node: NodeState, path: string, device: BlockDevice): string[] | undefined {
  switch (holderOf(node, device)) {
    case 'mounted':
      return [`mkfs.xfs: ${path} contains a mounted filesystem`, 'Usage: mkfs.xfs'];
    case 'swap':
    case 'volumes':
    case 'partitions':
      return [`mkfs.xfs: cannot open ${path}: Device or resource busy`];
    case undefined:
      return undefined;
  }
}

function tooSmall({ sizeKib }: BlockDevice, isMeant: boolean): string[] | undefined {
  if (!isMeant && sizeKib < leastSupportedKib)
    return ['Filesystem must be larger than 300MB.', 'Usage: mkfs.xfs'];
  if (sizeKib >= leastKib) return undefined;
  return [
    `size ${sizeKib / blockKib} of data subvolume is too small, minimum 4096 blocks`,
    'Usage: mkfs.xfs',
  ];
}

function contents(path: string, { holder: { content } }: BlockDevice): string[] | undefined {
  if (content === null) return undefined;
  const what =
    content.kind === 'partition-table'
      ? `a partition table (${content.type})`
      : `an existing filesystem (${content.kind === 'pv' ? 'LVM2_member' : content.type})`;
  return [`mkfs.xfs: ${path} appears to contain ${what}.`, 'mkfs.xfs: Use the -f option to force overwrite.'];
}
