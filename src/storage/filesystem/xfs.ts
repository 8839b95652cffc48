import type { Command } from '../../lib/command.ts';

export interface XfsSettings {
  /** RAID stripe unit and width for `mkfs.xfs -d su=,sw=`; both or neither. */
  readonly stripe?: { readonly unit: string; readonly width: string };
}

/** mkfs.xfs from version 5.19 on makes smaller ones only when told that this is meant. */
const smallestSupportedKib = 300 * 1024;

export const askMkfsVersion = (): Command => ({
  label: 'ask for the version of mkfs.xfs',
  argv: ['mkfs.xfs', '-V'],
});

/** Whether this mkfs.xfs has the limit, and the word that lifts it. @param output of `mkfs.xfs -V` */
export function knowsUnsupported(output: string): boolean {
  const [, major = 0, minor = 0] = /version (\d+)\.(\d+)/.exec(output)?.map(Number) ?? [];
  return major > 5 || (major === 5 && minor >= 19);
}

/** Only arbiter bricks are so small: they hold names, no data. */
export const isSmall = (sizeKib: number): boolean => sizeKib < smallestSupportedKib;

export interface XfsTarget {
  readonly device: string;
  readonly kind: 'data' | 'arbiter';
  /** Say that a small file system is meant. */
  readonly isUnsupported?: boolean;
}

/** What earlier tries have left on the device of a brick. `unfinished`: mkfs was ended half-way, so no data is on it. */
export type XfsState = 'blank' | 'unfinished' | 'whole';

/** Looks how far an earlier mkfs.xfs came. Its first write bears the mark of an XFS already, its last one says "done". */
export const askXfsState = (device: string): Command => ({
  label: `look whether ${device} has a whole XFS`,
  argv: ['xfs_db', '-r', '-c', 'sb 0', '-c', 'print inprogress', device],
  optional: true,
});

/** @param output of `askXfsState`; where there is no XFS, or no device yet, it says neither. */
export function parseXfsState(output: string): XfsState {
  if (/^inprogress = 0$/m.test(output)) return 'whole';
  return /^inprogress = [1-9]/m.test(output) ? 'unfinished' : 'blank';
}

/**
 * Makes the file system of a brick (engine reference 3.3): inodes of 512 bytes so that gluster's attributes fit, large
 * directory blocks; an arbiter brick holds names only, so inodes may take all of it. mkfs.xfs refuses by itself a device
 * that carries anything; only one that it left unfinished itself is made anew.
 */
export function makeXfs(
  { device, kind, isUnsupported }: XfsTarget,
  settings: XfsSettings,
  isUnfinished: boolean,
): Command {
  const { stripe } = settings;
  const shape =
    kind === 'arbiter'
      ? ['-i', 'maxpct=100']
      : ['-i', 'size=512', ...(stripe === undefined ? [] : ['-d', `su=${stripe.unit},sw=${stripe.width}`])];
  return {
    label: `make an XFS on ${device}`,
    argv: [
      'mkfs.xfs',
      '-q',
      ...(isUnfinished ? ['-f'] : []),
      ...(isUnsupported === true ? ['--unsupported'] : []),
      ...shape,
      '-n',
      'size=8192',
      device,
    ],
  };
}

/** Lets a mounted XFS fill its device, while it is used. One that fills it already is fine. */
export const growXfs = (mountPoint: string): Command => ({
  label: `let the XFS at ${mountPoint} grow`,
  argv: ['xfs_growfs', mountPoint],
});
