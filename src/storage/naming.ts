/**
 * Names on the nodes. They are Heketi's, so that existing installations and Mortar's own are one (engine reference 1.2,
 * wire contract section 22).
 */

const root = '/var/lib/heketi';
/** The folder that all bricks are mounted below. */
export const mountsFolder = `${root}/mounts`;
/** Folders that Mortar makes above its mount points, innermost first; removed when the last device leaves. */
export const sharedFolders: readonly string[] = [mountsFolder, root];

export const volumeGroupName = (deviceId: string): string => `vg_${deviceId}`;
/** The device whose volume group this is; undefined for a name that Mortar does not give. */
export const deviceOfGroup = (group: string): string | undefined => /^vg_([0-9a-f]{32})$/.exec(group)?.[1];
export const thinPoolName = (brickId: string): string => `tp_${brickId}`;
export const brickLvName = (brickId: string): string => `brick_${brickId}`;

/** A gluster UUID as it stands in names of thin volumes and folders: without its dashes. */
export const compactUuid = (uuid: string): string => uuid.replaceAll('-', '');
/** Where gluster mounts the bricks of a clone, each in a folder of its own. */
export const guestFolder = (glusterUuid: string): string => `/run/gluster/snaps/${compactUuid(glusterUuid)}`;
/** The mount point of a brick that gluster has placed itself: `…/brick1` of `…/brick1/brick`. */
export const guestMountPoint = (path: string): string =>
  /^\/(?:var\/)?run\/gluster\/snaps\/[^/]+\/brick\d+/.exec(path)?.[0] ?? path;
/** gluster calls the thin volumes of snapshots, and of what comes of them, by a UUID and a number. */
export const isOfSnapshot = (lvName: string): boolean => /^[0-9a-f]{32}_\d+$/.test(lvName);
/** gluster mounts it by itself, also after a boot. */
export const isGuestPath = (path: string): boolean => guestMountPoint(path) !== path;

/** Holds empty bricks of a volume that is being deleted while all that it had is on lost nodes. */
export const standInFolder = (volumeId: string): string => `${root}/stand-in_${volumeId}`;

/** The folder that holds the mount points of a device's bricks. */
export const deviceFolder = (deviceId: string): string => `${mountsFolder}/${volumeGroupName(deviceId)}`;
export const mountPoint = (deviceId: string, brickId: string): string =>
  `${deviceFolder(deviceId)}/${brickLvName(brickId)}`;
/** The directory that gluster is given. */
export const brickPath = (deviceId: string, brickId: string): string =>
  `${mountPoint(deviceId, brickId)}/brick`;

/** The device-mapper node of a logical volume: a stable name, whatever letters the disks get. */
export function mapperPath(volumeGroup: string, logicalVolume: string): string {
  const doubled = (name: string): string => name.replaceAll('-', '--');
  return `/dev/mapper/${doubled(volumeGroup)}-${doubled(logicalVolume)}`;
}

export const defaultVolumeName = (volumeId: string): string => `vol_${volumeId}`;

export const defaultBlockName = (blockVolumeId: string): string => `blockvol_${blockVolumeId}`;

/** What gluster calls a brick: `host:path`, an IPv6 address in brackets. */
export function glusterBrick(storageHost: string, path: string): string {
  return storageHost.includes(':') ? `[${storageHost}]:${path}` : `${storageHost}:${path}`;
}

/** LVM tags that say whose a volume group or pool is (law 5). */
export const ownerTag = 'mortar';
export const idTag = (kind: 'device' | 'brick' | 'volume', id: string): string => `mortar.${kind}=${id}`;
