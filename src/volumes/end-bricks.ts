import type { Command } from '../lib/command.ts';
import type { StepContext } from '../operations/kinds.ts';
import { endBrickProcesses } from '../storage/gluster/end-bricks.ts';
import type { Gluster } from '../storage/gluster/gluster.ts';

/** A node that is slower than this leaves its bricks to gluster. */
const endBricksTimeoutMs = 10_000;

export interface DoomedBricks {
  readonly name: string;
  /** Nodes that may run gluster's commands, in the order they are tried. */
  readonly nodeIds: readonly string[];
  /** The first so many of these nodes have bricks of the volume. Absent where that is not known: gluster ends the bricks. */
  readonly brickNodes?: number;
}

/**
 * Ends the bricks of a doomed volume that runs, on all nodes but the first. As far as it can be done: what is left running
 * gluster ends itself.
 *
 * @returns what ends those of the first node and stops the volume, to be run there.
 */
export async function endOtherBricks(
  context: StepContext,
  { name, nodeIds, brickNodes = 0 }: DoomedBricks,
  gluster: Gluster,
): Promise<Command[]> {
  const end = endBrickProcesses(name);
  const others = nodeIds.slice(1, brickNodes);
  await Promise.allSettled(
    others.map((nodeId) => context.execOn(nodeId, [end], { timeoutMs: endBricksTimeoutMs })),
  );
  return [end, gluster.stopVolume(name)];
}
