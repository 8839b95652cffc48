import type { BrickRecord } from '../db/bricks.ts';
import type { Reads } from '../db/queries.ts';
import type { VolumeRecord } from '../db/volumes.ts';
import type { StepPlan } from '../operations/kinds.ts';
import { glusterBrick } from '../storage/naming.ts';
import type { AddBricksParams } from './add-bricks.ts';
import { toSpec } from './brick-volumes.ts';
import type { CreateGlusterVolumeParams } from './create-gluster-volume.ts';
import type { DeleteGlusterVolumeParams } from './delete-gluster-volume.ts';
import type { DestroyBricksParams } from './destroy-bricks.ts';
import type { MakeBricksParams } from './make-bricks.ts';
import { idOption } from './ownership.ts';
import type { RebalanceParams } from './rebalance.ts';

function byNode(bricks: readonly BrickRecord[]): Map<string, BrickRecord[]> {
  const groups = new Map<string, BrickRecord[]>();
  for (const brick of bricks) groups.set(brick.nodeId, [...(groups.get(brick.nodeId) ?? []), brick]);
  return groups;
}

/** One step a node: all bricks it contributes go in one batch. */
export function makeBricksSteps(bricks: readonly BrickRecord[], volume: VolumeRecord): StepPlan[] {
  return [...byNode(bricks)].map(([nodeId, onNode]) => ({
    action: 'make-bricks',
    nodeId,
    params: {
      bricks: onNode.map((brick) => toSpec(brick, volume.id)),
      gid: volume.gid,
    } satisfies MakeBricksParams,
  }));
}

export function destroyBricksSteps(bricks: readonly BrickRecord[]): StepPlan[] {
  return [...byNode(bricks)].map(([nodeId, onNode]) => ({
    action: 'destroy-bricks',
    nodeId,
    params: {
      bricks: onNode.map((brick) => toSpec(brick, brick.volumeId ?? '')),
    } satisfies DestroyBricksParams,
  }));
}

/** `host:path` of bricks as gluster is told, in the order given. */
export async function glusterBricks(reads: Reads, bricks: readonly BrickRecord[]): Promise<string[]> {
  const hosts = new Map<string, string>();
  for (const { nodeId } of bricks) {
    if (hosts.has(nodeId)) continue;
    const node = await reads.nodes.find(nodeId);
    hosts.set(nodeId, node?.storageNames[0] ?? '');
  }
  return bricks.map((brick) => glusterBrick(hosts.get(brick.nodeId) ?? '', brick.path));
}

/** Nodes that may run gluster's commands for a volume: those of its bricks, in gluster's order. */
export const managingNodes = (bricks: readonly BrickRecord[]): string[] => [
  ...new Set(bricks.map(({ nodeId }) => nodeId)),
];

export async function createGlusterStep(
  reads: Reads,
  volume: VolumeRecord,
  bricks: readonly BrickRecord[],
  options: CreateGlusterVolumeParams['options'],
): Promise<StepPlan> {
  const params: CreateGlusterVolumeParams = {
    clusterId: volume.clusterId,
    nodeIds: managingNodes(bricks),
    volumeId: volume.id,
    name: volume.name,
    durability: volume.durability,
    bricks: await glusterBricks(reads, bricks),
    options: [...options, [idOption, volume.id]],
  };
  return { action: 'create-gluster-volume', nodeId: null, params };
}

export async function addBricksStep(
  reads: Reads,
  volume: VolumeRecord,
  existing: readonly BrickRecord[],
  added: readonly BrickRecord[],
): Promise<StepPlan> {
  const params: AddBricksParams = {
    clusterId: volume.clusterId,
    nodeIds: managingNodes([...existing, ...added]),
    volumeId: volume.id,
    name: volume.name,
    glusterUuid: volume.glusterUuid,
    bricks: await glusterBricks(reads, added),
  };
  return { action: 'add-bricks', nodeId: null, params };
}

export function rebalanceStep(volume: VolumeRecord, bricks: readonly BrickRecord[]): StepPlan {
  const params: RebalanceParams = {
    clusterId: volume.clusterId,
    nodeIds: managingNodes(bricks),
    name: volume.name,
  };
  return { action: 'start-rebalance', nodeId: null, params };
}

export async function deletionParams(
  reads: Reads,
  volume: VolumeRecord,
  bricks: readonly BrickRecord[],
): Promise<DeleteGlusterVolumeParams> {
  return {
    clusterId: volume.clusterId,
    nodeIds: managingNodes(bricks),
    volumeId: volume.id,
    name: volume.name,
    glusterUuid: volume.glusterUuid,
    bricks: await glusterBricks(reads, bricks),
  };
}
