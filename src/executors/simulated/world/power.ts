/** Power cut and boot: what a node is without, and what brings it back. */
import { unitName } from '../../../storage/filesystem/mounts.ts';
import { emptyFolder, entriesOf, newFolder, putEntry } from './file-tree.ts';
import { ensureFolders, lookUp, readText } from './files.ts';
import { reconcileBricks } from './gluster.ts';
import { bricksByFolder, mountIndex } from './indexes.ts';
import { mountDevice } from './mounts.ts';
import { mountOwnBricks } from './snapshots.ts';
import type { NodeState } from './state.ts';
import type { World } from './world.ts';

const unitFolder = '/etc/systemd/system';
const wantsFolder = `${unitFolder}/multi-user.target.wants`;
/** The system's own, and the one that Heketi's gluster pods mount when they start. */
const tables = ['/etc/fstab', '/var/lib/heketi/fstab'];

export function powerOff(world: World, node: NodeState): void {
  world.touch();
  node.isUp = false;
  mountIndex.clear(node.mounts);
  node.swaps.clear();
  bricksByFolder.clear(node.gluster.running);
  const run = lookUp(node, '/run');
  if (run.entry?.kind === 'folder') {
    emptyFolder(run.entry);
    putEntry(run.entry, 'lock', newFolder());
  }
}

/** Boots: logical volumes are there, mounts as far as units and tables bring them, then glusterd with its bricks. */
export function powerOn(world: World, node: NodeState): void {
  world.touch();
  node.isUp = true;
  for (const table of tables) for (const wanted of readTable(node, table)) mountAtBoot(world, node, wanted);
  for (const wanted of readUnits(node)) mountAtBoot(world, node, wanted);
  startGlusterd(world, node);
}

export function startGlusterd(world: World, node: NodeState): void {
  world.touch();
  node.gluster.isRunning = true;
  mountOwnBricks(world, node);
  reconcileBricks(world, node);
}

interface WantedMount {
  readonly device: string;
  readonly mountPoint: string;
  readonly type: string;
  readonly options: string;
}

/** systemd makes a missing mount point itself; a device that is missing is left out. */
function mountAtBoot(world: World, node: NodeState, wanted: WantedMount): void {
  ensureFolders(node, wanted.mountPoint);
  mountDevice(world, node, wanted);
}

/** Lines of a mount table, the system's own disk left out. */
export function tableLines(node: NodeState, path: string): string[] {
  const lines = (readText(node, path) ?? '').split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.startsWith('#') && !/^\S+\s+\/\s/.test(line));
}

function readTable(node: NodeState, path: string): WantedMount[] {
  return tableLines(node, path).flatMap((line) => {
    const [device, mountPoint, type, options] = line.split(/\s+/);
    if (device === undefined || mountPoint === undefined || options === undefined) return [];
    if (type === undefined || type === 'swap' || options.split(',').includes('noauto')) return [];
    return [{ device, mountPoint, type, options }];
  });
}

/** Mount units that the target wants. systemd takes a unit only when its name fits its mount point. */
function readUnits(node: NodeState): WantedMount[] {
  const { entry } = lookUp(node, wantsFolder);
  if (entry?.kind !== 'folder') return [];
  return [...entriesOf(entry).keys()].flatMap((name) => {
    const text = name.endsWith('.mount') ? readText(node, `${wantsFolder}/${name}`) : undefined;
    const settings = text === undefined ? undefined : mountSection(text);
    if (settings === undefined || unitName(settings.mountPoint) !== name) return [];
    return [settings];
  });
}

function mountSection(text: string): WantedMount | undefined {
  let section = '';
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    section = /^\[(.*)\]$/.exec(line)?.[1] ?? section;
    const [key, ...value] = line.split('=');
    if (section === 'Mount' && key !== undefined) values.set(key.trim(), value.join('=').trim());
  }
  const device = values.get('What');
  const mountPoint = values.get('Where');
  if (device === undefined || mountPoint === undefined) return undefined;
  return {
    device,
    mountPoint,
    type: values.get('Type') ?? 'auto',
    options: values.get('Options') ?? 'defaults',
  };
}
