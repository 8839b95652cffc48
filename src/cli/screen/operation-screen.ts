import type { Operation, OperationDetails } from '../../client/wire-types.ts';
import type { Style } from './style.ts';
import { renderFields, renderTable } from './table.ts';

function operationStateCell(state: Operation['state'], style: Style): string {
  if (state === 'done') return style.good(state);
  return state === 'undone' || state === 'stuck' ? style.bad(state) : style.warn(state);
}

/** On a terminal in the local time, to the second; elsewhere as the server has it. */
function timeCell(time: string | null, { isFancy }: Style): string {
  if (time === null) return '';
  return isFancy ? new Date(time).toLocaleString('sv-SE') : time;
}

export function operationListScreen(operations: readonly Operation[], style: Style): Promise<string> {
  const rows = operations.map((operation) => [
    operation.id,
    operation.kind,
    operationStateCell(operation.state, style),
    `${operation.target.kind} ${operation.target.id}`,
    timeCell(operation.created, style),
    timeCell(operation.finished, style),
  ]);
  const head = ['Operation', 'Kind', 'State', 'Target', 'Taken in', 'Ended'];
  return renderTable({ head, rows }, style);
}

export async function operationScreen(operation: OperationDetails, style: Style): Promise<string> {
  const { target, position, waiting, error, warnings, stage, stage_count: stageCount } = operation;
  const isOver = operation.finished !== null;
  const fields: [string, string][] = [
    ['Operation', style.bold(operation.id)],
    ['Kind', operation.kind],
    ['State', operationStateCell(operation.state, style)],
    ['Target', `${target.kind} ${target.id}`],
    ['Cluster', operation.cluster ?? ''],
    ['Position', position === undefined ? '' : `${position} in the queue`],
    ['Stage', isOver ? '' : `${Math.min(stage + 1, stageCount)} of ${stageCount}`],
    ['Attempt', String(operation.attempt)],
    ['Waiting', waiting === null ? '' : `${waiting.reason} (tried ${waiting.tries} times)`],
    ['Error', error === null ? '' : style.bad(error.message)],
    ...warnings.map((warning): [string, string] => ['Warning', style.warn(warning)]),
    ['Result', operation.result ?? ''],
    ['Can be cancelled', operation.cancellable ? 'yes' : 'no'],
    ['Taken in', timeCell(operation.created, style)],
    ['Began', timeCell(operation.started, style)],
    ['Ended', timeCell(operation.finished, style)],
  ];
  const rows = operation.steps.map((step) => [
    String(step.stage + 1),
    step.title,
    step.node ?? '',
    step.state,
    step.error ?? '',
  ]);
  const table = await renderTable({ head: ['Stage', 'Step', 'Node', 'State', 'Error'], rows }, style);
  return `${renderFields(fields, style)}\n${table}`;
}
