import type { Command } from '../../lib/command.ts';

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

/** Removes empty folders; those that still hold something stay. */
export const removeEmptyFolders = (paths: readonly string[]): Command => ({
  label: `remove ${paths.length === 1 ? paths[0] : `${paths.length} folders`}`,
  argv: ['rmdir', '--ignore-fail-on-non-empty', ...paths],
});

/** Makes sure that files and folders survive a power cut. */
export const flush = (paths: readonly string[]): Command => ({
  label: 'flush to disk',
  argv: ['sync', ...paths],
});
