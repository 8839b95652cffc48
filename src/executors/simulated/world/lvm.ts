/** What LVM does to volume groups and logical volumes, extent by extent. Refusals are the commands' affair. */
import type { LogicalVolume, Minors, NodeState, VolumeGroup } from './state.ts';
import { dropVolume, putVolume } from './thin-volumes.ts';
import type { World } from './world.ts';

/** LVM's metadata area begins after the label. */
const labelKib = 4;
const defaultStartKib = 1024;

/** Where the extents of a physical volume begin: after label and metadata, aligned. */
export function firstExtentKib(metadataKib: number | undefined, alignmentKib: number): number {
  if (metadataKib === undefined) return Math.max(defaultStartKib, alignmentKib);
  return Math.ceil((labelKib + metadataKib) / alignmentKib) * alignmentKib;
}

export const totalExtents = (group: VolumeGroup): number =>
  group.members.reduce((sum, member) => sum + member.extents, 0);

export const freeExtents = (group: VolumeGroup): number => totalExtents(group) - group.usedExtents;

/** The extents that a volume takes of its group; a thin volume lives in its pool's. */
const ownExtents = (volume: LogicalVolume): number =>
  volume.kind === 'thin' ? 0 : volume.extents + volume.metadataExtents;

export interface NewVolume {
  readonly name: string;
  readonly kind: LogicalVolume['kind'];
  readonly extents: number;
  readonly metadataExtents?: number;
  readonly pool?: string;
  readonly tags?: readonly string[];
}

export function addVolume(
  world: World,
  node: NodeState,
  group: VolumeGroup,
  wanted: NewVolume,
): LogicalVolume {
  world.touch();
  const volume: LogicalVolume = {
    name: wanted.name,
    uuid: world.lvmUuid(),
    kind: wanted.kind,
    extents: wanted.extents,
    metadataExtents: wanted.metadataExtents ?? 0,
    pool: wanted.pool ?? '',
    tags: [...new Set(wanted.tags)],
    minors: {},
    content: null,
    dataPercent: 0,
  };
  putVolume(group, volume);
  group.usedExtents += ownExtents(volume);
  activate(node, group, volume);
  return volume;
}

/** Gives a volume its device-mapper devices. The spare of pool metadata has none. */
function activate(node: NodeState, group: VolumeGroup, volume: LogicalVolume): void {
  if (volume.kind === 'spare') return;
  const parts: readonly (keyof Minors)[] = volume.kind === 'pool' ? ['_tmeta', '_tdata', ''] : [''];
  const pool = group.volumes.get(volume.pool);
  // A pool that holds volumes is mapped once more, below the device that bears its name.
  if (pool !== undefined && pool.minors['-tpool'] === undefined) takeMinor(node, pool, '-tpool');
  for (const part of parts) takeMinor(node, volume, part);
}

function giveMinorsBack(node: NodeState, { minors }: LogicalVolume): void {
  for (const minor of Object.values(minors)) {
    const higher = node.freeMinors.findLastIndex((free) => free > minor);
    node.freeMinors.splice(higher + 1, 0, minor);
  }
}

/** The lowest one that is free. */
function takeMinor(node: NodeState, volume: LogicalVolume, part: keyof Minors): void {
  const free = node.freeMinors.pop();
  volume.minors[part] = free ?? node.nextMinor;
  if (free === undefined) node.nextMinor += 1;
}

/** More room for a volume, or for a pool's metadata. Whether the group has it is the command's affair. */
export function growVolume(
  world: World,
  group: VolumeGroup,
  volume: LogicalVolume,
  { extents = volume.extents, metadataExtents = volume.metadataExtents }: Partial<LogicalVolume>,
): void {
  world.touch();
  const before = ownExtents(volume);
  volume.extents = extents;
  volume.metadataExtents = metadataExtents;
  group.usedExtents += ownExtents(volume) - before;
}

export function removeVolume(world: World, node: NodeState, group: VolumeGroup, volume: LogicalVolume): void {
  world.touch();
  giveMinorsBack(node, volume);
  dropVolume(group, volume);
  group.usedExtents -= ownExtents(volume);
}

/** A volume that is not mounted, and that no other one needs, gets another name. */
export function renameVolume(
  world: World,
  node: NodeState,
  group: VolumeGroup,
  { volume, to }: { readonly volume: LogicalVolume; readonly to: string },
): void {
  world.touch();
  const renamed: LogicalVolume = { ...volume, name: to };
  dropVolume(group, volume);
  putVolume(group, renamed);
}

/** How large the spare for pool metadata has to be: as large as the largest. */
export function spareExtents(group: VolumeGroup): number {
  return Math.max(0, ...[...group.volumes.values()].map(({ metadataExtents }) => metadataExtents));
}

/** A group that lost its disk: its volumes have no devices until the disk is back. */
export function deactivateGroup(world: World, node: NodeState, group: VolumeGroup): void {
  world.touch();
  for (const volume of group.volumes.values()) {
    giveMinorsBack(node, volume);
    volume.minors = {};
  }
  node.groups.delete(group.name);
}

export function activateGroup(world: World, node: NodeState, group: VolumeGroup): void {
  world.touch();
  node.groups.set(group.name, group);
  for (const volume of group.volumes.values()) activate(node, group, volume);
}
