import type { OperationRecord } from '../db/operations.ts';
import type { Reads } from '../db/queries.ts';
import { AppError, toAppError } from '../errors.ts';
import { untilAborted } from '../lib/until-aborted.ts';
import type { OperationEngine } from '../operations/engine.ts';
import { fromFailure, notYet } from '../operations/failures.ts';
import type { Action, StepContext } from '../operations/kinds.ts';
import type { Once } from '../operations/once.ts';

interface MoveOptions {
  readonly parentId: string;
  readonly toDeviceIds?: readonly string[];
  readonly acceptDataLoss: boolean;
}

/** Lets a brick live on another device. @throws AppError `object.not_found`, `object.in_use`, `placement.no_room`, `server.busy`. */
export type MoveBrick = (brickId: string, options: MoveOptions, once: Once) => Promise<OperationRecord>;

export interface MoveBrickParams extends Omit<MoveOptions, 'parentId'> {
  readonly brickId: string;
  /** What is said before the reason when no place is found (wire contract sections 8 and 9). */
  readonly noPlaceWords: string;
}

interface MoveTools {
  readonly engine: OperationEngine;
  readonly reads: Reads;
  readonly moveBrick: MoveBrick;
}

const lookAgainMs = 2000;

/** Starts the replacement of one brick and waits for its end. Started once, however often this runs. */
export const moveBrickAction = (
  tools: MoveTools,
): Action<MoveBrickParams, { readonly operationId: string | null }> => ({
  name: 'move-brick',
  title: 'move a brick to another device',
  run: (context, params) => move(context, params, tools),
  /** The replacement under way is called off too, unless its new brick is already in the volume. */
  undo: async ({ operationId }, { brickId }) => {
    const children = await tools.reads.operations.listByParent(operationId);
    const running = children.filter(
      ({ target, finishedAtMs }) => target.id === brickId && finishedAtMs === null,
    );
    for (const { id } of running) await tools.engine.cancel(id).catch(() => undefined);
  },
});

async function move(
  context: StepContext,
  params: MoveBrickParams,
  tools: MoveTools,
): Promise<{ operationId: string | null }> {
  const operation = await start(context, params, tools);
  if (operation === undefined) return { operationId: null };
  const ended = await untilAborted(tools.engine.whenEnded(operation.id), context.signal).catch(
    (thrown: unknown) => Promise.reject(toAppError(thrown)),
  );
  if (ended.error !== null) throw fromFailure(ended.error);
  return { operationId: ended.id };
}

/** Whether the brick goes with its volume: one that is deleted, or one whose creation is undone. */
async function goesAway(reads: Reads, brickId: string): Promise<boolean> {
  const brick = await reads.bricks.find(brickId);
  if (brick === undefined || brick.phase === 'deleting') return true;
  if (brick.phase !== 'creating' || brick.operationId === null) return false;
  const creation = await reads.operations.find(brick.operationId);
  return creation !== undefined && creation.error !== null;
}

/** @returns undefined when the brick is gone, or goes: with its volume or to another device. */
async function start(
  { operationId }: StepContext,
  { brickId, noPlaceWords, ...options }: MoveBrickParams,
  { moveBrick, reads }: MoveTools,
): Promise<OperationRecord | undefined> {
  const key = `move/${operationId}/${brickId}`;
  try {
    return await moveBrick(brickId, { ...options, parentId: operationId }, { key, fingerprint: key });
  } catch (thrown) {
    const failure = toAppError(thrown);
    if (failure.code === 'object.not_found') return undefined;
    const isBusy = failure.code === 'object.in_use' || failure.code === 'server.busy';
    if (isBusy && (await goesAway(reads, brickId))) return undefined;
    // The volume grows, or another of its bricks moves: its turn comes.
    if (isBusy) throw notYet(`another operation is at work: ${failure.message}`, lookAgainMs);
    if (failure.code !== 'placement.no_room') throw failure;
    throw new AppError(failure.code, `${noPlaceWords}: ${failure.message}`, { details: failure.details });
  }
}
