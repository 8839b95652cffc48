/**
 * Names on the nodes. They are Heketi's, so that existing installations and Mortar's own are one (engine reference 1.2,
 * wire contract section 22).
 */

const root = '/var/lib/heketi';
export const mountsRoot = `${root}/mounts`;
/** Folders that Mortar makes above its mount points, innermost first; removed when the last device leaves. */
export const sharedFolders: readonly string[] = [mountsRoot, root];

export const volumeGroupName = (deviceId: string): string => `vg_${deviceId}`;
export const thinPoolName = (brickId: string): string => `tp_${brickId}`;
export const brickLvName = (brickId: string): string => `brick_${brickId}`;

/** The folder that holds the mount points of a device's bricks. */
export const deviceFolder = (deviceId: string): string => `${mountsRoot}/${volumeGroupName(deviceId)}`;
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

/** What gluster calls a brick: `host:path`, an IPv6 address in brackets. */
export function glusterBrick(storageHost: string, path: string): string {
  return storageHost.includes(':') ? `[${storageHost}]:${path}` : `${storageHost}:${path}`;
}

/** LVM tags that say whose a volume group or pool is (law 5). */
export const ownerTag = 'mortar';
export const idTag = (kind: 'device' | 'brick' | 'volume', id: string): string => `mortar.${kind}=${id}`;
