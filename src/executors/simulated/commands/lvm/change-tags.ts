/** `lvm vgchange` and `lvm lvchange`, as far as they change tags. */
import { type Answer, failed } from '../../world/answer.ts';
import { type Options, parseOptions } from '../options.ts';
import { type Call, NotSimulated } from '../program.ts';
import { backupWords, doneSaying, groupMissing, lvmFailure, splitVolumeName } from './groups.ts';

const readOptions = (call: Call): Options =>
  parseOptions(call.args, {
    flags: ['-qq', '-q', '-y'],
    values: ['--autobackup', '--addtag', '--deltag'],
  });

function change(call: Call, tagged: { tags: readonly string[] }, options: Options): void {
  const [add, remove] = [options.values('--addtag'), options.values('--deltag')];
  if (add.length + remove.length === 0) throw new NotSimulated(`${call.program} without tags`);
  call.world.touch();
  const kept = tagged.tags.filter((tag) => !remove.includes(tag));
  tagged.tags = [...new Set([...kept, ...add])];
}

export function vgchange(call: Call): Answer {
  const options = readOptions(call);
  const [name = ''] = options.rest;
  const group = call.node.groups.get(name);
  if (group === undefined) return groupMissing(name);
  change(call, group, options);
  return doneSaying(backupWords(options.value('--autobackup')));
}

export function lvchange(call: Call): Answer {
  const options = readOptions(call);
  const words: string[] = [];
  for (const name of options.rest) {
    const place = splitVolumeName(call.node, name);
    const volume = call.node.groups.get(place.group)?.volumes.get(place.volume ?? '');
    if (volume === undefined) words.push(`  Failed to find logical volume "${name}"`);
    else change(call, volume, options);
  }
  return words.length > 0
    ? failed(lvmFailure, ...words)
    : doneSaying(backupWords(options.value('--autobackup')));
}
