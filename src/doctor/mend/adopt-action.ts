import type { BrickRecord } from '../../db/bricks.ts';
import type { ForeignBrickRecord } from '../../db/foreign-bricks.ts';
import type { NodeRecord } from '../../db/nodes.ts';
import type { Reads } from '../../db/queries.ts';
import type { VolumeRecord } from '../../db/volumes.ts';
import { AppError } from '../../errors.ts';
import type { Action, StepContext } from '../../operations/kinds.ts';
import { parseLogicalVolumes } from '../../storage/lvm/reports.ts';
import { GlusterCluster } from '../../volumes/gluster-cluster.ts';
import type { StorageCommands } from '../../volumes/settings.ts';
import { assembleVolume } from '../rebuild/assemble-volume.ts';
import { type FoundBrick, foundBricks } from '../rebuild/found-bricks.ts';

export interface AdoptParams {
  readonly clusterId: string;
  readonly nodeIds: readonly string[];
  readonly name: string;
}

export interface AdoptedVolume {
  readonly volume: VolumeRecord;
  readonly bricks: readonly BrickRecord[];
  /** Absent in journals of earlier versions. */
  readonly foreignBricks?: readonly ForeignBrickRecord[];
}

/** Reads from gluster and from all nodes of the cluster what the records of a volume have to be. Changes nothing. */
export const lookAtOrphanAction = (
  { gluster, lvm }: StorageCommands,
  reads: Reads,
): Action<AdoptParams, AdoptedVolume> => ({
  name: 'look-at-orphan',
  title: 'read what the nodes know of the volume',
  lanes: ({ clusterId }) => [`gluster:${clusterId}`],
  async run(context, { clusterId, nodeIds, name }) {
    const present = await new GlusterCluster(context, nodeIds, gluster).look(name);
    if (present === undefined)
      throw new AppError('gluster.failed', `gluster has no volume "${name}" any more`);
    const found = new Map<string, FoundBrick>();
    for (const nodeId of nodeIds) {
      const deviceIds = (await reads.devices.listByNode(nodeId)).map(({ id }) => id);
      const bricks = await bricksOn(context, { nodeId, deviceIds }, lvm);
      for (const brick of bricks) found.set(brick.path, brick);
    }
    const assembled = assembleVolume(present, clusterId, found, await nodesOf(reads, nodeIds));
    if ('volume' in assembled) return assembled;
    throw new AppError('doctor.by_hand', `the volume ${name} cannot be taken up: ${assembled.reason}`);
  },
});

async function nodesOf(reads: Reads, ids: readonly string[]): Promise<NodeRecord[]> {
  const nodes = await Promise.all(ids.map((id) => reads.nodes.find(id)));
  return nodes.filter((node) => node !== undefined);
}

async function bricksOn(
  context: StepContext,
  { nodeId, deviceIds }: { readonly nodeId: string; readonly deviceIds: readonly string[] },
  lvm: StorageCommands['lvm'],
): Promise<FoundBrick[]> {
  if (deviceIds.length === 0) return [];
  const [listing] = await context.execOn(nodeId, [lvm.surveyLogicalVolumes()]);
  return foundBricks(nodeId, deviceIds, parseLogicalVolumes(listing?.stdout ?? ''));
}
