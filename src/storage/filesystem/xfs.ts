import type { Command } from '../../lib/command.ts';

export interface XfsSettings {
  /** RAID stripe unit and width for `mkfs.xfs -d su=,sw=`; both or neither. */
  readonly stripe?: { readonly unit: string; readonly width: string };
}

/**
 * Makes the file system of a brick (engine reference 3.3): inodes of 512 bytes so that gluster's attributes fit, large
 * directory blocks; an arbiter brick holds names only, so inodes may take all of it. mkfs.xfs refuses by itself a device
 * that carries anything.
 */
export function makeXfs(
  device: string,
  kind: 'data' | 'arbiter',
  settings: XfsSettings,
  isRepeat: boolean,
): Command {
  const { stripe } = settings;
  const shape =
    kind === 'arbiter'
      ? ['-i', 'maxpct=100']
      : ['-i', 'size=512', ...(stripe === undefined ? [] : ['-d', `su=${stripe.unit},sw=${stripe.width}`])];
  return {
    label: `make an XFS on ${device}`,
    argv: ['mkfs.xfs', '-q', ...shape, '-n', 'size=8192', device],
    ...(isRepeat ? { unless: ['blkid', '-p', '-n', 'xfs', device] } : {}),
  };
}
