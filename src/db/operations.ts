import type { Insertable, Kysely, Selectable, Updateable } from 'kysely';
import { fixed } from './fixed-query.ts';
import type { OperationState, Schema } from './schema.ts';

/** What went wrong with an operation, as the user is told it. */
export interface OperationFailure {
  readonly code: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface OperationRecord {
  /** Order of arrival. */
  readonly seq: number;
  /** Also the id of its `/queue` entry. */
  readonly id: string;
  readonly kind: string;
  readonly state: OperationState;
  readonly clusterId: string | null;
  readonly target: { readonly kind: string; readonly id: string };
  readonly parentId: string | null;
  /** Everything the operation was asked for; what a restart needs (engine reference W21). */
  readonly input: unknown;
  /** Counted from 0; a creation that failed on one node may be planned again elsewhere. */
  readonly attempt: number;
  /** The stage that runs next or now, counted from 0. */
  readonly stage: number;
  readonly stageCount: number;
  /** From this stage on failures are retried, never undone. */
  readonly pivot: number;
  readonly error: OperationFailure | null;
  /** The resource that `/queue` points to when done, such as `/volumes/<id>`. */
  readonly resultPath: string | null;
  readonly warnings: readonly string[];
  readonly cancelRequested: boolean;
  /** It goes no further than the end of its stage until it is resumed. */
  readonly isPaused: boolean;
  readonly waitingReason: string | null;
  /** Failed tries of what it is waiting to repeat. */
  readonly tries: number;
  readonly nextTryAtMs: number | null;
  readonly leaseOwner: string | null;
  readonly leaseUntilMs: number | null;
  readonly createdAtMs: number;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
}

const toRecord = (row: Selectable<Schema['operations']>): OperationRecord => ({
  seq: row.seq,
  id: row.id,
  kind: row.kind,
  state: row.state,
  clusterId: row.cluster_id,
  target: { kind: row.target_kind, id: row.target_id },
  parentId: row.parent_id,
  input: JSON.parse(row.input) as unknown,
  attempt: row.attempt,
  stage: row.stage,
  stageCount: row.stage_count,
  pivot: row.pivot,
  error: row.error === null ? null : (JSON.parse(row.error) as OperationFailure),
  resultPath: row.result_path,
  warnings: JSON.parse(row.warnings) as string[],
  cancelRequested: row.cancel_requested === 1,
  isPaused: row.paused === 1,
  waitingReason: row.waiting_reason,
  tries: row.tries,
  nextTryAtMs: row.next_try_at_ms,
  leaseOwner: row.lease_owner,
  leaseUntilMs: row.lease_until_ms,
  createdAtMs: row.created_at_ms,
  startedAtMs: row.started_at_ms,
  finishedAtMs: row.finished_at_ms,
});

export type OperationProgress = Pick<OperationRecord, 'state' | 'error' | 'resultPath' | 'waitingReason'>;

export type NewOperation = Pick<
  OperationRecord,
  | 'id'
  | 'kind'
  | 'state'
  | 'clusterId'
  | 'target'
  | 'parentId'
  | 'input'
  | 'stageCount'
  | 'pivot'
  | 'leaseOwner'
  | 'leaseUntilMs'
> & { readonly resultPath?: string | null; readonly error?: OperationFailure | null };

export type OperationChange = Partial<
  Omit<OperationRecord, 'seq' | 'id' | 'kind' | 'target' | 'input' | 'clusterId' | 'parentId' | 'createdAtMs'>
>;

function toColumns(change: OperationChange): Updateable<Schema['operations']> {
  const columns: Updateable<Schema['operations']> = {};
  if (change.state !== undefined) columns.state = change.state;
  if (change.attempt !== undefined) columns.attempt = change.attempt;
  if (change.stage !== undefined) columns.stage = change.stage;
  if (change.stageCount !== undefined) columns.stage_count = change.stageCount;
  if (change.pivot !== undefined) columns.pivot = change.pivot;
  if (change.error !== undefined) columns.error = change.error === null ? null : JSON.stringify(change.error);
  if (change.resultPath !== undefined) columns.result_path = change.resultPath;
  if (change.warnings !== undefined) columns.warnings = JSON.stringify(change.warnings);
  return { ...columns, ...toScheduleColumns(change) };
}

function toScheduleColumns(change: OperationChange): Updateable<Schema['operations']> {
  const columns: Updateable<Schema['operations']> = {};
  if (change.cancelRequested !== undefined) columns.cancel_requested = change.cancelRequested ? 1 : 0;
  if (change.isPaused !== undefined) columns.paused = change.isPaused ? 1 : 0;
  if (change.waitingReason !== undefined) columns.waiting_reason = change.waitingReason;
  if (change.tries !== undefined) columns.tries = change.tries;
  if (change.nextTryAtMs !== undefined) columns.next_try_at_ms = change.nextTryAtMs;
  if (change.leaseOwner !== undefined) columns.lease_owner = change.leaseOwner;
  if (change.leaseUntilMs !== undefined) columns.lease_until_ms = change.leaseUntilMs;
  if (change.startedAtMs !== undefined) columns.started_at_ms = change.startedAtMs;
  if (change.finishedAtMs !== undefined) columns.finished_at_ms = change.finishedAtMs;
  return columns;
}

export type OperationReads = ReturnType<typeof operationReads>;
export type OperationWrites = ReturnType<typeof operationWrites>;

export const operationReads = (sql: Kysely<Schema>) => {
  const byId = fixed(sql, (id: string) => sql.selectFrom('operations').selectAll().where('id', '=', id));
  const progressById = fixed(sql, (id: string) =>
    sql
      .selectFrom('operations')
      .select(['state', 'error', 'result_path', 'waiting_reason'])
      .where('id', '=', id),
  );

  return {
    async find(id: string): Promise<OperationRecord | undefined> {
      const [row] = await byId(id);
      return row === undefined ? undefined : toRecord(row);
    },

    /** What `/queue` tells of an operation, without the rest of it: clients ask this again and again. */
    async progress(id: string): Promise<OperationProgress | undefined> {
      const [row] = await progressById(id);
      if (row === undefined) return undefined;
      return {
        state: row.state,
        error: row.error === null ? null : (JSON.parse(row.error) as OperationFailure),
        resultPath: row.result_path,
        waitingReason: row.waiting_reason,
      };
    },

    /** Operations that have not ended, oldest first. */
    async listUnfinished(): Promise<OperationRecord[]> {
      const rows = await sql
        .selectFrom('operations')
        .selectAll()
        .where('finished_at_ms', 'is', null)
        .orderBy('seq')
        .execute();
      return rows.map(toRecord);
    },

    /** The newest operations, ended ones included, newest first. */
    async listRecent(limit: number, before?: number): Promise<OperationRecord[]> {
      let query = sql.selectFrom('operations').selectAll().orderBy('seq', 'desc').limit(limit);
      if (before !== undefined) query = query.where('seq', '<', before);
      return (await query.execute()).map(toRecord);
    },

    async listByParent(parentId: string): Promise<OperationRecord[]> {
      const rows = await sql
        .selectFrom('operations')
        .selectAll()
        .where('parent_id', '=', parentId)
        .orderBy('seq')
        .execute();
      return rows.map(toRecord);
    },
  };
};

export const operationWrites = (sql: Kysely<Schema>) => {
  const insertRow = fixed(sql, (row: Insertable<Schema['operations']>) =>
    sql.insertInto('operations').values(row).returning('seq'),
  );
  const updateRow = fixed(sql, (columns: Updateable<Schema['operations']>, id: string) =>
    sql.updateTable('operations').set(columns).where('id', '=', id),
  );

  return {
    /** @returns the record as stored, with its place in the order of arrival. */
    async insert(operation: NewOperation, nowMs: number): Promise<OperationRecord> {
      const finished = operation.state === 'done' || operation.state === 'undone';
      const row = {
        id: operation.id,
        kind: operation.kind,
        state: operation.state,
        cluster_id: operation.clusterId,
        target_kind: operation.target.kind,
        target_id: operation.target.id,
        parent_id: operation.parentId,
        input: JSON.stringify(operation.input),
        attempt: 0,
        stage: 0,
        stage_count: operation.stageCount,
        pivot: operation.pivot,
        error: operation.error ? JSON.stringify(operation.error) : null,
        result_path: operation.resultPath ?? null,
        warnings: '[]',
        cancel_requested: 0,
        paused: 0,
        waiting_reason: null,
        tries: 0,
        next_try_at_ms: null,
        lease_owner: operation.leaseOwner,
        lease_until_ms: operation.leaseUntilMs,
        created_at_ms: nowMs,
        started_at_ms: operation.state === 'planned' ? null : nowMs,
        finished_at_ms: finished ? nowMs : null,
      } satisfies Insertable<Schema['operations']>;
      const [inserted] = await insertRow(row);
      if (inserted === undefined) throw new Error('SQLite returned nothing of the new operation');
      return toRecord({ ...row, ...inserted });
    },

    async update(id: string, change: OperationChange): Promise<void> {
      await updateRow(toColumns(change), id);
    },

    /** Extends the lease of every unfinished operation that the owner holds. */
    async renewLeases(owner: string, untilMs: number): Promise<void> {
      await sql
        .updateTable('operations')
        .set({ lease_until_ms: untilMs })
        .where('finished_at_ms', 'is', null)
        .where('lease_owner', '=', owner)
        .execute();
    },

    /** Forgets operations (and their steps) that ended before the time. @returns how many. */
    async deleteFinishedBefore(timeMs: number): Promise<number> {
      const result = await sql
        .deleteFrom('operations')
        .where('finished_at_ms', '<', timeMs)
        .executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
};
