/** Snapshots as they are looked at, and how many there may be. */

import { compactUuid } from '../../../../storage/naming.ts';
import type { Answer } from '../../world/answer.ts';
import { countSnapshots, snapshotsOf } from '../../world/snapshots.ts';
import type { GlusterSnapshot } from '../../world/state.ts';
import { NotSimulated } from '../program.ts';
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
  const names = volumes.flatMap((each) => [
    ...Array.from({ length: each.snapshots }, (_, index) => `${each.name}_snapshot_${index + 1}`),
    ...snapshotsOf(pool, each).map((snapshot) => snapshot.name),
  ]);
  return xml({
    body: nest('snapList', [
      element('count', names.length),
      ...names.map((each) => element('snapshot', each)),
    ]),
  });
}

/** Nothing in the simulated world happens at a time. */
const someTime = '2026-01-01 00:00:00 +0000';

/** `gluster snapshot info volume NAME`. */
export function snapshotInfo({ pool, words }: Request): Answer {
  const [kind, name = ''] = words;
  if (kind !== 'volume') throw new NotSimulated('gluster snapshot info of other than a volume');
  const volume = pool.volumes.get(name);
  if (volume === undefined) return refusal(`Volume (${name}) does not exist`);
  const snapshots = snapshotsOf(pool, volume);
  const count = countSnapshots(pool, volume);
  return xml({
    body: nest('snapInfo', [
      ...nest('originVolume', [
        element('name', name),
        element('snapCount', count),
        element('snapRemaining', pool.snapshotLimit - count),
      ]),
      element('count', snapshots.length),
      ...(snapshots.length === 0 ? ['<snapshots/>'] : nest('snapshots', snapshots.flatMap(snapshotLines))),
    ]),
  });
}

const snapshotLines = (snapshot: GlusterSnapshot): string[] =>
  nest('snapshot', [
    element('name', snapshot.name),
    element('uuid', snapshot.uuid),
    ...(snapshot.description === '' ? [] : [element('description', snapshot.description)]),
    element('createTime', someTime),
    element('volCount', 1),
    ...nest('snapVolume', [
      element('name', compactUuid(snapshot.volumeUuid)),
      element('status', snapshot.isActivated ? 'Started' : 'Stopped'),
    ]),
  ]);

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
