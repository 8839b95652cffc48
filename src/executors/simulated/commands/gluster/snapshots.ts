/** Snapshots as far as they are looked at: how many there are, and how many there may be. */
import type { Answer } from '../../world/answer.ts';
import { element, nest, noSuchVolume, refusal, usage, xml } from './answers.ts';
import type { Request } from './request.ts';

const highestLimit = 256;
const invalid = 22;

/** `gluster snapshot list [NAME]`. */
export function listSnapshots({ pool, words }: Request): Answer {
  const [name] = words;
  const volume = name === undefined ? undefined : pool.volumes.get(name);
  if (name !== undefined && volume === undefined)
    return refusal(`Volume (${name}) does not exist`, noSuchVolume);
  const volumes = volume === undefined ? [...pool.volumes.values()] : [volume];
  const names = volumes.flatMap((each) =>
    Array.from({ length: each.snapshots }, (_, index) => `${each.name}_snapshot_${index + 1}`),
  );
  return xml({
    body: nest('snapList', [
      element('count', names.length),
      ...names.map((each) => element('snapshot', each)),
    ]),
  });
}

/** `gluster snapshot config snap-max-hard-limit NUMBER`. */
export function configureSnapshots({ call, pool, words }: Request): Answer {
  const [key, text = ''] = words;
  if (key !== 'snap-max-hard-limit')
    return usage('snapshot config [volname] ([snap-max-hard-limit <count>] …)');
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > highestLimit) {
    return refusal(`Invalid snap-max-hard-limit ${text}. Expected range 1 - ${highestLimit}`, invalid);
  }
  call.world.touch();
  pool.snapshotLimit = limit;
  return xml({ body: nest('snapConfig', nest('systemConfig', [element('newHardLimit', limit)])) });
}
