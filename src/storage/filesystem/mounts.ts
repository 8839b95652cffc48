/**
 * How a brick's mount survives a reboot. With systemd (the default) each brick has a mount unit of its own: nothing is
 * edited in place, boot never waits for it, and it comes before glusterd. The fstab way is for containers whose image
 * mounts from a file of its own (Heketi's gluster pods).
 */
import type { Command } from '../../lib/command.ts';
import { flush, removeFiles, writeFile } from './files.ts';

export interface MountSettings {
  readonly method: 'systemd' | 'fstab';
  readonly fstabFile: string;
  readonly options: string;
}

export interface BrickMount {
  readonly device: string;
  readonly mountPoint: string;
}

export interface Mounts {
  /** Makes the mounts come back at boot; running it twice is fine. */
  persist(mounts: readonly BrickMount[]): Command[];
  /** The reverse; "not there" is fine. */
  forget(mounts: readonly BrickMount[]): Command[];
  mount(mount: BrickMount, isRepeat: boolean): Command;
}

const unitFolder = '/etc/systemd/system';
const wantsFolder = `${unitFolder}/multi-user.target.wants`;

/** How long boot work that needs the mount waits for its disk before it goes on without. */
const longestWaitSeconds = 90;

/** The name systemd demands for the unit of a mount point: `/a/b_c` is `a-b_c.mount`. */
export function unitName(mountPoint: string): string {
  const escaped = mountPoint
    .replace(/^\/+|\/+$/g, '')
    .replace(
      /[^A-Za-z0-9:_./]/g,
      (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
    )
    .replaceAll('/', '-');
  return `${escaped}.mount`;
}

export function mountUnit({ device, mountPoint }: BrickMount, options: string): string {
  return [
    '# Made by Mortar. Removed with its brick.',
    '[Unit]',
    `Description=Brick ${mountPoint}`,
    '# No default dependencies: a missing disk must not hold up local-fs.target, and so the boot.',
    'DefaultDependencies=no',
    'Conflicts=umount.target',
    'Before=umount.target glusterd.service',
    'After=local-fs-pre.target',
    `JobTimeoutSec=${longestWaitSeconds}`,
    '[Mount]',
    `What=${device}`,
    `Where=${mountPoint}`,
    'Type=xfs',
    `Options=${options}`,
    '[Install]',
    'WantedBy=multi-user.target',
    '',
  ].join('\n');
}

export function createMounts(settings: MountSettings): Mounts {
  const bootWay = settings.method === 'systemd' ? systemdWay(settings.options) : fstabWay(settings);
  return {
    ...bootWay,
    mount: ({ device, mountPoint }, isRepeat) => ({
      label: `mount ${mountPoint}`,
      argv: ['mount', '-t', 'xfs', '-o', settings.options, device, mountPoint],
      ...(isRepeat ? { unless: ['mountpoint', '-q', mountPoint] } : {}),
    }),
  };
}

function systemdWay(options: string): Pick<Mounts, 'persist' | 'forget'> {
  const unitPath = (mount: BrickMount): string => `${unitFolder}/${unitName(mount.mountPoint)}`;
  const linkPath = (mount: BrickMount): string => `${wantsFolder}/${unitName(mount.mountPoint)}`;
  return {
    persist: (mounts) => [
      ...mounts.flatMap((mount) => writeFile(unitPath(mount), mountUnit(mount, options))),
      {
        label: 'have the bricks mounted at boot',
        argv: [
          'ln',
          '-s',
          '-f',
          '-n',
          '-t',
          wantsFolder,
          ...mounts.map((mount) => `../${unitName(mount.mountPoint)}`),
        ],
      },
      flush([...mounts.map(unitPath), unitFolder, wantsFolder]),
    ],
    forget: (mounts) => [removeFiles(mounts.flatMap((mount) => [linkPath(mount), unitPath(mount)]))],
  };
}

/** Held while the file is edited: `sed -i` replaces it, and would lose a line appended meanwhile. */
const fstabLock = '/run/lock/mortar-fstab.lock';

function fstabWay({ fstabFile, options }: MountSettings): Pick<Mounts, 'persist' | 'forget'> {
  const locked = (...argv: string[]): string[] => ['flock', fstabLock, ...argv];
  // No fsck at boot (pass 0), and a missing disk never holds up the boot.
  const line = ({ device, mountPoint }: BrickMount): string =>
    `${device} ${mountPoint} xfs ${options},nofail,x-systemd.device-timeout=${longestWaitSeconds}s,x-systemd.before=glusterd.service 0 0`;
  return {
    persist: (mounts) => [
      ...mounts.map((mount) => ({
        label: `add ${mount.mountPoint} to ${fstabFile}`,
        argv: locked('tee', '-a', fstabFile),
        stdin: `${line(mount)}\n`,
        unless: ['grep', '-qF', ` ${mount.mountPoint} `, fstabFile],
      })),
      flush([fstabFile]),
    ],
    forget: (mounts) => [
      {
        label: `remove ${mounts.length} lines from ${fstabFile}`,
        argv: locked(
          'sed',
          '-i',
          ...mounts.flatMap((mount) => ['-e', `\\#[[:space:]]${mount.mountPoint}[[:space:]]#d`]),
          fstabFile,
        ),
        unless: ['test', '!', '-e', fstabFile],
      },
    ],
  };
}
