import { place, type Refusal } from '../allocator/place.ts';
import type { BrickRecord } from '../db/bricks.ts';
import type { Writes } from '../db/queries.ts';
import type { VolumeRecord } from '../db/volumes.ts';
import { AppError } from '../errors.ts';
import { newId } from '../lib/ids.ts';
import { gibToKib } from '../lib/sizes.ts';
import type { OperationKind, PlannedOperation, StepPlan } from '../operations/kinds.ts';
import { assertRoom, type Demand, toBricks, toClusterRefusal, toPlaceRequest } from './allocate.ts';
import { detailsOf } from './choose-cluster.ts';
import type { CreateVolumeTools } from './create-volume.ts';
import { bricksIn, releaseBricks } from './left-bricks.ts';
import { readyVolume } from './ready-volume.ts';
import type { RebalanceStarted } from './rebalance.ts';
import { addBricksStep, makeBricksSteps, rebalanceStep } from './volume-steps.ts';

const kindName = 'expand-volume';

interface ExpandInput {
  readonly expandGib: number;
}

/** What an expansion asks of the allocator: the added size, with the volume's own durability, options and limits. */
export const expansionDemand = (
  volume: VolumeRecord,
  bricks: readonly BrickRecord[],
  expandGib: number,
): Demand => ({
  sizeKib: gibToKib(expandGib),
  durability: volume.durability,
  snapshotFactor: volume.snapshot.factor,
  zoneChecking: volume.zoneChecking,
  tagRule: volume.tagRule,
  averageFileKib: volume.averageFileKib,
  existingBricks: bricks.length,
});

/**
 * Plans the growth of a volume by whole brick sets. The size shown grows only when gluster has the bricks (law 1).
 *
 * @throws AppError `object.not_found`, `object.in_use`, `placement.no_room`.
 */
export async function planExpansion(
  tx: Writes,
  volumeId: string,
  expandGib: number,
  tools: CreateVolumeTools,
): Promise<PlannedOperation> {
  const volume = await readyVolume(tx, volumeId, 'Failed to allocate volume expansion: ');
  const existing = await tx.bricks.listByVolume(volumeId);
  const operationId = newId();
  const request = toPlaceRequest(expansionDemand(volume, existing, expandGib), tools.settings, {
    seed: operationId,
  });
  const result = place(tools.index.of(volume.clusterId), request);
  if (!result.ok) {
    const refusal = toClusterRefusal(volume.clusterId, result, true);
    const words = expansionWords(result, refusal.reason);
    throw new AppError('placement.no_room', `Failed to allocate volume expansion: ${words}`, {
      details: detailsOf(refusal),
    });
  }
  const firstSet = Math.max(-1, ...existing.map(({ setIndex }) => setIndex)) + 1;
  const added = toBricks(result, { volumeId, operationId, firstSet });
  for (const brick of added) await tx.bricks.insert(brick);
  await assertRoom(tx, added);
  await tx.volumes.update(volumeId, { phase: 'expanding', operationId });
  const rebalance: StepPlan[] = tools.settings.rebalanceOnExpand ? [rebalanceStep(volume, existing)] : [];
  return {
    id: operationId,
    kind: kindName,
    clusterId: volume.clusterId,
    target: { kind: 'volume', id: volumeId },
    input: { expandGib } satisfies ExpandInput,
    plan: {
      stages: [makeBricksSteps(added, volume), [await addBricksStep(tx, volume, existing, added)], rebalance],
      // With the bricks in gluster there is no way back: data may lie on them.
      pivot: 2,
    },
  };
}

/** Unlike a creation's, an expansion's refusal names the limit it met in the contract's words (section 11). */
function expansionWords(refusal: Refusal, reason: string): string {
  if (refusal.code === 'max-bricks') return `Maximum number of bricks reached.\n${reason}`;
  if (refusal.code === 'min-brick-size') return `Minimum brick size limit reached.  Out of space.\n${reason}`;
  return reason;
}

export const expandVolumeKind: OperationKind = {
  name: kindName,

  async finish(tx, { operation, steps }) {
    const volumeId = operation.target.id;
    const volume = await tx.volumes.find(volumeId);
    const { expandGib } = operation.input as ExpandInput;
    await tx.volumes.update(volumeId, {
      phase: 'ready',
      operationId: null,
      sizeGib: (volume?.sizeGib ?? 0) + expandGib,
    });
    for (const brick of await tx.bricks.listByOperation(operation.id)) {
      await tx.bricks.update(brick, { phase: 'ready', operationId: null });
    }
    const rebalance = steps.find((step) => step.action === 'start-rebalance')?.output as
      | RebalanceStarted
      | undefined;
    const warnings = rebalance?.warning ? [rebalance.warning] : [];
    return { resultPath: `/volumes/${volumeId}`, warnings };
  },

  async abandon(tx, { operation, left }) {
    const bricks = await tx.bricks.listByOperation(operation.id);
    const follow = await releaseBricks(tx, bricks, bricksIn(left), operation.clusterId);
    await tx.volumes.update(operation.target.id, { phase: 'ready', operationId: null });
    return { follow };
  },
};
