import type { OperationRecord } from '../../db/operations.ts';
import type { StepRecord } from '../../db/steps.ts';
import type { Operation, OperationDetails } from '../schema/operations.ts';

const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** Nothing is known of what a step's own title is when its kind is gone. */
export type TitleOf = (action: string) => string;

export function presentOperation(operation: OperationRecord, position: number | undefined): Operation {
  const isOver = operation.finishedAtMs !== null;
  return {
    id: operation.id,
    kind: operation.kind,
    state: operation.state,
    cluster: operation.clusterId,
    target: { ...operation.target },
    ...(position === undefined ? {} : { position }),
    attempt: operation.attempt,
    stage: operation.stage,
    stage_count: operation.stageCount,
    cancellable: !isOver && operation.error === null && operation.stage < operation.pivot,
    ...(operation.isPaused ? { paused: true } : {}),
    ...(operation.parentId === null ? {} : { parent: operation.parentId }),
    waiting:
      operation.waitingReason === null
        ? null
        : { reason: operation.waitingReason, next_try: time(operation.nextTryAtMs), tries: operation.tries },
    error: operation.error === null ? null : { code: operation.error.code, message: operation.error.message },
    warnings: [...operation.warnings],
    result: operation.resultPath,
    created: time(operation.createdAtMs) ?? '',
    started: time(operation.startedAtMs),
    finished: time(operation.finishedAtMs),
  };
}

export function presentDetails(
  operation: OperationRecord,
  steps: readonly StepRecord[],
  position: number | undefined,
  titleOf: TitleOf,
): OperationDetails {
  return {
    ...presentOperation(operation, position),
    steps: steps.map((step) => ({
      attempt: step.attempt,
      stage: step.stage,
      action: step.action,
      title: titleOf(step.action),
      node: step.nodeId,
      state: step.state,
      error: step.error,
      ...(step.output === null ? {} : { output: step.output }),
    })),
  };
}
