import type { BrickRecord } from '../db/bricks.ts';
import type { Writes } from '../db/queries.ts';
import type { StepRecord } from '../db/steps.ts';
import { newId } from '../lib/ids.ts';
import type { OperationKind, PlannedOperation } from '../operations/kinds.ts';
import type { BrickSpec } from './brick-volumes.ts';
import { destroyBricksSteps } from './volume-steps.ts';

const kindName = 'destroy-bricks';

/** Ids of the bricks that belong to steps which could not be done. */
export function bricksIn(steps: readonly StepRecord[]): Set<string> {
  return new Set(
    steps
      .flatMap(({ params }) => (params as { bricks?: readonly BrickSpec[] }).bricks ?? [])
      .map(({ brickId }) => brickId),
  );
}

/**
 * Releases bricks inside the transaction that ends their operation. Those on nodes out of reach keep their room on the
 * device and get an operation of their own, which removes them when the node is back.
 *
 * @returns the operations that go on with what is left.
 */
export async function releaseBricks(
  tx: Writes,
  bricks: readonly BrickRecord[],
  leftIds: ReadonlySet<string>,
  clusterId: string | null,
): Promise<PlannedOperation[]> {
  const left = bricks.filter(({ id }) => leftIds.has(id));
  for (const brick of bricks) if (!leftIds.has(brick.id)) await tx.bricks.delete(brick);
  if (left.length === 0) return [];
  const operationId = newId();
  for (const brick of left) await tx.bricks.update(brick, { phase: 'deleting', operationId, volumeId: null });
  return [
    {
      id: operationId,
      kind: kindName,
      clusterId,
      target: { kind: 'brick', id: left[0]?.id ?? '' },
      input: { brickIds: left.map(({ id }) => id) },
      plan: { stages: [destroyBricksSteps(left)], pivot: 0 },
    },
  ];
}

/** Removes bricks that were left on a node out of reach; waits until it is back. */
export const destroyBricksKind: OperationKind = {
  name: kindName,
  async finish(tx, { operation, left }) {
    const bricks = await tx.bricks.listByOperation(operation.id);
    return { follow: await releaseBricks(tx, bricks, bricksIn(left), operation.clusterId) };
  },
  async abandon() {
    return {};
  },
};
