import { type Answer, failed } from '../../world/answer.ts';
import { isOfSnapshot } from '../../world/snapshots.ts';
import type { GlusterVolume } from '../../world/state.ts';
import { outcome, usage } from './answers.ts';
import { fullName, isSwitch, optionGroups } from './known-options.ts';
import { isAnswer, type Request, volumeNamed } from './request.ts';

const switchValues = /^(?:on|off|yes|no|true|false|enable|disable|0|1)$/i;
const replicateOnly = new Set(['cluster.shd-max-threads', 'cluster.shd-wait-qlength']);

type Setting = readonly [key: string, value: string];

/**
 * `gluster volume set NAME KEY VALUE…`: all of them or none. A group of options stands alone in a call, and no value is
 * empty: anything else the client refuses.
 */
export function setOptions(request: Request): Answer {
  const [name = '', ...words] = request.words;
  const settings = pairs(words);
  const badForm = usage('volume set <VOLNAME> group <GROUP>');
  if (settings === undefined) return badForm;
  const group = settings.find(([key]) => key === 'group')?.[1];
  if (group !== undefined && settings.length > 1) return badForm;
  const members = group === undefined ? settings : optionGroups.get(group);
  if (members === undefined) {
    return failed(
      1,
      `Unable to open file '/var/lib/glusterd/groups/${group}'. Error: No such file or directory`,
    );
  }
  const volume = request.pool.volumes.get(name);
  if (volume === undefined) return unsuccessful(`Volume ${name} does not exist`);
  if (isCloneThatNeverRan(volume)) return unsuccessful(cloneWords);
  return apply(request, volume, members);
}

const unsuccessful = (text: string): Answer => outcome('volSet', 'Set volume unsuccessful', { text });

/** The file of its self-heal daemon is written by the first start, and missed by whoever sets an option before. */
const isCloneThatNeverRan = ({ status, shape, bricks }: GlusterVolume): boolean =>
  status === 'created' && shape.replica > 1 && bricks.some(({ path }) => isOfSnapshot(path));

const cloneWords = 'Commit failed on localhost. Please check the log file for more details.';

function apply({ call }: Request, volume: GlusterVolume, settings: readonly Setting[]): Answer {
  for (const setting of settings) {
    const fault = faultOf(volume, setting);
    if (fault !== undefined) return unsuccessful(fault);
  }
  call.world.touch();
  for (const [key, value] of settings) volume.options.set(fullName(key) ?? key, value);
  return outcome('volSet', 'Set volume successful');
}

/** `gluster volume reset NAME KEY`; a key that is not set is fine, one of a user's own is not known. */
export function resetOption(request: Request): Answer {
  const [, key = ''] = request.words;
  const volume = volumeNamed(request);
  if (isAnswer(volume)) return volume;
  const name = fullName(key);
  if (name === undefined || name.startsWith('user.'))
    return outcome('volReset', '', { text: `Option ${key} does not exist` });
  request.call.world.touch();
  volume.options.delete(name);
  return outcome('volReset', 'reset volume successful');
}

function faultOf(volume: GlusterVolume, [key, value]: Setting): string | undefined {
  const name = fullName(key);
  if (name === undefined) return `option : ${key} does not exist\nDid you mean auth.allow?`;
  if (replicateOnly.has(name) && volume.shape.replica === 1)
    return `Cannot set ${name} for a non-replicate volume.`;
  return isSwitch(name) && !switchValues.test(value) ? 'Error, Validation Failed' : undefined;
}

function pairs(words: readonly string[]): Setting[] | undefined {
  if (words.length === 0 || words.length % 2 !== 0 || words.includes('')) return undefined;
  return words.flatMap((word, index) => (index % 2 === 0 ? [[word, words[index + 1] ?? ''] as const] : []));
}
