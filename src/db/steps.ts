import type { Insertable, Kysely, Selectable, Updateable } from 'kysely';
import { fixed } from './fixed-query.ts';
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
  /** What it is to be done with; null some time after its operation has ended. */
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

const slimColumns = [
  'operation_id',
  'attempt',
  'stage',
  'ordinal',
  'action',
  'node_id',
  'state',
  'output',
  'error',
] as const;

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

export const stepWrites = (sql: Kysely<Schema>) => {
  const insertRows = fixed(sql, (rows: readonly Insertable<Schema['steps']>[]) =>
    sql.insertInto('steps').values(rows),
  );
  const updateRows = fixed(
    sql,
    (
      columns: Updateable<Schema['steps']>,
      operationId: string,
      attempt: number,
      stage: number,
      ordinals: readonly number[],
    ) =>
      sql
        .updateTable('steps')
        .set(columns)
        .where('operation_id', '=', operationId)
        .where('attempt', '=', attempt)
        .where('stage', '=', stage)
        .where('ordinal', 'in', ordinals),
  );

  // Written anew instead of changed: SQLite gives room inside of a page to nobody else, but pages that are empty.
  const slimRows = fixed(sql, (operationIds: readonly string[]) =>
    sql
      .replaceInto('steps')
      .columns([...slimColumns, 'params'])
      .expression((make) =>
        make
          .selectFrom('steps')
          .select([...slimColumns, make.val('null').as('params')])
          .where('operation_id', 'in', operationIds),
      ),
  );

  return {
    async insert(
      steps: readonly (StepKey & Pick<StepRecord, 'action' | 'nodeId' | 'params'>)[],
    ): Promise<void> {
      if (steps.length === 0) return;
      await insertRows(
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
      );
    },

    /** The same change for some steps of one stage. */
    async update(
      { operationId, attempt, stage }: Omit<StepKey, 'ordinal'>,
      ordinals: readonly number[],
      change: { readonly state: StepState; readonly output?: unknown; readonly error?: string | null },
    ): Promise<void> {
      await updateRows(
        {
          state: change.state,
          ...(change.output === undefined ? {} : { output: JSON.stringify(change.output) }),
          ...(change.error === undefined ? {} : { error: change.error }),
        },
        operationId,
        attempt,
        stage,
        ordinals,
      );
    },

    /** Forgets what the steps of some hundred ended operations were to be done with. */
    async forgetParams(operationIds: readonly string[]): Promise<void> {
      await slimRows(operationIds);
    },
  };
};
