import { type Answer, done, failed } from '../../world/answer.ts';
import { diskDevice, findDevice } from '../../world/devices.ts';
import { parseOptions } from '../options.ts';
import type { Call } from '../program.ts';
import { blkidPairs, typeOf } from './signatures.ts';

const nothingFound = 2;

/** `blkid -p`: what is on a device; exit code 2 for nothing, and also for no device. */
export function blkid(call: Call): Answer {
  const options = parseOptions(call.args, { flags: ['-p'], values: ['-o', '-n'] });
  const [path = ''] = options.rest;
  const content = findDevice(call.world, call.node, path)?.holder.content ?? null;
  const place = placeOf(call, path);
  if (content === null && place.length === 0) return failed(nothingFound);
  const wanted = options.value('-n');
  if (wanted !== undefined && (content === null || !wanted.split(',').includes(typeOf(content))))
    return failed(nothingFound);
  const pairs = [...(content === null ? [] : blkidPairs(content)), ...place];
  if (options.value('-o') === 'export') {
    return done([['DEVNAME', path], ...pairs].map(([name, value]) => `${name}=${value}\n`).join(''));
  }
  return done(`${path}: ${pairs.map(([name, value]) => `${name}="${value}"`).join(' ')}\n`);
}

/** Where a partition stands; real nodes tell more of it. */
function placeOf({ node }: Call, path: string): (readonly [name: string, value: string])[] {
  const parent = node.disks.get(node.disks.get(path)?.parent ?? '');
  if (parent?.content?.kind !== 'partition-table') return [];
  return [
    ['PART_ENTRY_SCHEME', parent.content.type],
    ['PART_ENTRY_DISK', diskDevice(parent).number],
  ];
}
