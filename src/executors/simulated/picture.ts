/** What is on a node, item by item, as plain data: for checkers that compare it with what should be there. */
import { typeOf } from './commands/devices/signatures.ts';
import { entriesOf } from './world/file-tree.ts';
import { lookUp } from './world/files.ts';
import { hostnamesOf, isGlusterdUp, membersOf } from './world/gluster.ts';
import { freeExtents, totalExtents } from './world/lvm.ts';
import { tableLines } from './world/power.ts';
import type { LogicalVolume, NodeState, VolumeGroup } from './world/state.ts';
import type { World } from './world/world.ts';

export interface NodePicture {
  readonly host: string;
  readonly isUp: boolean;
  readonly isGlusterdRunning: boolean;
  readonly physicalVolumes: readonly {
    readonly device: string;
    readonly uuid: string;
    readonly volumeGroup: string;
  }[];
  readonly volumeGroups: readonly VolumeGroupPicture[];
  /** Hidden volumes are left out. */
  readonly logicalVolumes: readonly LogicalVolumePicture[];
  /** The system's own are left out. */
  readonly mounts: readonly {
    readonly device: string;
    readonly mountPoint: string;
    readonly type: string;
    readonly options: string;
  }[];
  /** Mount units under /etc/systemd/system, and which of them the boot wants. */
  readonly mountUnits: readonly string[];
  readonly wantedUnits: readonly string[];
  /** Lines of /etc/fstab and /var/lib/heketi/fstab, the root's left out. */
  readonly fstabLines: readonly string[];
  /** Folders under /var/lib/heketi, as they are seen with the mounts. */
  readonly folders: readonly string[];
  /** What stands on disks and partitions. */
  readonly signatures: readonly { readonly device: string; readonly type: string }[];
  /** Brick processes that run, by their directory. */
  readonly runningBricks: readonly string[];
  readonly peers: readonly {
    readonly uuid: string;
    readonly names: readonly string[];
    readonly isConnected: boolean;
  }[];
  /** Volumes of the node's pool; empty while its glusterd does not run. */
  readonly volumes: readonly GlusterVolumePicture[];
  readonly snapshots: readonly SnapshotPicture[];
}

interface VolumeGroupPicture {
  readonly name: string;
  readonly tags: readonly string[];
  readonly extentKib: number;
  readonly totalExtents: number;
  readonly freeExtents: number;
}

interface LogicalVolumePicture {
  readonly volumeGroup: string;
  readonly name: string;
  readonly kind: 'linear' | 'thin' | 'pool';
  readonly sizeKib: number;
  /** Empty for none. */
  readonly pool: string;
  readonly tags: readonly string[];
}

interface SnapshotPicture {
  readonly name: string;
  /** Those of this node, as `group/name`. */
  readonly logicalVolumes: readonly string[];
}

interface GlusterVolumePicture {
  readonly name: string;
  readonly uuid: string;
  readonly status: 'created' | 'started' | 'stopped';
  readonly bricks: readonly string[];
  /** A brick was taken away that held the only good copy of something. */
  readonly isDataLost: boolean;
  readonly options: Readonly<Record<string, string>>;
}

export function pictureOf(world: World, node: NodeState): NodePicture {
  const groups = [...node.groups.values()];
  return {
    host: node.name,
    isUp: node.isUp,
    isGlusterdRunning: isGlusterdUp(node),
    physicalVolumes: physicalVolumes(node),
    volumeGroups: groups.map((group) => ({
      name: group.name,
      tags: [...group.tags],
      extentKib: group.extentKib,
      totalExtents: totalExtents(group),
      freeExtents: freeExtents(group),
    })),
    logicalVolumes: groups.flatMap(logicalVolumes),
    mounts: [...node.mounts.values()]
      .filter(({ mountPoint }) => mountPoint !== '/')
      .map(({ device, mountPoint, type, options }) => ({ device, mountPoint, type, options })),
    mountUnits: namesIn(node, '/etc/systemd/system', '.mount'),
    wantedUnits: namesIn(node, '/etc/systemd/system/multi-user.target.wants', '.mount'),
    fstabLines: ['/etc/fstab', '/var/lib/heketi/fstab'].flatMap((table) => tableLines(node, table)),
    folders: foldersBelow(node, '/var/lib/heketi'),
    signatures: [...node.disks.values()].flatMap(({ path, content }) =>
      content === null ? [] : [{ device: path, type: typeOf(content) }],
    ),
    runningBricks: [...node.gluster.running.keys()],
    ...glusterOf(world, node),
  };
}

const physicalVolumes = (node: NodeState): NodePicture['physicalVolumes'] =>
  [...node.disks.values()].flatMap(({ path, content }) =>
    content?.kind === 'pv' ? [{ device: path, uuid: content.uuid, volumeGroup: content.group }] : [],
  );

function logicalVolumes(group: VolumeGroup): LogicalVolumePicture[] {
  return [...group.volumes.values()].flatMap((volume) => {
    const kind = shownKind(volume);
    if (kind === undefined) return [];
    const sizeKib = volume.extents * group.extentKib;
    return [
      {
        volumeGroup: group.name,
        name: volume.name,
        kind,
        sizeKib,
        pool: volume.pool,
        tags: [...volume.tags],
      },
    ];
  });
}

const shownKind = ({ kind }: LogicalVolume): LogicalVolumePicture['kind'] | undefined =>
  kind === 'spare' ? undefined : kind;

function namesIn(node: NodeState, path: string, ending: string): string[] {
  const { entry } = lookUp(node, path);
  return entry?.kind === 'folder' ? [...entriesOf(entry).keys()].filter((name) => name.endsWith(ending)) : [];
}

function foldersBelow(node: NodeState, path: string): string[] {
  const { entry } = lookUp(node, path);
  if (entry?.kind !== 'folder') return [];
  const inner = [...entriesOf(entry).keys()].flatMap((name) => foldersBelow(node, `${path}/${name}`));
  return [path, ...inner];
}

function glusterOf(world: World, node: NodeState): Pick<NodePicture, 'peers' | 'volumes' | 'snapshots'> {
  if (!isGlusterdUp(node)) return { peers: [], volumes: [], snapshots: [] };
  const pool = world.poolOf(node);
  return {
    peers: membersOf(world, node).map((member) => ({
      uuid: member.node.gluster.uuid,
      names: hostnamesOf(pool, member.name),
      isConnected: isGlusterdUp(member.node),
    })),
    volumes: [...pool.volumes.values()].map((volume) => ({
      name: volume.name,
      uuid: volume.uuid,
      status: volume.status,
      bricks: volume.bricks.map(({ name }) => name),
      isDataLost: volume.isDataLost === true,
      options: Object.fromEntries(volume.options),
    })),
    snapshots: [...(pool.snapshots?.values() ?? [])].map(({ name, bricks }) => ({
      name,
      logicalVolumes: bricks.flatMap(({ node: owner, device }) =>
        owner === node.name && device !== undefined ? [`${device.group}/${device.volume}`] : [],
      ),
    })),
  };
}
