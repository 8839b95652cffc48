import type { BlockVolumeRecord } from '../db/block-volumes.ts';
import type { BrickRecord } from '../db/bricks.ts';
import type { ClusterRecord } from '../db/clusters.ts';
import type { DeviceRecord } from '../db/devices.ts';
import type { NodeRecord } from '../db/nodes.ts';
import type { OperationRecord } from '../db/operations.ts';
import type { Reads } from '../db/queries.ts';
import type { VolumeRecord } from '../db/volumes.ts';

/** All that a dump is made of, each list in the order of ids. */
export interface Inventory {
  readonly clusters: readonly ClusterRecord[];
  readonly nodes: readonly NodeRecord[];
  readonly devices: readonly DeviceRecord[];
  /** In every phase. */
  readonly volumes: readonly VolumeRecord[];
  /** Managed volumes that others made: Heketi knows only bricks on devices of its own. */
  readonly leftOut: readonly VolumeRecord[];
  readonly bricks: readonly BrickRecord[];
  /** In every phase. */
  readonly blockVolumes: readonly BlockVolumeRecord[];
  /** That have not ended. */
  readonly operations: readonly OperationRecord[];
}

/** Reads a database that nobody writes at the moment. */
export async function readInventory(reads: Reads): Promise<Inventory> {
  const foreign = new Set((await reads.foreignBricks.listAll()).map(({ volumeId }) => volumeId));
  const volumes = await reads.volumes.listAll();
  const isLeftOut = (volumeId: string | null): boolean => volumeId !== null && foreign.has(volumeId);
  return {
    clusters: await reads.clusters.list(),
    nodes: await reads.nodes.listAll(),
    devices: await reads.devices.listAll(),
    volumes: volumes.filter(({ id }) => !isLeftOut(id)),
    leftOut: volumes.filter(({ id }) => isLeftOut(id)),
    // What such a volume has grown by takes its room all the same.
    bricks: (await reads.bricks.listAll()).map((brick) =>
      isLeftOut(brick.volumeId) ? { ...brick, volumeId: null } : brick,
    ),
    blockVolumes: await reads.blockVolumes.listAll(),
    operations: (await reads.operations.listUnfinished()).filter(({ target }) => !isLeftOut(target.id)),
  };
}
