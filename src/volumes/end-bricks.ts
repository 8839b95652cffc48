import type { Command } from '../lib/command.ts';
import type { StepContext } from '../operations/kinds.ts';
import { endBrickProcesses } from '../storage/gluster/end-bricks.ts';
import type { Gluster } from '../storage/gluster/gluster.ts';

/** A node that is slower than this leaves its bricks to gluster. */
const endBricksTimeoutMs = 10_000;

/** Stops a doomed volume that runs; the node that is told ends its own bricks first. */
export const stopDoomed = (name: string, gluster: Gluster): Command[] => [
  endBrickProcesses(name),
  gluster.stopVolume(name),
];

/**
 * Ends a doomed volume's bricks on all nodes that have some but the first, which does it when it stops the volume. As far
 * as it can be done: what is left running gluster ends itself.
 *
 * @param nodeIds those with bricks come first; that many they are: `brickNodes`.
 */
export async function endOtherBricks(
  context: StepContext,
  { name, nodeIds, brickNodes = 0 }: EndedBricks,
): Promise<void> {
  const end = (nodeId: string): Promise<unknown> =>
    context.execOn(nodeId, [endBrickProcesses(name)], { timeoutMs: endBricksTimeoutMs });
  await Promise.allSettled(nodeIds.slice(1, brickNodes).map(end));
}

export interface EndedBricks {
  readonly name: string;
  readonly nodeIds: readonly string[];
  /** Absent in journals of earlier versions. */
  readonly brickNodes?: number;
}
