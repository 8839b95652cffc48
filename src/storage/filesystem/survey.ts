/** What is to be found of bricks in a node's folders and boot files. Reads only. */
import type { Command } from '../../lib/command.ts';
import { mountsFolder } from '../naming.ts';
import { unitName } from './mounts.ts';

const unitFolder = '/etc/systemd/system';
const wantsFolder = `${unitFolder}/multi-user.target.wants`;
/** Units of mount points below Heketi's folder, whoever made them. */
const unitPattern = `${unitName(mountsFolder).replace(/\.mount$/, '')}-*.mount`;

/** How a brick is mounted at boot, as a unit or as a line of a table. */
export interface BootMount {
  /** The unit's name, or the table's path. */
  readonly holder: string;
  readonly device: string;
  readonly mountPoint: string;
  readonly type: string;
  readonly options: string;
  /** The boot wants it. */
  readonly isWanted: boolean;
}

export interface FoundFolder {
  readonly path: string;
  readonly isEmpty: boolean;
}

/** Nothing found, or something vanished meanwhile: an answer like others. */
const lenient = { expect: [0, 1, 2] } as const;

export const findBootUnits = (): Command => ({
  label: 'read the mount units of bricks',
  argv: ['grep', '-rHE', `--include=${unitPattern}`, '^(What|Where|Type|Options)=', unitFolder],
  ...lenient,
});

export const findWantedUnits = (): Command => ({
  label: 'look which mount units of bricks the boot wants',
  argv: ['find', wantsFolder, '-maxdepth', '1', '-name', unitPattern, '-printf', '%p\\n'],
  ...lenient,
});

export const readMountTable = (path: string): Command => ({
  label: `read ${path}`,
  argv: ['cat', path],
  ...lenient,
});

/** Folders of devices, mount points and brick directories. */
export const findBrickFolders = (): Command => ({
  label: 'look at the folders of bricks',
  argv: ['find', mountsFolder, '-mindepth', '1', '-maxdepth', '3', '-type', 'd', ...emptyOrFull],
  ...lenient,
});

const emptyOrFull = ['(', '-empty', '-printf', 'empty %p\\n', '-o', '-printf', 'full %p\\n', ')'];

/** Reads what `findBootUnits` and `findWantedUnits` printed. Lines that are no settings are passed over. */
export function parseBootUnits(settings: string, wanted: string): BootMount[] {
  const units = new Map<string, Map<string, string>>();
  for (const line of settings.split('\n')) {
    const [, path, key, value] = /^([^:]+\.mount):(\w+)=(.*)$/.exec(line) ?? [];
    // `grep -r` passes over links, so each unit is met once.
    if (path === undefined || key === undefined || path.startsWith(wantsFolder)) continue;
    const unit = units.get(path) ?? new Map<string, string>();
    units.set(path, unit.set(key, value ?? ''));
  }
  const names = new Set(wanted.split('\n').map(baseName));
  return [...units].map(([path, unit]) => ({
    holder: baseName(path),
    device: unit.get('What') ?? '',
    mountPoint: unit.get('Where') ?? '',
    type: unit.get('Type') ?? '',
    options: unit.get('Options') ?? '',
    isWanted: names.has(baseName(path)),
  }));
}

/** Names of units that the boot wants although there is no such unit. */
export function danglingUnits(wanted: string, units: readonly BootMount[]): string[] {
  const known = new Set(units.map(({ holder }) => holder));
  return wanted
    .split('\n')
    .filter((path) => path !== '')
    .map(baseName)
    .filter((name) => !known.has(name));
}

/** Lines of a mount table for mount points below Heketi's folder. */
export function parseMountTable(path: string, text: string): BootMount[] {
  return text.split('\n').flatMap((line) => {
    const [device = '', mountPoint = '', type = '', options = ''] = line.trim().split(/\s+/);
    if (device.startsWith('#') || !mountPoint.startsWith(`${mountsFolder}/`)) return [];
    return [{ holder: path, device, mountPoint, type, options, isWanted: true }];
  });
}

/** Reads what `findBrickFolders` printed. */
export function parseFolders(output: string): FoundFolder[] {
  return output.split('\n').flatMap((line) => {
    const [, word, path] = /^(empty|full) (\/.*)$/.exec(line) ?? [];
    return path === undefined ? [] : [{ path, isEmpty: word === 'empty' }];
  });
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
