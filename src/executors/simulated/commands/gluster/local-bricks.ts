/** What tells of a node's own bricks without gluster: its processes, their pid files, and the lists of what is to be healed. */
import { type Answer, done, failed } from '../../world/answer.ts';
import { pendingOn } from '../../world/healing.ts';
import type { NodeState } from '../../world/state.ts';
import { parseOptions } from '../options.ts';
import { type Call, NotSimulated } from '../program.ts';
import { splitBrick } from './layout.ts';

const firstPid = 1000;
const indexFolder = '/.glusterfs/indices/xattrop';

/** The bricks that are served, each with its process. */
const processesOf = (node: NodeState): { path: string; volume: string; pid: number }[] =>
  [...node.gluster.running].map(([path, volume], index) => ({ path, volume, pid: firstPid + index }));

/** `pgrep -x glusterfsd` */
export function pgrep(call: Call): Answer {
  const options = parseOptions(call.args, { flags: ['-x'] });
  if (options.rest.join(' ') !== 'glusterfsd') throw new NotSimulated(`pgrep ${call.args.join(' ')}`);
  const processes = processesOf(call.node);
  return processes.length === 0 ? failed(1) : done(processes.map(({ pid }) => `${pid}\n`).join(''));
}

export const isPidFolder = (path: string): boolean => path === '/run/gluster/vols';

/** The lines of all pid files of bricks, each after its file's name. */
export function pidLines({ world, node }: Call): string[] {
  const { volumes } = world.poolOf(node);
  return processesOf(node).map(({ path, volume, pid }) => {
    const brick = volumes.get(volume)?.bricks.find((it) => it.node === node.name && it.path === path);
    const host = splitBrick(brick?.name ?? '')?.host ?? node.name;
    return `/run/gluster/vols/${volume}/${host}${path.replaceAll('/', '-')}.pid:${pid}`;
  });
}

/** `du --inodes -l -s --exclude=xattrop-* FOLDER…`, of the lists of what is to be healed. */
export function du(call: Call): Answer {
  const options = parseOptions(call.args, { flags: ['--inodes', '-l', '-s'], values: ['--exclude'] });
  if (!options.has('--inodes')) throw new NotSimulated('du without --inodes');
  const lines: string[] = [];
  const complaints: string[] = [];
  for (const folder of options.rest) {
    const count = pendingIn(call, folder);
    if (count === undefined) complaints.push(`du: cannot access '${folder}': No such file or directory\n`);
    else lines.push(`${count + 1}\t${folder}\n`);
  }
  return { exitCode: complaints.length === 0 ? 0 : 1, stdout: lines.join(''), stderr: complaints.join('') };
}

function pendingIn({ world, node }: Call, folder: string): number | undefined {
  if (!folder.endsWith(indexFolder)) throw new NotSimulated(`du of ${folder}`);
  const path = folder.slice(0, -indexFolder.length);
  const volume = world.poolOf(node).volumes.get(node.gluster.bricks.get(path) ?? '');
  const index = volume?.bricks.findIndex((brick) => brick.node === node.name && brick.path === path) ?? -1;
  return volume === undefined || index === -1 ? undefined : pendingOn(volume, index);
}
