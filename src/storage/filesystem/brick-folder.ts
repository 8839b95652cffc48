import type { Command } from '../../lib/command.ts';

/** Gives a brick's directory to a group, new files included (engine reference 3.3). */
export function giveToGroup(path: string, gid: number): Command[] {
  return [
    { label: `give ${path} to group ${gid}`, argv: ['chown', `:${gid}`, path] },
    { label: `let group ${gid} write to ${path}`, argv: ['chmod', '2775', path] },
  ];
}

/**
 * Writes gluster's mark of a volume onto a brick's directory. A snapshot that was activated has one of its own. Where it
 * cannot be written, gluster refuses to start the volume if it differs.
 */
export const markForVolume = (path: string, glusterUuid: string): Command => ({
  label: `mark ${path} as a brick of its volume`,
  argv: ['setfattr', '-n', 'trusted.glusterfs.volume-id', '-v', `0x${glusterUuid.replaceAll('-', '')}`, path],
  optional: true,
});

/** The mount table as the node's init sees it. */
export const readMounts = (): Command => ({ label: 'read the mounts', argv: ['cat', '/proc/1/mountinfo'] });

/** Of that table, the lines with one of these mount points (and perhaps others that mention one). */
export const findMounts = (mountPoints: readonly string[]): Command => ({
  label: 'look for the mounts of the bricks',
  argv: ['grep', '-F', ...mountPoints.flatMap((path) => ['-e', ` ${path} `]), '/proc/1/mountinfo'],
  // 1: there is none.
  expect: [0, 1],
});

export const unmount = (mountPoint: string): Command => ({
  label: `unmount ${mountPoint}`,
  argv: ['umount', mountPoint],
});
