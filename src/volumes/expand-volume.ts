import { type Placement, place, type Refusal } from '../allocator/place.ts';
import type { Writes } from '../db/queries.ts';
import type { StepRecord } from '../db/steps.ts';
import type { VolumeRecord } from '../db/volumes.ts';
import { AppError } from '../errors.ts';
import { newId } from '../lib/ids.ts';
import { gibToKib } from '../lib/sizes.ts';
import type { OperationKind, Plan, PlannedOperation, StepPlan } from '../operations/kinds.ts';
import { assertRoom, type Demand, toBricks, toClusterRefusal, toPlaceRequest } from './allocate.ts';
import { detailsOf } from './choose-cluster.ts';
import type { CreateVolumeTools } from './create-volume.ts';
import { type AnyBrick, withForeign } from './foreign-bricks.ts';
import {
  type BrickSizes,
  type Expansion,
  expansionPrefix,
  growAction,
  growthPlan,
  growthRefused,
  promiseGrowth,
  settleSizes,
  sizesOf,
  tryGrowth,
  wayOf,
} from './grow-volume.ts';
import { reservedGib } from './hosting-room.ts';
import { bricksIn, releaseBricks } from './left-bricks.ts';
import { readyVolume } from './ready-volume.ts';
import type { RebalanceStarted } from './rebalance.ts';
import { syncBricksSteps } from './sync-bricks.ts';
import { addBricksStep, makeBricksSteps, rebalanceStep } from './volume-steps.ts';

const kindName = 'expand-volume';

interface ExpandInput {
  readonly expandGib: number;
  /** Growth in place: the bricks' sizes before and after. */
  readonly growth?: { readonly before: readonly BrickSizes[]; readonly after: readonly BrickSizes[] };
  /** When the bricks turn out not to be able to grow, more are added. */
  readonly mayAddBricks?: boolean;
}

/** What an expansion asks of the allocator: the added size, with the volume's own durability, options and limits. */
export const expansionDemand = (
  volume: VolumeRecord,
  bricks: readonly AnyBrick[],
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
 * Plans the growth of a volume, in place or by whole brick sets. The size shown grows only when gluster has it (law 1).
 *
 * @throws AppError `object.not_found`, `object.in_use`, `placement.no_room`.
 */
export async function planExpansion(
  tx: Writes,
  volumeId: string,
  expansion: Expansion,
  tools: CreateVolumeTools,
): Promise<PlannedOperation> {
  const { expandGib } = expansion;
  const volume = await readyVolume(tx, volumeId, expansionPrefix);
  const owned = await tx.bricks.listByVolume(volumeId);
  const existing = await withForeign(tx, volumeId, owned);
  const operationId = newId();
  const way = wayOf(expansion, tools.settings);
  const growth = way === 'add-bricks' ? undefined : await tryGrowth(tx, volume, owned, { expandGib, tools });
  const operation = {
    id: operationId,
    kind: kindName,
    clusterId: volume.clusterId,
    target: { kind: 'volume', id: volumeId },
  };
  if (growth?.ok === true) {
    await promiseGrowth(tx, volume, owned, { growth, operationId });
    const input: ExpandInput = {
      expandGib,
      growth: { before: sizesOf(owned), after: sizesOf(growth.bricks) },
      mayAddBricks: way === 'auto',
    };
    const sizeGib = volume.sizeGib + expandGib;
    return { ...operation, input, plan: await growthPlan(tx, volume, owned, { growth, sizeGib }) };
  }
  if (growth !== undefined && way === 'in-place') throw growthRefused(growth);
  const placement = placeMore(volume, existing, { expandGib, operationId, tools });
  if (!placement.ok) throw noRoom(volume, placement);
  const input: ExpandInput = { expandGib };
  const order = { expandGib, operationId, placement, tools };
  return { ...operation, input, plan: await promiseMore(tx, volume, existing, order) };
}

interface More {
  readonly expandGib: number;
  readonly operationId: string;
  readonly tools: CreateVolumeTools;
}

function placeMore(
  volume: VolumeRecord,
  existing: readonly AnyBrick[],
  { expandGib, operationId, tools }: More,
): Placement | Refusal {
  const demand = expansionDemand(volume, existing, expandGib);
  return place(
    tools.index.of(volume.clusterId),
    toPlaceRequest(demand, tools.settings, { seed: operationId }),
  );
}

function noRoom(volume: VolumeRecord, result: Refusal): AppError {
  const refusal = toClusterRefusal(volume.clusterId, result, true);
  return new AppError('placement.no_room', `${expansionPrefix}${expansionWords(result, refusal.reason)}`, {
    details: detailsOf(refusal),
  });
}

/** Promises further brick sets. @returns what makes them and takes them into the volume. */
async function promiseMore(
  tx: Writes,
  volume: VolumeRecord,
  existing: readonly AnyBrick[],
  { expandGib, operationId, placement, tools }: More & { readonly placement: Placement },
): Promise<Plan> {
  const firstSet = Math.max(-1, ...existing.map(({ setIndex }) => setIndex)) + 1;
  const added = toBricks(placement, { volumeId: volume.id, operationId, firstSet });
  await tx.bricks.insert(added);
  await assertRoom(tx, added);
  await tx.volumes.update(volume.id, { phase: 'expanding', operationId });
  const grown = { bricks: added, sizeGib: volume.sizeGib + expandGib };
  const rebalance: StepPlan[] = tools.settings.rebalanceOnExpand ? [rebalanceStep(volume, existing)] : [];
  return {
    stages: [
      makeBricksSteps(added, volume),
      [await addBricksStep(tx, volume, existing, grown)],
      syncBricksSteps(added),
      rebalance,
    ],
    // With the bricks in gluster there is no way back: data may lie on them.
    pivot: 2,
  };
}

/** Unlike a creation's, an expansion's refusal names the limit it met in the contract's words (section 11). */
function expansionWords(refusal: Refusal, reason: string): string {
  if (refusal.code === 'max-bricks') return `Maximum number of bricks reached.\n${reason}`;
  if (refusal.code === 'min-brick-size') return `Minimum brick size limit reached.  Out of space.\n${reason}`;
  return reason;
}

const isInPlace = (steps: readonly StepRecord[]): boolean =>
  steps.some(({ action }) => action === growAction);

export const expandVolumeKind = (tools: CreateVolumeTools): OperationKind => ({
  name: kindName,

  async finish(tx, { operation, steps }) {
    const volumeId = operation.target.id;
    const volume = await tx.volumes.find(volumeId);
    const { expandGib, growth } = operation.input as ExpandInput;
    await tx.volumes.update(volumeId, {
      phase: 'ready',
      operationId: null,
      sizeGib: (volume?.sizeGib ?? 0) + expandGib,
      ...(volume?.block === true
        ? { blockReservedGib: volume.blockReservedGib + reservedGib(expandGib) }
        : {}),
    });
    const bricks = await tx.bricks.listByOperation(operation.id);
    if (growth !== undefined && isInPlace(steps)) await settleSizes(tx, bricks, growth.after);
    else await tx.bricks.update(bricks, { phase: 'ready', operationId: null });
    const rebalance = steps.find((step) => step.action === 'start-rebalance')?.output as
      | RebalanceStarted
      | undefined;
    const warnings = rebalance?.warning ? [rebalance.warning] : [];
    return { resultPath: `/volumes/${volumeId}`, warnings };
  },

  async abandon(tx, { operation, left, steps }) {
    const bricks = await tx.bricks.listByOperation(operation.id);
    await tx.volumes.update(operation.target.id, { phase: 'ready', operationId: null });
    const { growth } = operation.input as ExpandInput;
    if (growth !== undefined && isInPlace(steps)) {
      await settleSizes(tx, bricks, growth.before);
      return {};
    }
    return { follow: await releaseBricks(tx, bricks, bricksIn(left), operation.clusterId) };
  },

  /** The look at the nodes found something against growth in place: then by more bricks, where either is fine. */
  async replan(tx, { operation, steps }) {
    const { expandGib, growth, mayAddBricks } = operation.input as ExpandInput;
    const volume = await tx.volumes.find(operation.target.id);
    if (mayAddBricks !== true || growth === undefined || volume === undefined || !isInPlace(steps))
      return undefined;
    const existing = await tx.bricks.listByVolume(volume.id);
    const more = { expandGib, operationId: operation.id, tools };
    const placement = placeMore(volume, existing, more);
    if (!placement.ok) return undefined;
    await settleSizes(tx, existing, growth.before);
    return { plan: await promiseMore(tx, volume, existing, { ...more, placement }) };
  },
});
