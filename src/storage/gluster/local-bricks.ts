/**
 * What a node knows of its own bricks without asking gluster: no transaction, no lock, so it never stands in the way of one.
 */
import type { Command } from '../../lib/command.ts';

/** glusterd keeps there whose process is whose: `<volume>/<host>-<path with dashes>.pid`. */
const pidFolder = '/run/gluster/vols';

/** A brick's list of entries that another brick of its set lacks: one file for each, beside one of its own. */
const indexFolder = '.glusterfs/indices/xattrop';

/** Without volumes there is no folder: that is no failure. */
export const readBrickPids = (): Command => ({
  label: 'read which processes serve the bricks',
  argv: ['grep', '-rHs', '--include=*.pid', '.', pidFolder],
  expect: [0, 1, 2],
});

/** A file outlives a process that was killed, so the processes themselves are asked, too. */
export const listBrickProcesses = (): Command => ({
  label: 'list the brick processes',
  argv: ['pgrep', '-x', 'glusterfsd'],
  expect: [0, 1],
});

/** @returns whether the brick with this path is served. @param pids, processes the answers to the two commands above. */
export function servedBricks(pids: string, processes: string): (path: string) => boolean {
  const running = new Set(linesOf(processes));
  const served = new Set<string>();
  for (const line of linesOf(pids)) {
    const [, file = '', pid = ''] = /\/([^/]+)\.pid:(\d+)$/.exec(line) ?? [];
    if (!running.has(pid)) continue;
    // Where the host's name ends is not to be seen: it may have dashes, too.
    for (let at = file.indexOf('-'); at >= 0; at = file.indexOf('-', at + 1)) served.add(file.slice(at));
  }
  return (path) => served.has(path.replaceAll('/', '-'));
}

/** Counts without listing: there may be millions. Those that are links to one file count each. */
export const countPending = (paths: readonly string[]): Command => ({
  label: `count what is to be healed on ${paths.length} brick${paths.length === 1 ? '' : 's'}`,
  argv: [
    'du',
    '--inodes',
    '-l',
    '-s',
    '--exclude=xattrop-*',
    ...paths.map((path) => `${path}/${indexFolder}`),
  ],
  // A brick that is not mounted has no such folder; the others are told all the same.
  expect: [0, 1],
});

/** @returns entries by the brick's path; a brick that could not be looked into is left out. */
export function parsePending(output: string): Map<string, number> {
  const counts = linesOf(output).flatMap((line): [string, number][] => {
    const [, count, path] = /^(\d+)\s+(.+)\/\.glusterfs\/indices\/xattrop$/.exec(line) ?? [];
    // The folder itself counts, too.
    return count === undefined || path === undefined ? [] : [[path, Math.max(0, Number(count) - 1)]];
  });
  return new Map(counts);
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');
