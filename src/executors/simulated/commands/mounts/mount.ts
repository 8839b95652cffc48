import { type Answer, done, failed } from '../../world/answer.ts';
import { lookUp } from '../../world/files.ts';
import { isMountBusy, type MountFault, mountDevice, removeMount } from '../../world/mounts.ts';
import { answerOf } from '../files/folders.ts';
import { parseOptions } from '../options.ts';
import { type Call, NotSimulated } from '../program.ts';

const mountFailure = 32;

/** `mount -t TYPE -o OPTIONS DEVICE FOLDER`. */
export function mount(call: Call): Answer {
  const options = parseOptions(call.args, { values: ['-t', '-o'] });
  const [device, mountPoint] = options.rest;
  if (device === undefined || mountPoint === undefined)
    throw new NotSimulated('mount without device and folder');
  const fault = mountDevice(call.world, call.node, {
    device,
    mountPoint,
    type: options.value('-t'),
    options: options.value('-o') ?? 'defaults',
  });
  if (fault === undefined) return done();
  return failed(
    mountFailure,
    `mount: ${mountPoint}: ${mountWords(fault, device, mountPoint)}`,
    '       dmesg(1) may have more information after failed mount system call.',
  );
}

function mountWords(fault: MountFault, device: string, mountPoint: string): string {
  switch (fault) {
    case 'no mount point':
      return 'mount point does not exist.';
    case 'no device':
      return `special device ${device} does not exist.`;
    case 'mounted already':
      return `${device} already mounted on ${mountPoint}.`;
    case 'wrong':
      return `wrong fs type, bad option, bad superblock on ${device}, missing codepage or helper program, or other error.`;
  }
}

/** `umount FOLDER…`. A brick that runs on the mount keeps it busy. */
export function umount(call: Call): Answer {
  const options = parseOptions(call.args, {});
  const complaints = options.rest.flatMap((path) => {
    const place = lookUp(call.node, path);
    const mounted = call.node.mounts.get(place.path);
    if (place.entry === undefined) return [`umount: ${path}: no mount point specified.`];
    if (mounted === undefined) return [`umount: ${path}: not mounted.`];
    if (isMountBusy(call.node, mounted)) return [`umount: ${path}: target is busy.`];
    removeMount(call.world, call.node, mounted);
    return [];
  });
  const answer = answerOf(complaints);
  return complaints.length === 0 ? answer : { ...answer, exitCode: mountFailure };
}

/** `mountpoint -q FOLDER`: exit code 32 for a folder that is none, 1 for what is not there. */
export function mountpoint(call: Call): Answer {
  const options = parseOptions(call.args, { flags: ['-q'] });
  const [path = ''] = options.rest;
  const place = lookUp(call.node, path);
  const say = (words: string): string => (options.has('-q') ? '' : `${path} ${words}\n`);
  if (place.entry === undefined) {
    return options.has('-q') ? failed(1) : failed(1, `mountpoint: ${path}: No such file or directory`);
  }
  if (place.path === '/' || call.node.mounts.has(place.path)) return done(say('is a mountpoint'));
  return { exitCode: mountFailure, stdout: say('is not a mountpoint'), stderr: '' };
}
