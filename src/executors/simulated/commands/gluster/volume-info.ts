import type { Answer } from '../../world/answer.ts';
import { setSize } from '../../world/gluster.ts';
import { countSnapshots } from '../../world/snapshots.ts';
import type { GlusterVolume, PoolState } from '../../world/state.ts';
import { element, escapeXml, nest, noSuchVolume, usage, xml } from './answers.ts';
import type { Request } from './request.ts';

const statuses = {
  created: [0, 'Created'],
  started: [1, 'Started'],
  stopped: [2, 'Stopped'],
} as const;

/** `gluster volume info [NAME]`. */
export function volumeInfo({ pool, words }: Request): Answer {
  if (words.length > 1) return usage('volume info [all|<VOLNAME>]');
  const [name] = words;
  if (name === undefined || name === 'all') return listing(pool, [...pool.volumes.values()]);
  const volume = pool.volumes.get(name);
  if (volume !== undefined) return listing(pool, [volume]);
  return xml({
    ret: -1,
    errno: noSuchVolume,
    words: 'Volume does not exist',
    body: nest('volInfo', nest('volumes', [element('count', 0)])),
  });
}

/** `gluster volume list`. */
export function volumeList({ pool }: Request): Answer {
  const names = [...pool.volumes.keys()];
  return xml({
    body: nest('volList', [element('count', names.length), ...names.map((name) => element('volume', name))]),
  });
}

function listing(pool: PoolState, volumes: readonly GlusterVolume[]): Answer {
  const entries = volumes.flatMap((volume) => volumeLines(pool, volume));
  return xml({ body: nest('volInfo', nest('volumes', [...entries, element('count', volumes.length)])) });
}

function volumeLines(pool: PoolState, volume: GlusterVolume): string[] {
  const { shape } = volume;
  const [status, statusWord] = statuses[volume.status];
  const sets = volume.bricks.length / setSize(shape);
  const [type, typeWord] = kindOf(volume, sets);
  return nest('volume', [
    element('name', volume.name),
    element('id', volume.uuid),
    element('status', status),
    element('statusStr', statusWord),
    element('snapshotCount', countSnapshots(pool, volume)),
    element('brickCount', volume.bricks.length),
    element('distCount', sets),
    element('replicaCount', shape.replica),
    element('arbiterCount', shape.arbiter),
    element('disperseCount', shape.disperse),
    element('redundancyCount', shape.redundancy),
    element('type', type),
    element('typeStr', typeWord),
    element('transport', 0),
    ...nest('bricks', brickLines(pool, volume)),
    element('optCount', volume.options.size),
    ...nest('options', optionLines(volume)),
  ]);
}

function kindOf({ shape }: GlusterVolume, sets: number): readonly [number: number, name: string] {
  if (shape.disperse > 0) return sets > 1 ? [9, 'Distributed-Disperse'] : [4, 'Disperse'];
  if (shape.replica > 1) return sets > 1 ? [7, 'Distributed-Replicate'] : [2, 'Replicate'];
  return [0, 'Distribute'];
}

function brickLines(pool: PoolState, { bricks, shape }: GlusterVolume): string[] {
  return bricks.map((brick, index) => {
    const uuid = pool.members.get(brick.node)?.uuid ?? '';
    const isArbiter = shape.arbiter > 0 && index % shape.replica === shape.replica - 1;
    const inner = [
      element('name', brick.name),
      element('hostUuid', uuid),
      element('isArbiter', isArbiter ? 1 : 0),
    ];
    return `<brick uuid="${uuid}">${escapeXml(brick.name)}${inner.join('')}</brick>`;
  });
}

const optionLines = ({ options }: GlusterVolume): string[] =>
  [...options]
    .reverse()
    .flatMap(([name, value]) => nest('option', [element('name', name), element('value', value)]));
