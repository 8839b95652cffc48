import { type Answer, done, failed } from '../../world/answer.ts';
import { findDevice } from '../../world/devices.ts';
import { lookUp } from '../../world/files.ts';
import { parseOptions } from '../options.ts';
import type { Call } from '../program.ts';

/** `readlink -e`: what a path stands for; exit code 1 and silence when there is nothing. */
export function readlink(call: Call): Answer {
  const options = parseOptions(call.args, { flags: ['-e', '-f'] });
  const [path = ''] = options.rest;
  if (path.startsWith('/dev/')) {
    const device = findDevice(call.world, call.node, path);
    return device === undefined ? failed(1) : done(`${device.kernelPath}\n`);
  }
  const place = lookUp(call.node, path);
  return place.entry === undefined ? failed(1) : done(`${place.path}\n`);
}
