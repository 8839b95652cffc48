import type { Kysely, Selectable } from 'kysely';
import type { Schema, StepState } from './schema.ts';

export interface StepKey {
  readonly operationId: string;
  readonly attempt: number;
  readonly stage: number;
  readonly ordinal: number;
}

export interface StepRecord extends StepKey {
  readonly action: string;
  /** The node it acts on; null when it acts on none or chooses one itself. */
  readonly nodeId: string | null;
  readonly params: unknown;
  readonly state: StepState;
  readonly output: unknown;
  readonly error: string | null;
}

const toRecord = (row: Selectable<Schema['steps']>): StepRecord => ({
  operationId: row.operation_id,
  attempt: row.attempt,
  stage: row.stage,
  ordinal: row.ordinal,
  action: row.action,
  nodeId: row.node_id,
  params: JSON.parse(row.params) as unknown,
  state: row.state,
  output: row.output === null ? null : (JSON.parse(row.output) as unknown),
  error: row.error,
});

export type StepReads = ReturnType<typeof stepReads>;
export type StepWrites = ReturnType<typeof stepWrites>;

export const stepReads = (sql: Kysely<Schema>) => ({
  /** Steps of an operation in the order of attempt, stage and ordinal. */
  async listByOperation(operationId: string): Promise<StepRecord[]> {
    const rows = await sql
      .selectFrom('steps')
      .selectAll()
      .where('operation_id', '=', operationId)
      .orderBy('attempt')
      .orderBy('stage')
      .orderBy('ordinal')
      .execute();
    return rows.map(toRecord);
  },
});

export const stepWrites = (sql: Kysely<Schema>) => ({
  async insert(
    steps: readonly (StepKey & Pick<StepRecord, 'action' | 'nodeId' | 'params'>)[],
  ): Promise<void> {
    if (steps.length === 0) return;
    await sql
      .insertInto('steps')
      .values(
        steps.map((step) => ({
          operation_id: step.operationId,
          attempt: step.attempt,
          stage: step.stage,
          ordinal: step.ordinal,
          action: step.action,
          node_id: step.nodeId,
          params: JSON.stringify(step.params),
          state: 'planned' as const,
          output: null,
          error: null,
        })),
      )
      .execute();
  },

  async update(
    key: StepKey,
    change: { readonly state: StepState; readonly output?: unknown; readonly error?: string | null },
  ): Promise<void> {
    await sql
      .updateTable('steps')
      .set({
        state: change.state,
        ...(change.output === undefined ? {} : { output: JSON.stringify(change.output) }),
        ...(change.error === undefined ? {} : { error: change.error }),
      })
      .where('operation_id', '=', key.operationId)
      .where('attempt', '=', key.attempt)
      .where('stage', '=', key.stage)
      .where('ordinal', '=', key.ordinal)
      .execute();
  },
});
