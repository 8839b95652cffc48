import { endBricksScript } from '../../../storage/gluster/end-bricks.ts';
import { type Answer, done, failed } from '../world/answer.ts';
import { endBricksOn } from '../world/gluster.ts';
import type { NodeState } from '../world/state.ts';
import type { World } from '../world/world.ts';
import { blkid } from './devices/blkid.ts';
import { lsblk } from './devices/lsblk.ts';
import { mkfsXfs } from './devices/mkfs-xfs.ts';
import { readlink } from './devices/readlink.ts';
import { udevadm } from './devices/udevadm.ts';
import { wipefs } from './devices/wipefs.ts';
import { xfsDb } from './devices/xfs-db.ts';
import { xfsGrowfs } from './devices/xfs-growfs.ts';
import { cat, chmod, chown, install, ln, mv, rm, setfattr, stat, sync, tee } from './files/files.ts';
import { find } from './files/find.ts';
import { mkdir, rmdir } from './files/folders.ts';
import { test } from './files/test.ts';
import { grep, sed } from './files/text.ts';
import { getfattr } from './gluster/getfattr.ts';
import { gluster } from './gluster/gluster.ts';
import { du, pgrep } from './gluster/local-bricks.ts';
import { glusterBlock } from './gluster-block/gluster-block.ts';
import { lvm, lvmPrograms } from './lvm/lvm.ts';
import { mount, mountpoint, umount } from './mounts/mount.ts';
import { NotSimulated, type Program } from './program.ts';
import { flock, id, modprobe, nsenter, systemctl } from './system/system.ts';

/** The folder of each program, as `command -v` tells it. */
const systemFolder = '/usr/sbin';
const usualFolder = '/usr/bin';

const systemPrograms: Readonly<Record<string, Program>> = {
  ...lvmPrograms,
  lvm,
  gluster,
  'gluster-block': glusterBlock,
  blkid,
  wipefs,
  'mkfs.xfs': mkfsXfs,
  xfs_db: xfsDb,
  xfs_growfs: xfsGrowfs,
  modprobe,
};

const usualPrograms: Readonly<Record<string, Program>> = {
  cat,
  chmod,
  chown,
  du,
  find,
  flock,
  getfattr,
  grep,
  id,
  install,
  ln,
  lsblk,
  mkdir,
  mount,
  mountpoint,
  mv,
  nsenter,
  pgrep,
  readlink,
  rm,
  rmdir,
  sed,
  setfattr,
  stat,
  sync,
  systemctl,
  tee,
  test,
  udevadm,
  umount,
};

const programs = new Map<string, { readonly path: string; readonly run: Program }>([
  ...Object.entries(systemPrograms).map(
    ([name, run]) => [name, { path: `${systemFolder}/${name}`, run }] as const,
  ),
  ...Object.entries(usualPrograms).map(
    ([name, run]) => [name, { path: `${usualFolder}/${name}`, run }] as const,
  ),
]);

/** Programs that are only looked for. */
const merelyPresent = new Set(['thin_check']);
const notFound = 127;

/** Runs one program on a node, at once. What is not simulated is not found, as in bash. */
export function runProgram(world: World, node: NodeState, argv: readonly string[], stdin = ''): Answer {
  const [path = '', ...args] = argv;
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name === 'bash') return bash(world, node, args);
  const program = programs.get(name);
  if (program === undefined || node.missingTools.has(name) || !isPathOf(name, path)) {
    return failed(notFound, `${path}: command not found`);
  }
  const run = (inner: readonly string[]): Answer => runProgram(world, node, inner, stdin);
  try {
    return program.run({ world, node, program: name, args, stdin, run });
  } catch (thrown) {
    if (!(thrown instanceof NotSimulated)) throw thrown;
    return failed(notFound, `${name}: not simulated: ${thrown.message}`);
  }
}

const isPathOf = (name: string, path: string): boolean =>
  path === name || /^\/(?:usr\/)?s?bin\/[^/]+$/.test(path);

/** `bash -c SCRIPT bash ARGUMENT…`, of the scripts that Mortar has. */
function bash(world: World, node: NodeState, args: readonly string[]): Answer {
  const [option, script, , ...words] = args;
  if (option === '-c' && script === 'command -v "$@"') return lookUp(node, words);
  if (option === '-c' && script === endBricksScript) {
    endBricksOn(world, node, words[0] ?? '');
    return done();
  }
  return failed(notFound, 'bash: not simulated: a script');
}

/** The paths of the programs that are there. */
function lookUp(node: NodeState, names: readonly string[]): Answer {
  const paths = names.filter((name) => !node.missingTools.has(name)).flatMap(pathOf);
  return {
    exitCode: paths.length > 0 ? 0 : 1,
    stdout: paths.map((path) => `${path}\n`).join(''),
    stderr: '',
  };
}

function pathOf(name: string): string[] {
  if (merelyPresent.has(name)) return [`${systemFolder}/${name}`];
  const program = programs.get(name);
  return program === undefined ? [] : [program.path];
}
