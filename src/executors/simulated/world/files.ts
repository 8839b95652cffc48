/** Paths of a node: its root file system with what is mounted into it. */

import { knownDevice } from './devices.ts';
import { type Entry, type Folder, newFolder, putEntry } from './file-tree.ts';
import type { Mount, NodeState } from './state.ts';

export interface Place {
  /** The path without `.`, `..` and links. */
  readonly path: string;
  /** The folder it stands in; undefined when that is not there. */
  readonly folder: Folder | undefined;
  readonly name: string;
  readonly entry: Entry | undefined;
  /** The mount it lies on; undefined for the root file system. */
  readonly mount: Mount | undefined;
  /** Something on the way is a file. */
  readonly isBlocked: boolean;
}

const longestChain = 8;

/** Folder of a mounted file system. */
function mountedFolder(node: NodeState, mount: Mount): Folder | undefined {
  const content = knownDevice(node, mount.device)?.holder.content;
  return content?.kind === 'file-system' ? content.root : undefined;
}

/** Looks a path up. `follow`: what a link at its end points to is meant, not the link. */
export function lookUp(node: NodeState, path: string, follow = true, depth = 0): Place {
  const words = wordsOf(path);
  let place: Place = {
    path: '/',
    folder: node.root,
    name: '',
    entry: node.root,
    mount: undefined,
    isBlocked: false,
  };
  for (const [index, word] of words.entries()) {
    place = step(node, place, word);
    const isLast = index === words.length - 1;
    if (place.entry?.kind === 'link' && (follow || !isLast) && depth < longestChain) {
      const target = targetOf(place.path, place.entry.target);
      place = lookUp(node, target, true, depth + 1);
    }
  }
  return place;
}

function step(node: NodeState, from: Place, name: string): Place {
  const path = from.path === '/' ? `/${name}` : `${from.path}/${name}`;
  const folder = from.entry?.kind === 'folder' ? from.entry : undefined;
  const mount = node.mounts.get(path);
  const isBlocked = from.isBlocked || from.entry?.kind === 'file';
  if (mount === undefined) {
    return { path, folder, name, entry: entryOf(folder, name), mount: from.mount, isBlocked };
  }
  return {
    path,
    folder,
    name,
    entry: mountedFolder(node, mount) ?? entryOf(folder, name),
    mount,
    isBlocked,
  };
}

const entryOf = (folder: Folder | undefined, name: string): Entry | undefined => folder?.entries?.get(name);

/** Where a link that stands at `path` points to. */
function targetOf(path: string, target: string): string {
  if (target.startsWith('/')) return target;
  return `/${wordsOf(`${path.slice(0, path.lastIndexOf('/'))}/${target}`).join('/')}`;
}

/** The words of a path, `.` and `..` worked out. */
function wordsOf(path: string): string[] {
  const words: string[] = [];
  for (const word of path.split('/')) {
    if (word === '..') words.pop();
    else if (word !== '' && word !== '.') words.push(word);
  }
  return words;
}

/** The same path in its plain form. */
export const plainPath = (path: string): string => `/${wordsOf(path).join('/')}`;

export function readText(node: NodeState, path: string): string | undefined {
  const { entry } = lookUp(node, path);
  return entry?.kind === 'file' ? entry.text : undefined;
}

/** Makes a folder and those above it, where nothing is in the way. */
export function ensureFolders(node: NodeState, path: string): void {
  let at = '';
  for (const word of wordsOf(path)) {
    at = `${at}/${word}`;
    const { folder, entry, name } = lookUp(node, at);
    if (entry === undefined && folder !== undefined) putEntry(folder, name, newFolder());
  }
}
