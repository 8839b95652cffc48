import { type Answer, failed } from '../../world/answer.ts';
import { type BlockDevice, findDevice } from '../../world/devices.ts';
import { firstExtentKib } from '../../world/lvm.ts';
import type { VolumeGroup } from '../../world/state.ts';
import { parseOptions } from '../options.ts';
import type { Call } from '../program.ts';
import { parseSizeKib } from '../sizes.ts';
import { backupWords, doneSaying, lvmFailure } from './groups.ts';
import { refuse } from './pvcreate.ts';

/** `lvm vgcreate`: a volume group on devices; blank ones become physical volumes on the way. */
export function vgcreate(call: Call): Answer {
  const options = parseOptions(call.args, {
    flags: ['-qq', '-q', '-y'],
    values: ['--physicalextentsize', '-s', '--autobackup', '--addtag'],
  });
  const [name = '', ...paths] = options.rest;
  const { world, node } = call;
  if (node.groups.has(name)) return failed(lvmFailure, `  A volume group called ${name} already exists.`);
  const devices: BlockDevice[] = [];
  for (const path of paths) {
    const device = findDevice(world, node, path);
    const refusal = refuseMember(call, path, device, name);
    if (refusal !== undefined || device === undefined) return refusal ?? failed(lvmFailure);
    devices.push(device);
  }
  const extentKib =
    parseSizeKib(options.value('--physicalextentsize') ?? options.value('-s') ?? '4m') ?? 4096;
  world.touch();
  const group: VolumeGroup = {
    name,
    uuid: world.lvmUuid(),
    extentKib,
    tags: [...new Set(options.values('--addtag'))],
    members: devices.map((device) => takeIn(call, device, name, extentKib)),
    volumes: new Map(),
    usedExtents: 0,
  };
  node.groups.set(name, group);
  return doneSaying(backupWords(options.value('--autobackup')));
}

function refuseMember(
  call: Call,
  path: string,
  device: BlockDevice | undefined,
  name: string,
): Answer | undefined {
  const content = device?.holder.content;
  if (content?.kind === 'pv' && content.group !== '') {
    return failed(
      lvmFailure,
      `  Physical volume '${path}' is already in volume group '${content.group}'`,
      `  Unable to add physical volume '${path}' to volume group '${content.group}'`,
      `  ${path}: physical volume not initialized.`,
    );
  }
  if (content?.kind === 'pv') return undefined;
  return refuse(call.node, path, device) ?? (name === '' ? failed(lvmFailure) : undefined);
}

function takeIn(
  call: Call,
  device: BlockDevice,
  group: string,
  extentKib: number,
): VolumeGroup['members'][number] {
  const { content } = device.holder;
  const pv =
    content?.kind === 'pv'
      ? content
      : { kind: 'pv' as const, uuid: call.world.lvmUuid(), startKib: firstExtentKib(undefined, 1024), group };
  pv.group = group;
  device.holder.content = pv;
  const extents = Math.floor((device.sizeKib - pv.startKib) / extentKib);
  return { device: device.path, uuid: pv.uuid, extents };
}
