import { type GrowRefusal, type Growth, growInPlace } from '../allocator/grow.ts';
import type { BrickRecord } from '../db/bricks.ts';
import type { Reads, Writes } from '../db/queries.ts';
import type { VolumeRecord } from '../db/volumes.ts';
import { AppError } from '../errors.ts';
import { groupBy } from '../lib/group-by.ts';
import { gibToKib } from '../lib/sizes.ts';
import type { Plan, StepPlan } from '../operations/kinds.ts';
import { sizeOption } from '../storage/imprints.ts';
import { assertRoom } from './allocate.ts';
import { toSpec } from './brick-volumes.ts';
import type { CreateVolumeTools } from './create-volume.ts';
import { imprintVolumeStep } from './imprint-volume.ts';
import type { VolumeSettings } from './settings.ts';
import { glusterBricks, managingNodes } from './volume-steps.ts';

/** How a volume gets larger: its bricks grow where they are, or it gets more brick sets; `auto`: the first when it can be. */
export type ExpandWay = VolumeSettings['expand'];

export interface Expansion {
  readonly expandGib: number;
  /** The request's own word; absent: as configured. */
  readonly inPlace?: boolean | undefined;
}

/** Sizes of a brick, as an operation remembers them. */
export interface BrickSizes {
  readonly id: string;
  readonly sizeKib: number;
  readonly poolKib: number;
  readonly metadataKib: number;
}

/** The contract's words before whatever an expansion is refused for (wire contract section 11). */
export const expansionPrefix = 'Failed to allocate volume expansion: ';
/** The action that shows that an operation went this way. */
export const growAction = 'grow-bricks';

export const wayOf = ({ inPlace }: Expansion, { expand }: VolumeSettings): ExpandWay =>
  inPlace === undefined ? expand : inPlace ? 'in-place' : 'add-bricks';

/** What growth in place would come to: the new sizes of the bricks, or what is against it. */
export async function tryGrowth(
  reads: Reads,
  volume: VolumeRecord,
  bricks: readonly BrickRecord[],
  { expandGib, tools }: { readonly expandGib: number; readonly tools: CreateVolumeTools },
): Promise<Growth | GrowRefusal> {
  const guests = await reads.bricks.listGuestsOf(bricks);
  if (guests.length > 0) return { ok: false, reasons: ['clones live in the thin pools of its bricks'] };
  const foreign = await reads.foreignBricks.listByVolume(volume.id);
  if (foreign.length > 0)
    return {
      ok: false,
      reasons: [`${foreign[0]?.name} is a folder that others made, no thin volume of Mortar's`],
    };
  return growInPlace(tools.index.of(volume.clusterId), {
    addedKib: gibToKib(expandGib),
    durability: volume.durability,
    snapshotFactor: volume.snapshot.factor,
    averageFileKib: volume.averageFileKib,
    brickMaxKib: tools.settings.brickMaxKib,
    bricks,
  });
}

export const cannotGrow = ({ reasons }: GrowRefusal): string =>
  [
    'The bricks cannot grow where they are:',
    ...reasons,
    'Let it grow by more bricks ("in_place": false)',
  ].join('\n');

export const growthRefused = (refusal: GrowRefusal): AppError =>
  new AppError('placement.no_room', `${expansionPrefix}${cannotGrow(refusal)}`, {
    details: { reasons: refusal.reasons },
  });

/** Promises the room that the bricks grow into. Their own size is told when they have it (law 1). */
export async function promiseGrowth(
  tx: Writes,
  volume: VolumeRecord,
  bricks: readonly BrickRecord[],
  { growth, operationId }: { readonly growth: Growth; readonly operationId: string },
): Promise<void> {
  const sizes = new Map(growth.bricks.map((brick) => [brick.id, brick]));
  const promised = bricks.map((brick) => {
    const { poolKib, metadataKib } = sizes.get(brick.id) ?? brick;
    return { ...brick, poolKib, metadataKib };
  });
  await tx.bricks.resize(promised);
  await tx.bricks.update(bricks, { operationId });
  await assertRoom(tx, promised);
  await tx.volumes.update(volume.id, { phase: 'expanding', operationId });
}

/** The steps. From the second stage on there is no way back: neither XFS nor a thin pool can shrink. */
export async function growthPlan(
  reads: Reads,
  volume: VolumeRecord,
  bricks: readonly BrickRecord[],
  { growth, sizeGib }: { readonly growth: Growth; readonly sizeGib: number },
): Promise<Plan> {
  const sizes = new Map(growth.bricks.map((brick) => [brick.id, brick]));
  const specs = bricks.map((brick) => {
    const { sizeKib, poolKib, metadataKib } = sizes.get(brick.id) ?? brick;
    return { nodeId: brick.nodeId, spec: toSpec({ ...brick, sizeKib, poolKib, metadataKib }, volume.id) };
  });
  const onEachNode = (action: string): StepPlan[] =>
    [...groupBy(specs, ({ nodeId }) => nodeId)].map(([nodeId, onNode]) => ({
      action,
      nodeId,
      params: { bricks: onNode.map(({ spec }) => spec) },
    }));
  const tellSize = imprintVolumeStep({
    clusterId: volume.clusterId,
    nodeIds: managingNodes(bricks),
    volumeId: volume.id,
    name: volume.name,
    glusterUuid: volume.glusterUuid,
    bricks: await glusterBricks(reads, bricks),
    options: [[sizeOption, String(sizeGib)]],
  });
  return { stages: [onEachNode('check-growth'), onEachNode(growAction), [tellSize]], pivot: 1 };
}

/** Lets bricks on record have these sizes, and be nobody's work any more. */
export async function settleSizes(
  tx: Writes,
  bricks: readonly BrickRecord[],
  sizes: readonly BrickSizes[],
): Promise<void> {
  const byId = new Map(sizes.map((size) => [size.id, size]));
  await tx.bricks.resize(bricks.map((brick) => ({ ...brick, ...byId.get(brick.id) })));
  await tx.bricks.update(bricks, { operationId: null });
}

export const sizesOf = (bricks: readonly BrickSizes[]): BrickSizes[] =>
  bricks.map(({ id, sizeKib, poolKib, metadataKib }) => ({ id, sizeKib, poolKib, metadataKib }));
