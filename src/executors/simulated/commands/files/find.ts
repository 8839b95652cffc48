/** `find`, in the three forms that are used: names below a folder, which folders are empty, and emptying a folder. */

import { type Answer, failed } from '../../world/answer.ts';
import { emptyFolder, entriesOf } from '../../world/file-tree.ts';
import { lookUp } from '../../world/files.ts';
import type { NodeState } from '../../world/state.ts';
import { type Call, NotSimulated } from '../program.ts';

interface Found {
  readonly path: string;
  readonly depth: number;
}

export function find(call: Call): Answer {
  const [root = '', ...words] = call.args;
  if (lookUp(call.node, root).entry === undefined)
    return failed(1, `find: '${root}': No such file or directory`);
  if (words.join(' ') === '-xdev -mindepth 1 -delete') return deleteBelow(call, root);
  const [maxdepth, print] = formOf(words);
  const lines = [...below(call.node, { path: root, depth: 0 }, maxdepth)].flatMap((found) =>
    print(call.node, found),
  );
  return { exitCode: 0, stdout: lines.map((line) => `${line}\n`).join(''), stderr: '' };
}

function deleteBelow({ world, node }: Call, root: string): Answer {
  const { entry, path } = lookUp(node, root);
  if (entry?.kind !== 'folder') return { exitCode: 0, stdout: '', stderr: '' };
  const busy = [...node.mounts.keys()].find((point) => point.startsWith(`${path}/`));
  if (busy !== undefined) return failed(1, `find: cannot delete '${busy}': Device or resource busy`);
  world.touch();
  emptyFolder(entry);
  return { exitCode: 0, stdout: '', stderr: '' };
}

type Print = (node: NodeState, found: Found) => string[];

function formOf(words: readonly string[]): [maxdepth: number, print: Print] {
  const text = words.join(' ');
  const [, depth, pattern] = /^-maxdepth (\d) -name (\S+) -printf %p\\n$/.exec(text) ?? [];
  if (pattern !== undefined) {
    const matches = globToRegExp(pattern);
    return [Number(depth), (_, { path }) => (matches.test(baseName(path)) ? [path] : [])];
  }
  const [, deep] =
    /^-mindepth 1 -maxdepth (\d) -type d \( -empty -printf empty %p\\n -o -printf full %p\\n \)$/.exec(
      text,
    ) ?? [];
  if (deep === undefined) throw new NotSimulated(`find ${text}`);
  return [Number(deep), (node, found) => folderLine(node, found)];
}

function folderLine(node: NodeState, { path, depth }: Found): string[] {
  const { entry } = lookUp(node, path, false);
  if (depth === 0 || entry?.kind !== 'folder') return [];
  return [`${entriesOf(entry).size === 0 ? 'empty' : 'full'} ${path}`];
}

/** It and everything below, mounts followed, links not. */
export function* below(node: NodeState, found: Found, maxdepth: number): Generator<Found> {
  yield found;
  const { entry } = lookUp(node, found.path, false);
  if (entry?.kind !== 'folder' || found.depth >= maxdepth) return;
  for (const name of entriesOf(entry).keys())
    yield* below(node, { path: `${found.path}/${name}`, depth: found.depth + 1 }, maxdepth);
}

export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** A shell's pattern with stars, and nothing else special in it. */
export const globToRegExp = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
