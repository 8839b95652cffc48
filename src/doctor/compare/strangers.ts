import { unitName } from '../../storage/filesystem/mounts.ts';
import { fromPoolTags, quarantinedSince } from '../../storage/imprints.ts';
import type { LogicalVolume } from '../../storage/lvm/reports.ts';
import {
  brickLvName,
  brickPath,
  deviceOfGroup,
  isOfSnapshot,
  mountPoint,
  mountsFolder,
  thinPoolName,
  volumeGroupName,
} from '../../storage/naming.ts';
import type { Finding } from '../finding.ts';
import { type NodeView, onNode } from './node-view.ts';

/** What is on a node without a record. What Mortar cannot explain is shown, and never touched by itself (law 4). */
export function compareStrangers(view: NodeView): Finding[] {
  const orphans = orphanBricks(view);
  return [
    ...orphans.map((orphan) => orphanFinding(view, orphan)),
    ...foreignVolumes(view, orphans),
    ...strayMounts(view, orphans),
    ...strayBootMounts(view, orphans),
    ...strayFolders(view, orphans),
  ];
}

/** A pool and thin volume that look like a brick of ours. */
export interface OrphanBrick {
  readonly deviceId: string;
  readonly brickId: string;
  readonly group: string;
  /** Its pool and its thin volume, as far as they are there. */
  readonly volumes: readonly LogicalVolume[];
  /** Its directory belongs to a gluster volume: then it holds data that somebody uses. */
  readonly isUsed: boolean | undefined;
  readonly quarantinedSinceMs: number | undefined;
}

const idPattern = '[0-9a-f]{32}';
const isOurName = new RegExp(`^(?:brick|tp)_${idPattern}$`);

/** Bricks in our volume groups that are on no record: by the tags of their pool, or by names with one of our ids. */
export function orphanBricks(view: NodeView): OrphanBrick[] {
  return knownDevices(view).flatMap((deviceId) => {
    const group = volumeGroupName(deviceId);
    const volumes = unknownVolumes(view, deviceId);
    const ids = new Set(volumes.flatMap((volume) => brickIdOf(volume) ?? []));
    return [...ids].map((brickId) => toOrphan(view, { deviceId, brickId, group }, volumes));
  });
}

/** Devices on record whose volume groups are on the node. */
function knownDevices({ facts, intent }: NodeView): string[] {
  return facts.volumeGroups
    .flatMap(({ name }) => deviceOfGroup(name) ?? [])
    .filter((deviceId) => intent.known.deviceIds.has(deviceId));
}

type OrphanPlace = Pick<OrphanBrick, 'deviceId' | 'brickId' | 'group'>;

function toOrphan(view: NodeView, place: OrphanPlace, volumes: readonly LogicalVolume[]): OrphanBrick {
  const { deviceId, brickId } = place;
  const pool = volumes.find(
    (volume) => fromPoolTags(volume.tags)?.brickId === brickId || volume.name === thinPoolName(brickId),
  );
  const thin = volumes.find((volume) => volume.name === brickLvName(brickId) && volume !== pool);
  const own = [pool, thin].filter((volume) => volume !== undefined);
  return {
    ...place,
    volumes: own,
    isUsed: view.glusterPaths?.has(brickPath(deviceId, brickId)),
    quarantinedSinceMs: own.flatMap(({ tags }) => quarantinedSince(tags) ?? [])[0],
  };
}

/** Visible volumes of one of our groups that no brick on record accounts for. Those of snapshots live in its bricks' pools. */
function unknownVolumes({ facts, intent }: NodeView, deviceId: string): LogicalVolume[] {
  return facts.logicalVolumes.filter(
    ({ volumeGroup, name, pool, isHidden }) =>
      !isHidden &&
      !(isOfSnapshot(name) && intent.known.logicalVolumes.has(`${deviceId}/${pool}`)) &&
      volumeGroup === volumeGroupName(deviceId) &&
      !intent.known.logicalVolumes.has(`${deviceId}/${name}`),
  );
}

function brickIdOf({ tags, name }: LogicalVolume): string | undefined {
  const tagged = fromPoolTags(tags)?.brickId;
  if (tagged !== undefined) return tagged;
  return isOurName.test(name) ? name.slice(name.indexOf('_') + 1) : undefined;
}

function orphanFinding(view: NodeView, orphan: OrphanBrick): Finding {
  const { group, volumes, deviceId, brickId, isUsed, quarantinedSinceMs } = orphan;
  const sizeKib = volumes[0]?.sizeKib ?? 0;
  const listed = volumes.map(({ name, tags }) => `${name} (${tags.join(', ') || 'no tags'})`).join(' and ');
  const common = {
    object: `brick ${brickId}`,
    sizeKib,
    madeAtMs: volumes[0]?.createdAtMs,
  };
  if (quarantinedSinceMs !== undefined) {
    return onNode(view, 'orphan-brick', {
      ...common,
      severity: 'info',
      evidence: `${group} holds ${listed}: in quarantine since ${new Date(quarantinedSinceMs).toISOString()}`,
      advice: 'Destroy or release it with `mortar doctor quarantine`.',
    });
  }
  if (isUsed !== false) {
    return onNode(view, 'orphan-brick', {
      ...common,
      evidence: `${group} holds ${listed}; ${isUsed === true ? 'a gluster volume has it as a brick' : 'gluster could not be asked who uses it'}`,
      advice:
        isUsed === true
          ? 'It may be the last good copy of data: settle the gluster volume first (adopt it, or put it in quarantine).'
          : 'Nothing can be said before gluster answers.',
    });
  }
  return onNode(view, 'orphan-brick', {
    ...common,
    evidence: `${group} holds ${listed}; no brick on record is this one, and no gluster volume has it`,
    advice: 'Puts it in quarantine: unmounted, kept, marked with the date, destroyed only on request.',
    mend: {
      action: 'quarantine-brick',
      nodeId: view.node.id,
      deviceId,
      brickId,
      names: volumes.map(({ name }) => name),
    },
  });
}

function foreignVolumes(view: NodeView, orphans: readonly OrphanBrick[]): Finding[] {
  const ours = new Set(orphans.flatMap(({ volumes }) => volumes));
  return view.devices.flatMap((device) =>
    unknownVolumes(view, device.id)
      .filter((volume) => !ours.has(volume))
      .map((volume) =>
        onNode(view, 'foreign-volume', {
          object: `logical volume ${volume.volumeGroup}/${volume.name}`,
          evidence: `LVM lists it${volume.tags.length === 0 ? '' : ` with the tags ${volume.tags.join(', ')}`}; Mortar did not make it`,
          advice: 'It is left alone. The room it takes counts as used by others.',
          sizeKib: volume.sizeKib,
          madeAtMs: volume.createdAtMs,
        }),
      ),
  );
}

/** Whether records or orphans account for a mount point. */
function pointTest({ intent }: NodeView, orphans: readonly OrphanBrick[]): (point: string) => boolean {
  const ofOrphans = new Set(orphans.map(({ deviceId, brickId }) => mountPoint(deviceId, brickId)));
  return (point) => intent.known.mountPoints.has(point) || ofOrphans.has(point);
}

function strayMounts(view: NodeView, orphans: readonly OrphanBrick[]): Finding[] {
  const isExpected = pointTest(view, orphans);
  return view.facts.mounts
    .filter((mount) => !isExpected(mount.mountPoint))
    .map((mount) =>
      onNode(view, 'mount-stray', {
        object: `mount ${mount.mountPoint}`,
        evidence: `${mount.source} is mounted at ${mount.mountPoint}; no brick on record belongs there`,
        advice: 'Find out what it is, and unmount it by hand.',
      }),
    );
}

function strayBootMounts(view: NodeView, orphans: readonly OrphanBrick[]): Finding[] {
  const isExpected = pointTest(view, orphans);
  const mounted = new Set(view.facts.mounts.map((mount) => mount.mountPoint));
  const entries = view.facts.bootMounts
    .filter((entry) => !isExpected(entry.mountPoint))
    .map((entry) =>
      onNode(view, 'boot-mount-stray', {
        object: `boot mount ${entry.mountPoint}`,
        evidence: `${entry.holder} mounts ${entry.device} at ${entry.mountPoint}; no brick on record belongs there`,
        advice: mounted.has(entry.mountPoint)
          ? 'It is mounted: find out what it is first.'
          : 'Removes the entry, so that the boot does not look for a disk that is gone.',
        ...(mounted.has(entry.mountPoint)
          ? {}
          : {
              mend: {
                action: 'forget-boot-mount',
                nodeId: view.node.id,
                mountPoint: entry.mountPoint,
                device: entry.device,
              } as const,
            }),
      }),
    );
  // A brick on record that lacks its unit is told of with the brick.
  const ofBricks = new Set(view.bricks.map(({ deviceId, id }) => unitName(mountPoint(deviceId, id))));
  const dangling = view.facts.danglingUnits
    .filter((unit) => !ofBricks.has(unit))
    .map((unit) =>
      onNode(view, 'boot-mount-stray', {
        object: `mount unit ${unit}`,
        evidence: `the boot wants ${unit}, which is not there`,
        advice: 'Remove the link below multi-user.target.wants by hand.',
      }),
    );
  return [...entries, ...dangling];
}

function strayFolders(view: NodeView, orphans: readonly OrphanBrick[]): Finding[] {
  const isExpected = pointTest(view, orphans);
  const mounted = new Set(view.facts.mounts.map((mount) => mount.mountPoint));
  const isOfDevice = (path: string): boolean =>
    view.intent.known.deviceIds.has(path.replace(`${mountsFolder}/vg_`, ''));
  const isUsed = (path: string): boolean => isExpected(path) || mounted.has(path);
  return view.facts.folders
    .filter(({ path }) => !isOfDevice(path) && !isUsed(path) && !isUsed(path.slice(0, path.lastIndexOf('/'))))
    .map(({ path, isEmpty }) =>
      onNode(view, 'folder-stray', {
        object: `folder ${path}`,
        evidence: `${path} is ${isEmpty ? 'empty' : 'not empty'}, and no brick on record is mounted there`,
        advice: isEmpty ? 'Removes the empty folder.' : 'Look what is in it, and remove it by hand.',
        ...(isEmpty ? { mend: { action: 'remove-folder', nodeId: view.node.id, path } as const } : {}),
      }),
    );
}
