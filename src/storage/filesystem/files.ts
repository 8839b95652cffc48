import { z } from 'zod';
import type { Command } from '../../lib/command.ts';
import { strangeAnswer } from '../strange-answer.ts';

/** Writes a whole file so that it is either the old or the new one: into a temporary name, then renamed. */
export function writeFile(path: string, content: string): Command[] {
  const temporary = `${path}.mortar-new`;
  return [
    {
      label: `write ${path}`,
      argv: ['install', '-D', '-m', '0644', '/dev/stdin', temporary],
      stdin: content,
    },
    { label: `put ${path} in place`, argv: ['mv', '-f', '-T', temporary, path] },
  ];
}

/** Makes folders with their parents; those that exist are fine. */
export const makeFolders = (paths: readonly string[]): Command => ({
  label: `make ${paths.length === 1 ? paths[0] : `${paths.length} folders`}`,
  argv: ['mkdir', '-p', ...paths],
});

/** Removes files; those that are not there are fine. */
export const removeFiles = (paths: readonly string[]): Command => ({
  label: `remove ${paths.length === 1 ? paths[0] : `${paths.length} files`}`,
  argv: ['rm', '-f', ...paths],
});

/** Removes folders with all that is in them; those that are not there are fine. */
export const removeFolderTrees = (paths: readonly string[]): Command => ({
  label: `remove ${paths.length === 1 ? paths[0] : `${paths.length} folders`} with all that is in them`,
  argv: ['rm', '-rf', ...paths],
});

/**
 * Removes all that is in a folder and on its file system; the folder itself stays. One that is not there is fine. What is
 * mounted below it is left alone, and is a failure.
 */
export const emptyFolder = (path: string): Command => ({
  label: `remove what is in ${path}`,
  argv: ['find', path, '-xdev', '-mindepth', '1', '-delete'],
  unless: ['test', '!', '-e', path],
});

/** Asks for the size of the file systems that folders are on: one line each, block size and number of blocks. */
export const fileSystemSizes = (paths: readonly string[]): Command => ({
  label: 'ask for the size of file systems',
  argv: ['stat', '-f', '-c', '%S %b', ...paths],
});

/** Reads what `fileSystemSizes` asked for. @returns KiB, in the order of the folders. @throws AppError `node.strange_answer`. */
export function parseFileSystemSizes(output: string): number[] {
  const sizes = z.array(z.string().regex(/^\d+ \d+$/)).safeParse(output.trim().split('\n'));
  if (!sizes.success) throw strangeAnswer('stat -f', output, sizes.error);
  return sizes.data.map((line) => {
    const [blockBytes = 0, blocks = 0] = line.split(' ').map(Number);
    return Math.floor((blockBytes * blocks) / 1024);
  });
}

/** Removes an empty folder; one that still holds something stays, one that is not there is fine. */
export const removeEmptyFolder = (path: string): Command => ({
  label: `remove ${path}`,
  argv: ['rmdir', '--ignore-fail-on-non-empty', path],
  unless: ['test', '!', '-e', path],
});

/** Makes sure that files and folders survive a power cut. */
export const flush = (paths: readonly string[]): Command => ({
  label: 'flush to disk',
  argv: ['sync', ...paths],
});

/**
 * Where a node keeps what it must not forget: units and fstab, folders of mounts, gluster's own records. Each may be a file
 * system of its own. A node that never had gluster has no records of it.
 */
const stateFolders = ['/etc', '/var/lib', '/var/lib/glusterd'];

/**
 * Makes the node remember, whatever happens next. A glusterd that forgets in a power cut that a volume was deleted brings
 * it back to life on all its peers.
 *
 * @param paths on further file systems.
 */
export const flushState = (paths: readonly string[] = []): Command => ({
  label: 'flush the file systems to disk',
  argv: ['sync', '--file-system', ...paths, ...stateFolders],
  optional: true,
});
