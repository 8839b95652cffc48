import { type Answer, done, failed } from '../../world/answer.ts';
import { findDevice } from '../../world/devices.ts';
import { parseOptions } from '../options.ts';
import type { Call } from '../program.ts';
import { blkidPairs, typeOf } from './signatures.ts';

const nothingFound = 2;

/** `blkid -p`: what is on a device; exit code 2 for nothing, and also for no device. */
export function blkid(call: Call): Answer {
  const options = parseOptions(call.args, { flags: ['-p'], values: ['-o', '-n'] });
  const [path = ''] = options.rest;
  const content = findDevice(call.world, call.node, path)?.holder.content ?? null;
  if (content === null) return failed(nothingFound);
  const wanted = options.value('-n');
  if (wanted !== undefined && !wanted.split(',').includes(typeOf(content))) return failed(nothingFound);
  const pairs = blkidPairs(content);
  if (options.value('-o') === 'export') {
    return done([['DEVNAME', path], ...pairs].map(([name, value]) => `${name}=${value}\n`).join(''));
  }
  return done(`${path}: ${pairs.map(([name, value]) => `${name}="${value}"`).join(' ')}\n`);
}
