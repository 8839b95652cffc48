import type { BrickRecord } from '../../db/bricks.ts';
import type { ClusterRecord } from '../../db/clusters.ts';
import type { DeviceRecord } from '../../db/devices.ts';
import type { ForeignBrickRecord } from '../../db/foreign-bricks.ts';
import type { NodeRecord } from '../../db/nodes.ts';
import type { Reads } from '../../db/queries.ts';
import type { VolumeRecord } from '../../db/volumes.ts';
import type { WatchedVolumeRecord } from '../../db/watched-volumes.ts';
import { groupBy } from '../../lib/group-by.ts';
import { mountPoint } from '../../storage/naming.ts';

/** What the database says at one moment. */
export interface Intent {
  readonly clusters: readonly ClusterRecord[];
  readonly nodes: readonly NodeRecord[];
  readonly devices: readonly DeviceRecord[];
  readonly bricks: readonly BrickRecord[];
  /** In every phase. */
  readonly volumes: readonly VolumeRecord[];
  /** Of managed volumes, in gluster's order. */
  readonly foreignBricks: readonly ForeignBrickRecord[];
  /** Volumes of others. */
  readonly watched: readonly WatchedVolumeRecord[];
  /** Changes whenever an operation comes or ends, looks left out. */
  readonly activity: string;
  /** Operations under way, looks left out. */
  readonly isBusy: boolean;
}

/** What was so before a look and is so after it, with nothing under way: only this may be compared. */
export interface SteadyIntent {
  readonly clusters: readonly ClusterRecord[];
  readonly nodes: readonly NodeRecord[];
  readonly devices: readonly DeviceRecord[];
  readonly bricks: readonly BrickRecord[];
  readonly volumes: readonly VolumeRecord[];
  /** Of managed volumes that others made, in gluster's order. */
  readonly foreignBricks: readonly ForeignBrickRecord[];
  readonly watched: readonly WatchedVolumeRecord[];
  /** Whatever was on record at either moment, in any phase: nothing of it is a stranger. */
  readonly known: {
    readonly deviceIds: ReadonlySet<string>;
    /** Of bricks: `deviceId/name`. */
    readonly logicalVolumes: ReadonlySet<string>;
    readonly mountPoints: ReadonlySet<string>;
    readonly volumeIds: ReadonlySet<string>;
    /** `clusterId/name`. */
    readonly volumeNames: ReadonlySet<string>;
    readonly nodes: readonly NodeRecord[];
  };
  /** Devices with a brick that an operation is at work on: their room cannot be judged. */
  readonly busyDeviceIds: ReadonlySet<string>;
  /** No operation was under way, came or ended. */
  readonly isQuiet: boolean;
}

/** Looks are operations, too; they change nothing. */
export const lookKind = 'look';
export const reconcileKind = 'reconcile';

const isWork = ({ kind }: { readonly kind: string }): boolean => kind !== lookKind && kind !== reconcileKind;

export async function readIntent(reads: Reads): Promise<Intent> {
  const unfinished = (await reads.operations.listUnfinished()).filter(isWork);
  const [newest] = (await reads.operations.listRecent(20)).filter(isWork);
  const bricks = await reads.bricks.listAll();
  const foreignBricks = await reads.foreignBricks.listAll();
  return {
    clusters: await reads.clusters.list(),
    nodes: await reads.nodes.listAll(),
    devices: await reads.devices.listAll(),
    bricks,
    volumes: await allVolumes(reads, [...bricks, ...foreignBricks]),
    foreignBricks,
    watched: await reads.watchedVolumes.list(),
    activity: [newest?.seq ?? 0, ...unfinished.map(({ seq }) => seq)].join(),
    isBusy: unfinished.length > 0,
  };
}

/** Volumes that the API does not show are seen through their bricks. */
async function allVolumes(
  reads: Reads,
  bricks: readonly { readonly volumeId: string | null }[],
): Promise<VolumeRecord[]> {
  const visible = await reads.volumes.listVisible();
  const ids = new Set(visible.map(({ id }) => id));
  const hidden = new Set(bricks.map(({ volumeId }) => volumeId).filter((id) => id !== null && !ids.has(id)));
  const found = await Promise.all([...hidden].map((id) => reads.volumes.find(id ?? '')));
  return [...visible, ...found.filter((volume) => volume !== undefined)];
}

interface Held {
  readonly id: string;
  readonly phase: string;
  readonly operationId: string | null;
}

const isReady = ({ phase, operationId }: Held): boolean => phase === 'ready' && operationId === null;

/** Records that are ready and the same in both. */
function steady<Item extends Held>(before: readonly Item[], after: readonly Item[]): Item[] {
  const earlier = new Map(before.map((item) => [item.id, JSON.stringify(item)]));
  return after.filter((item) => isReady(item) && earlier.get(item.id) === JSON.stringify(item));
}

export function steadyIntent(before: Intent, after: Intent): SteadyIntent {
  const bricks = steady(before.bricks, after.bricks);
  const steadyBrickIds = new Set(bricks.map(({ id }) => id));
  const everyBrick = [...before.bricks, ...after.bricks];
  const moving = everyBrick.filter(({ id }) => !steadyBrickIds.has(id));
  const busyVolumeIds = new Set(moving.map(({ volumeId }) => volumeId));
  const volumes = steady(before.volumes, after.volumes).filter(({ id }) => !busyVolumeIds.has(id));
  const everyVolume = [...before.volumes, ...after.volumes];
  const ids = (items: readonly { readonly id: string }[]): Set<string> => new Set(items.map(({ id }) => id));
  const readyVolumeIds = ids(volumes);
  const settled = bricks.filter(({ volumeId }) => volumeId !== null && readyVolumeIds.has(volumeId));
  const settledIds = ids(settled);
  return {
    clusters: after.clusters.filter(({ id }) => before.clusters.some((cluster) => cluster.id === id)),
    nodes: steady(before.nodes, after.nodes),
    devices: steady(before.devices, after.devices),
    bricks: settled,
    volumes,
    foreignBricks: after.foreignBricks.filter(({ volumeId }) => readyVolumeIds.has(volumeId)),
    watched: after.watched.filter((now) =>
      before.watched.some((then) => JSON.stringify(then) === JSON.stringify(now)),
    ),
    known: {
      deviceIds: ids([...before.devices, ...after.devices]),
      logicalVolumes: new Set(
        everyBrick.flatMap(({ deviceId, lvName, poolName }) => [
          `${deviceId}/${lvName}`,
          `${deviceId}/${poolName}`,
        ]),
      ),
      mountPoints: new Set(everyBrick.map(({ deviceId, id }) => mountPoint(deviceId, id))),
      volumeIds: ids(everyVolume),
      volumeNames: new Set(everyVolume.map(({ clusterId, name }) => `${clusterId}/${name}`)),
      nodes: [...groupBy([...before.nodes, ...after.nodes], ({ id }) => id).values()].flatMap(
        ([node]) => node ?? [],
      ),
    },
    busyDeviceIds: new Set(
      everyBrick.filter((brick) => !settledIds.has(brick.id)).map(({ deviceId }) => deviceId),
    ),
    isQuiet: !before.isBusy && !after.isBusy && before.activity === after.activity,
  };
}
