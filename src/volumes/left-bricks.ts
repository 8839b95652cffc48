import type { BrickRecord } from '../db/bricks.ts';
import type { Reads, Writes } from '../db/queries.ts';
import type { StepRecord } from '../db/steps.ts';
import { groupBy } from '../lib/group-by.ts';
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
 * device; an operation of its own for each node removes them when it is back. What was on a lost node is gone with it.
 *
 * @returns the operations that go on with what is left.
 */
export async function releaseBricks(
  tx: Writes,
  bricks: readonly BrickRecord[],
  leftIds: ReadonlySet<string>,
  clusterId: string | null,
): Promise<PlannedOperation[]> {
  const left: BrickRecord[] = [];
  for (const brick of bricks) {
    if (leftIds.has(brick.id) && !(await isOnLostNode(tx, brick))) left.push(brick);
  }
  await tx.bricks.delete(bricks.filter((brick) => !left.includes(brick)));
  const follow: PlannedOperation[] = [];
  for (const onNode of groupBy(left, ({ nodeId }) => nodeId).values()) {
    const operationId = newId();
    await tx.bricks.update(onNode, { phase: 'deleting', operationId, volumeId: null });
    follow.push({
      id: operationId,
      kind: kindName,
      clusterId,
      target: { kind: 'brick', id: onNode[0]?.id ?? '' },
      input: { brickIds: onNode.map(({ id }) => id) },
      plan: { stages: [destroyBricksSteps(onNode, 'destroy-left-bricks')], pivot: 0 },
    });
  }
  return follow;
}

async function isOnLostNode(reads: Reads, { nodeId }: BrickRecord): Promise<boolean> {
  return ((await reads.nodes.find(nodeId))?.lostAtMs ?? null) !== null;
}

/** Removes bricks that were left on a node out of reach; waits until it is back, or declared lost. */
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
