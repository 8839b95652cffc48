/** Taking bricks out of a volume, with or without moving their files away first. */
import type { Answer } from '../../world/answer.ts';
import { isGlusterdUp, setSize, strikeBrick } from '../../world/gluster.ts';
import type { GlusterVolume } from '../../world/state.ts';
import { element, nest, refused, usage, xml } from './answers.ts';
import type { Request } from './request.ts';

const form = 'volume remove-brick <VOLNAME> [replica <COUNT>] <BRICK> ... <start|stop|status|commit|force>';
/** How often a migration is found in progress before it is done. */
const looksUntilDone = 2;
const inProgress = [1, 'in progress'] as const;
const completed = [3, 'completed'] as const;

/** `gluster volume remove-brick NAME BRICK start|status|commit|force`, of volumes without redundancy. */
export function removeBrick(request: Request): Answer {
  const [name = '', brick = '', verb] = request.words;
  const volume = request.pool.volumes.get(name);
  if (volume === undefined) return refuse(`Volume ${name} does not exist`);
  if (verb === undefined && request.isForced) return force(request, volume, brick);
  if (verb === 'start') return start(request, volume, brick);
  if (verb === 'status') return status(request, volume);
  if (verb === 'stop') return stop(request, volume);
  return verb === 'commit' ? commit(request, volume, brick) : usage(form);
}

const refuse = (words: string, errno = refused): Answer =>
  xml({ ret: -1, errno, words, body: ['<volRemoveBrick/>'] });

function unremovable(volume: GlusterVolume, name: string): Answer | undefined {
  if (!volume.bricks.some((brick) => brick.name === name))
    return refuse(`Incorrect brick ${name} for volume ${volume.name}`, 0);
  if (volume.bricks.length <= setSize(volume.shape))
    return refuse('Deleting all the bricks of the volume is not allowed');
  return undefined;
}

function start({ call: { world } }: Request, volume: GlusterVolume, name: string): Answer {
  if (volume.migration !== undefined) {
    return refuse(
      `An earlier remove-brick task exists for volume ${volume.name}. Either commit it or stop it before starting a new task.`,
    );
  }
  const wrong = unremovable(volume, name);
  if (wrong !== undefined) return wrong;
  const brick = volume.bricks.find((candidate) => candidate.name === name);
  if (brick !== undefined && !isGlusterdUp(world.memberNode(brick.node)))
    return refuse(`Host node of the brick ${name} is down`);
  if (volume.status !== 'started')
    return refuse(
      `Volume ${volume.name} needs to be started before remove-brick (you can use 'force' or 'commit' to override this behavior)`,
    );
  volume.migration = { brick: name, looksLeft: looksUntilDone };
  return xml({
    words: 'Remove Brick start successful',
    body: nest('volRemoveBrick', [element('task-id', world.uuid())]),
  });
}

function status({ call: { world } }: Request, volume: GlusterVolume): Answer {
  const { migration } = volume;
  if (migration === undefined) return refuse(`remove-brick not started for volume ${volume.name}.`);
  const [number, word] = migration.looksLeft > 0 ? inProgress : completed;
  world.touch();
  volume.migration = { ...migration, looksLeft: Math.max(0, migration.looksLeft - 1) };
  const aggregate = [
    element('files', 10 - migration.looksLeft),
    element('size', 1000),
    element('lookups', 10),
    element('failures', 0),
    element('skipped', 0),
    element('status', number),
    element('statusStr', word),
    element('runtime', '1.00'),
  ];
  const node = nest('node', [element('nodeName', 'localhost'), element('id', world.uuid()), ...aggregate]);
  return xml({
    body: nest('volRemoveBrick', [
      element('task-id', world.uuid()),
      element('nodeCount', 1),
      ...node,
      ...nest('aggregate', aggregate),
    ]),
  });
}

function stop({ call: { world } }: Request, volume: GlusterVolume): Answer {
  if (volume.migration === undefined) return refuse(`remove-brick not started for volume ${volume.name}.`);
  world.touch();
  delete volume.migration;
  return xml({ words: 'remove-brick stopped', body: ['<volRemoveBrick/>'] });
}

function commit({ call: { world } }: Request, volume: GlusterVolume, name: string): Answer {
  const wrong = unremovable(volume, name);
  if (wrong !== undefined) return wrong;
  if (volume.migration?.brick !== name) {
    return refuse('Brick is not decommissioned. Use start or force option');
  }
  if (volume.migration.looksLeft > 0) return refuse("use 'force' option as migration is in progress");
  takeOut(world, volume, name);
  return xml({
    words: 'Remove Brick commit successful',
    body: nest('volRemoveBrick', [element('task-id', world.uuid())]),
  });
}

function force({ call: { world } }: Request, volume: GlusterVolume, name: string): Answer {
  const wrong = unremovable(volume, name);
  if (wrong !== undefined) return wrong;
  volume.isDataLost = true;
  takeOut(world, volume, name);
  return xml({ words: 'Remove Brick commit force successful', body: ['<volRemoveBrick/>'] });
}

function takeOut(world: Request['call']['world'], volume: GlusterVolume, name: string): void {
  world.touch();
  const index = volume.bricks.findIndex((brick) => brick.name === name);
  const [gone] = volume.bricks.splice(index, 1);
  if (gone !== undefined) strikeBrick(world, gone);
  delete volume.migration;
}
