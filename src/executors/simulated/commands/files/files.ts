/** Making, moving, removing and reading files. */
import { type Answer, done, failed } from '../../world/answer.ts';
import { knownDevice } from '../../world/devices.ts';
import { dropEntry, newFile, newLink, putEntry } from '../../world/file-tree.ts';
import { lookUp } from '../../world/files.ts';
import { isMountTable, mountinfo } from '../../world/mounts.ts';
import type { NodeState } from '../../world/state.ts';
import { parseOptions } from '../options.ts';
import { type Call, NotSimulated } from '../program.ts';
import { answerOf, makeWithParents } from './folders.ts';

/** `install -D -m MODE /dev/stdin FILE`: writes standard input into a file, with the folders above it. */
export function install(call: Call): Answer {
  const options = parseOptions(call.args, { flags: ['-D'], values: ['-m'] });
  const [source, target = ''] = options.rest;
  if (source !== '/dev/stdin') throw new NotSimulated(`install ${source}`);
  const { world, node } = call;
  const above = target.slice(0, target.lastIndexOf('/'));
  if (options.has('-D')) {
    if (makeWithParents(world, node, above) !== undefined) {
      return failed(1, `install: cannot create directory '${above}': Not a directory`);
    }
  }
  const place = lookUp(node, target);
  if (place.folder === undefined) {
    return failed(1, `install: cannot create regular file '${target}': No such file or directory`);
  }
  if (place.entry?.kind === 'folder') throw new NotSimulated('install into a folder');
  world.touch();
  putEntry(place.folder, place.name, newFile(call.stdin, Number.parseInt(options.value('-m') ?? '755', 8)));
  return done();
}

/** `mv -f -T OLD NEW`. */
export function mv(call: Call): Answer {
  const options = parseOptions(call.args, { flags: ['-f', '-T'] });
  const [from = '', to = ''] = options.rest;
  const source = lookUp(call.node, from, false);
  if (source.entry === undefined) return failed(1, `mv: cannot stat '${from}': No such file or directory`);
  const target = lookUp(call.node, to, false);
  if (target.folder === undefined) {
    return failed(1, `mv: cannot move '${from}' to '${to}': No such file or directory`);
  }
  if (target.entry?.kind === 'folder' && source.entry.kind !== 'folder') {
    return failed(1, `mv: cannot overwrite directory '${to}' with non-directory`);
  }
  if (source.entry.kind === 'folder') throw new NotSimulated('mv of a folder');
  call.world.touch();
  if (source.folder !== undefined) dropEntry(source.folder, source.name);
  putEntry(target.folder, target.name, source.entry);
  return done();
}

/** `rm -f FILE…`: files that are not there are fine; folders only with `-r`. */
export function rm(call: Call): Answer {
  const options = parseOptions(call.args, { flags: ['-f', '-r', '-rf'] });
  const isDeep = options.has('-r') || options.has('-rf');
  const complaints = options.rest.flatMap((path) => {
    const place = lookUp(call.node, path, false);
    if (place.entry === undefined) return [];
    if (place.entry.kind === 'folder' && !isDeep) return [`rm: cannot remove '${path}': Is a directory`];
    if (call.node.mounts.has(place.path)) return [`rm: cannot remove '${path}': Device or resource busy`];
    call.world.touch();
    if (place.folder !== undefined) dropEntry(place.folder, place.name);
    return [];
  });
  return answerOf(complaints);
}

/** `ln -s -f -n -t FOLDER TARGET…`. */
export function ln(call: Call): Answer {
  const options = parseOptions(call.args, { flags: ['-s', '-f', '-n'], values: ['-t'] });
  const into = options.value('-t');
  if (into === undefined || !options.has('-s')) throw new NotSimulated('ln without -s and -t');
  const { entry } = lookUp(call.node, into);
  if (entry?.kind !== 'folder') return failed(1, `ln: failed to access '${into}': No such file or directory`);
  call.world.touch();
  for (const target of options.rest) putEntry(entry, target.split('/').at(-1) ?? '', newLink(target));
  return done();
}

/** `cat FILE…`, the kernel's tables of mounts and swap areas included. */
export function cat(call: Call): Answer {
  let stdout = '';
  const complaints = call.args.flatMap((path) => {
    const text = contentOf(call.node, path);
    if (text === undefined) return [`cat: ${path}: ${whyNot(call.node, path)}`];
    stdout += text;
    return [];
  });
  return answerOf(complaints, stdout);
}

function contentOf(node: NodeState, path: string): string | undefined {
  if (isMountTable(path)) return mountinfo(node);
  if (path === '/proc/swaps') return swapTable(node);
  const { entry } = lookUp(node, path);
  return entry?.kind === 'file' ? entry.text : undefined;
}

const whyNot = (node: NodeState, path: string): string =>
  lookUp(node, path).entry?.kind === 'folder' ? 'Is a directory' : 'No such file or directory';

function swapTable(node: NodeState): string {
  const rows = [...node.swaps].map((path) => {
    const sizeKib = (knownDevice(node, path)?.sizeKib ?? 0) - 4;
    return `${path.padEnd(40)}partition\t${sizeKib}\t0\t\t-2\n`;
  });
  return `Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n${rows.join('')}`;
}

/** `sync [--file-system] FILE…`: nothing is ever lost here, but what is not there is complained of. */
export function sync(call: Call): Answer {
  const paths = call.args.filter((word) => word !== '--file-system');
  const missing = paths.filter((path) => lookUp(call.node, path).entry === undefined);
  return answerOf(missing.map((path) => `sync: error opening '${path}': No such file or directory`));
}

/** `tee -a FILE`: appends standard input, and says it too. */
export function tee(call: Call): Answer {
  const options = parseOptions(call.args, { flags: ['-a'] });
  const complaints = options.rest.flatMap((path) => {
    const { folder, entry, name } = lookUp(call.node, path);
    if (entry?.kind === 'folder') return [`tee: ${path}: Is a directory`];
    if (folder === undefined) return [`tee: ${path}: No such file or directory`];
    call.world.touch();
    const before = options.has('-a') && entry?.kind === 'file' ? entry.text : '';
    putEntry(folder, name, newFile(before + call.stdin, entry?.mode ?? 0o644));
    return [];
  });
  return answerOf(complaints, call.stdin);
}

/** `chown OWNER:GROUP PATH…` with numbers. */
export function chown(call: Call): Answer {
  const [owner = '', ...paths] = call.args;
  const [user = '', group = ''] = owner.split(':');
  return changeEach(call, paths, 'chown', (entry) => {
    if (user !== '') entry.userId = Number(user);
    if (group !== '') entry.groupId = Number(group);
  });
}

/** `chmod MODE PATH…` with an octal mode. */
export function chmod(call: Call): Answer {
  const [mode = '', ...paths] = call.args;
  if (!/^[0-7]{3,4}$/.test(mode)) throw new NotSimulated(`chmod ${mode}`);
  return changeEach(call, paths, 'chmod', (entry) => {
    entry.mode = Number.parseInt(mode, 8);
  });
}

/** `setfattr -n trusted.glusterfs.volume-id -v 0xUUID FOLDER`; no other attribute. */
export function setfattr(call: Call): Answer {
  const options = parseOptions(call.args, { values: ['-n', '-v'] });
  const digits = /^0x([0-9a-f]{32})$/.exec(options.value('-v') ?? '')?.[1];
  if (options.value('-n') !== 'trusted.glusterfs.volume-id' || digits === undefined)
    throw new NotSimulated(`setfattr ${options.value('-n')}`);
  const [path = ''] = options.rest;
  const { entry } = lookUp(call.node, path);
  if (entry === undefined) return failed(1, `setfattr: ${path}: No such file or directory`);
  if (entry.kind !== 'folder') throw new NotSimulated('setfattr of a file');
  call.world.touch();
  entry.volumeId = digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return done();
}

function changeEach(
  { world, node }: Call,
  paths: readonly string[],
  program: string,
  change: (entry: { mode: number; userId: number; groupId: number }) => void,
): Answer {
  const complaints = paths.flatMap((path) => {
    const { entry } = lookUp(node, path);
    if (entry === undefined) return [`${program}: cannot access '${path}': No such file or directory`];
    world.touch();
    change(entry);
    return [];
  });
  return answerOf(complaints);
}

/** Blocks of a simulated file system are as XFS makes them. */
const blockBytes = 4096;
/** Of a node's root file system. */
const rootKib = 40 * 1024 * 1024;

/** `stat -f -c '%S %b' PATH`: block size and blocks of the file system that a path is on. */
function fileSystemStat({ node }: Call, paths: readonly string[]): Answer {
  let stdout = '';
  const complaints = paths.flatMap((path) => {
    const { entry, mount } = lookUp(node, path);
    if (entry === undefined)
      return [`stat: cannot read file system information for '${path}': No such file or directory`];
    const sizeKib = mount === undefined ? rootKib : (knownDevice(node, mount.device)?.sizeKib ?? 0);
    stdout += `${blockBytes} ${Math.floor((sizeKib * 1024) / blockBytes)}\n`;
    return [];
  });
  return answerOf(complaints, stdout);
}

/** `stat -c %u:%g:%a PATH`: owner, group and mode; and the one form of `-f`. No other format. */
export function stat(call: Call): Answer {
  const options = parseOptions(call.args, { flags: ['-f'], values: ['-c'] });
  if (options.has('-f') && options.value('-c') === '%S %b') return fileSystemStat(call, options.rest);
  if (options.value('-c') !== '%u:%g:%a') throw new NotSimulated(`stat -c ${options.value('-c')}`);
  let stdout = '';
  const complaints = options.rest.flatMap((path) => {
    const { entry } = lookUp(call.node, path);
    if (entry === undefined) return [`stat: cannot statx '${path}': No such file or directory`];
    stdout += `${entry.userId}:${entry.groupId}:${entry.mode.toString(8)}\n`;
    return [];
  });
  return answerOf(complaints, stdout);
}
