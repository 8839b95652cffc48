import { type Answer, done, failed } from '../../world/answer.ts';
import { type BlockDevice, findDevice, holderOf } from '../../world/devices.ts';
import { firstExtentKib } from '../../world/lvm.ts';
import type { NodeState } from '../../world/state.ts';
import { offsetOf } from '../devices/signatures.ts';
import { parseOptions } from '../options.ts';
import type { Call } from '../program.ts';
import { parseSizeKib } from '../sizes.ts';
import { lvmFailure } from './groups.ts';

/** `lvm pvcreate`: a label on a device that carries nothing. A label without a volume group is simply made anew. */
export function pvcreate(call: Call): Answer {
  const options = parseOptions(call.args, {
    flags: ['-qq', '-q', '--norestorefile', '-y'],
    values: ['--metadatasize', '--dataalignment', '--uuid'],
  });
  const uuid = options.value('--uuid');
  if (uuid !== undefined && uuid.replaceAll('-', '').length !== 32) {
    return failed(
      3,
      "  Couldn't read uuid: incorrect number of characters.",
      "  Run `pvcreate --help' for more information.",
    );
  }
  const [path = ''] = options.rest;
  const device = findDevice(call.world, call.node, path);
  const refusal = refuse(call.node, path, device, uuid);
  if (refusal !== undefined || device === undefined) return refusal ?? done();
  const metadata = options.value('--metadatasize');
  const alignmentKib = parseSizeKib(options.value('--dataalignment') ?? '1m') ?? 1024;
  const startKib = firstExtentKib(metadata === undefined ? undefined : parseSizeKib(metadata), alignmentKib);
  call.world.touch();
  device.holder.content = { kind: 'pv', uuid: uuid ?? call.world.lvmUuid(), startKib, group: '' };
  return done();
}

/** Why a device cannot become a physical volume, in LVM's words. */
export function refuse(
  node: NodeState,
  path: string,
  device: BlockDevice | undefined,
  uuid?: string,
): Answer | undefined {
  if (device === undefined) return failed(lvmFailure, `  No device found for ${path}.`);
  const { content } = device.holder;
  if (content?.kind === 'pv' && content.group !== '') {
    return failed(
      lvmFailure,
      `  Can't initialize physical volume "${path}" of volume group "${content.group}" without -ff`,
      `  ${path}: physical volume not initialized.`,
    );
  }
  const twin = uuid === undefined ? undefined : otherBearer(node, device, uuid);
  if (twin !== undefined) return failed(lvmFailure, `  UUID ${uuid} already in use on "${twin}".`);
  const holder = holderOf(node, device);
  if (holder === 'mounted' || holder === 'swap') return failed(lvmFailure, ...wordsInUse(path));
  return refuseContent(path, device);
}

function refuseContent(path: string, { holder: { content } }: BlockDevice): Answer | undefined {
  if (content === null || content.kind === 'pv') return undefined;
  if (content.kind === 'partition-table') {
    return failed(lvmFailure, `  Cannot use ${path}: device is partitioned`);
  }
  const { type } = content;
  return failed(
    lvmFailure,
    `WARNING: ${type} signature detected on ${path} at offset ${offsetOf(type)}. Wipe it? [y/n]: [n]`,
    `  Aborted wiping of ${type}.`,
    '  1 existing signature left on the device.',
  );
}

function otherBearer(node: NodeState, device: BlockDevice, uuid: string): string | undefined {
  for (const disk of node.disks.values()) {
    if (disk.path !== device.path && disk.content?.kind === 'pv' && disk.content.uuid === uuid)
      return disk.path;
  }
  return undefined;
}

function wordsInUse(path: string): string[] {
  const cannotOpen = `  Can't open ${path} exclusively.  Mounted filesystem?`;
  return [
    cannotOpen,
    cannotOpen,
    `  Error opening device ${path} for reading at 0 length 512.`,
    cannotOpen,
    `  Error opening device ${path} for reading at 0 length 4096.`,
    `  Cannot use ${path}: device has a signature`,
  ];
}
