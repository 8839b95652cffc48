/** Questions about the node itself, and programs that run others. */
import { type Answer, done, failed } from '../../world/answer.ts';
import { lookUp } from '../../world/files.ts';
import { startGlusterd } from '../../world/power.ts';
import { type Call, NotSimulated } from '../program.ts';

export function id(call: Call): Answer {
  if (call.args.join(' ') !== '-u') throw new NotSimulated(`id ${call.args.join(' ')}`);
  return done(`${call.node.userId}\n`);
}

export function modprobe(call: Call): Answer {
  const missing = call.args.find((module) => call.node.missingModules.has(module));
  if (missing === undefined) return done();
  return failed(1, `modprobe: FATAL: Module ${missing} not found in directory /lib/modules/6.1.0`);
}

const inactive = { exitCode: 3, stdout: 'inactive\n', stderr: '' };

/** `systemctl is-active|start|stop|restart glusterd`, the same of gluster-blockd, `systemctl daemon-reload`. */
export function systemctl(call: Call): Answer {
  const [verb = '', unit = ''] = call.args;
  const { world, node } = call;
  if (verb === 'daemon-reload') return done();
  if (unit.replace(/\.service$/, '') === 'gluster-blockd') return blockDaemon(call, verb);
  if (unit.replace(/\.service$/, '') !== 'glusterd') {
    if (verb === 'is-active') return inactive;
    throw new NotSimulated(`systemctl ${call.args.join(' ')}`);
  }
  switch (verb) {
    case 'is-active':
      return node.gluster.isRunning ? done('active\n') : inactive;
    case 'stop':
      world.touch();
      node.gluster.isRunning = false;
      return done();
    case 'start':
    case 'restart':
      startGlusterd(world, node);
      return done();
    default:
      throw new NotSimulated(`systemctl ${call.args.join(' ')}`);
  }
}

function blockDaemon({ world, node, args }: Call, verb: string): Answer {
  if (node.missingTools.has('gluster-block'))
    return verb === 'is-active' ? inactive : failed(5, 'Unit gluster-blockd.service not found.');
  if (verb === 'is-active') return node.isBlockDaemonStopped === true ? inactive : done('active\n');
  if (verb !== 'stop' && verb !== 'start') throw new NotSimulated(`systemctl ${args.join(' ')}`);
  world.touch();
  node.isBlockDaemonStopped = verb === 'stop';
  return done();
}

/** `flock FILE PROGRAM …`: commands on a node come one after the other here, so the lock is always free. */
export function flock(call: Call): Answer {
  const [file = '', ...argv] = call.args;
  const place = lookUp(call.node, file);
  if (place.folder === undefined) {
    return failed(66, `flock: cannot open lock file ${file}: No such file or directory`);
  }
  return call.run(argv);
}

/** `nsenter OPTIONS -- PROGRAM …`, the usual wrapper around LVM in a pod. */
export function nsenter(call: Call): Answer {
  const end = call.args.indexOf('--');
  const argv =
    end === -1
      ? call.args.slice(call.args.findIndex((arg) => arg.startsWith('/')))
      : call.args.slice(end + 1);
  return call.run(argv);
}
