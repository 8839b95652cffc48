/** mkdir and rmdir. */
import type { Answer } from '../../world/answer.ts';
import { dropEntry, entriesOf, newFolder, putEntry } from '../../world/file-tree.ts';
import { lookUp } from '../../world/files.ts';
import type { NodeState } from '../../world/state.ts';
import type { World } from '../../world/world.ts';
import { parseOptions } from '../options.ts';
import type { Call } from '../program.ts';

/** An answer made of the complaints about single paths; exit code 1 when there are any. */
export function answerOf(complaints: readonly string[], stdout = ''): Answer {
  const stderr = complaints.map((line) => `${line}\n`).join('');
  return { exitCode: complaints.length === 0 ? 0 : 1, stdout, stderr };
}

export function mkdir(call: Call): Answer {
  const options = parseOptions(call.args, { flags: ['-p'] });
  const make = options.has('-p') ? makeWithParents : makeOne;
  return answerOf(options.rest.flatMap((path) => make(call.world, call.node, path) ?? []));
}

const cannotMake = (path: string, why: string): string => `mkdir: cannot create directory '${path}': ${why}`;

function makeOne(world: World, node: NodeState, path: string): string | undefined {
  const place = lookUp(node, path);
  if (place.entry !== undefined) return cannotMake(path, 'File exists');
  if (place.isBlocked) return cannotMake(path, 'Not a directory');
  if (place.folder === undefined) return cannotMake(path, 'No such file or directory');
  world.touch();
  putEntry(place.folder, place.name, newFolder());
  return undefined;
}

/** Makes a folder and what is missing above it. @returns a complaint, or undefined. */
export function makeWithParents(world: World, node: NodeState, path: string): string | undefined {
  const { entry, folder } = lookUp(node, path);
  if (entry?.kind === 'folder') return undefined;
  if (entry === undefined && folder !== undefined) return makeOne(world, node, path);
  let at = '';
  for (const word of path.split('/').filter((part) => part !== '')) {
    at = `${at}/${word}`;
    const { entry } = lookUp(node, at);
    if (entry === undefined) {
      const complaint = makeOne(world, node, at);
      if (complaint !== undefined) return complaint;
    } else if (entry.kind !== 'folder')
      return cannotMake(at, at === path ? 'File exists' : 'Not a directory');
  }
  return undefined;
}

export function rmdir(call: Call): Answer {
  const options = parseOptions(call.args, { flags: ['--ignore-fail-on-non-empty'] });
  const keepsFull = options.has('--ignore-fail-on-non-empty');
  return answerOf(options.rest.flatMap((path) => removeFolder(call, path, keepsFull) ?? []));
}

function removeFolder({ world, node }: Call, path: string, keepsFull: boolean): string | undefined {
  const complain = (why: string): string => `rmdir: failed to remove '${path}': ${why}`;
  const place = lookUp(node, path, false);
  const { entry, folder, name } = place;
  if (entry === undefined) return complain(place.isBlocked ? 'Not a directory' : 'No such file or directory');
  if (entry.kind !== 'folder') return complain('Not a directory');
  // A mount point is busy, but with something in it that is as good as not empty.
  if (entriesOf(entry).size > 0 && keepsFull) return undefined;
  if (node.mounts.has(place.path)) return complain('Device or resource busy');
  if (entriesOf(entry).size > 0) return complain('Directory not empty');
  world.touch();
  if (folder !== undefined) dropEntry(folder, name);
  return undefined;
}
