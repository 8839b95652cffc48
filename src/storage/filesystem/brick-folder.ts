import type { Command } from '../../lib/command.ts';

/** Gives a brick's directory to a group, new files included (engine reference 3.3). */
export function giveToGroup(path: string, gid: number): Command[] {
  return [
    { label: `give ${path} to group ${gid}`, argv: ['chown', `:${gid}`, path] },
    { label: `let group ${gid} write to ${path}`, argv: ['chmod', '2775', path] },
  ];
}

/** The mount table as the node's init sees it. */
export const readMounts = (): Command => ({ label: 'read the mounts', argv: ['cat', '/proc/1/mountinfo'] });

export const unmount = (mountPoint: string): Command => ({
  label: `unmount ${mountPoint}`,
  argv: ['umount', mountPoint],
});
