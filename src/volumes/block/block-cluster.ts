import type { AppError } from '../../errors.ts';
import { toAppError } from '../../errors.ts';
import type { Command, CommandResult } from '../../lib/command.ts';
import { isOutOfReach } from '../../operations/failures.ts';
import type { BlockAct } from '../../storage/block/exporter.ts';

/** Runs commands on a node. */
export type RunOn = (nodeId: string, commands: readonly Command[]) => Promise<CommandResult[]>;

/**
 * Asks the nodes in order until one can answer: one that is reached and has the programs running.
 *
 * @throws AppError the act's own failures; the last node's failure when none can answer.
 */
export async function askSome<Answer>(
  run: RunOn,
  nodeIds: readonly string[],
  act: BlockAct<Answer>,
): Promise<Answer> {
  let last: AppError | undefined;
  for (const nodeId of nodeIds) {
    try {
      return act.read(await run(nodeId, act.commands));
    } catch (thrown) {
      const failure = toAppError(thrown);
      if (!isElsewherePossible(failure)) throw thrown;
      // A node that might do it once it is back says more than one that never could.
      if (last === undefined || last.code === 'node.tool_missing') last = failure;
    }
  }
  throw last ?? toAppError(new Error('there is no node to ask'));
}

const isElsewherePossible = (failure: AppError): boolean =>
  failure.code === 'node.tool_missing' ||
  failure.code === 'block.daemon_down' ||
  (isOutOfReach(failure) && failure.code !== 'node.connection_lost');
