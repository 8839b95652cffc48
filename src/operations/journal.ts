import type { Database } from '../db/database.ts';
import type { OperationChange, OperationRecord } from '../db/operations.ts';
import type { Writes } from '../db/queries.ts';
import type { StepState } from '../db/schema.ts';
import type { StepRecord } from '../db/steps.ts';
import type { Clock } from '../lib/clock.ts';
import { groupBy } from '../lib/group-by.ts';
import type { Plan, PlannedOperation } from './kinds.ts';

/** How long an operation belongs to the Mortar that runs it without a sign of life. */
export const leaseMs = 30_000;

/** So many ended operations are tidied up together: their steps share pages of the database. */
const tidiedAtOnce = 100;

export interface StepChange {
  readonly step: StepRecord;
  readonly state: StepState;
  readonly output?: unknown;
  readonly error?: string;
}

/** The steps of a plan as they stand in the journal before anything was run. */
export function plannedSteps(operationId: string, attempt: number, plan: Plan): StepRecord[] {
  return plan.stages.flatMap((steps, stage) =>
    steps.map((step, ordinal) => ({
      operationId,
      attempt,
      stage,
      ordinal,
      action: step.action,
      nodeId: step.nodeId,
      params: step.params,
      state: 'planned' as const,
      output: null,
      error: null,
    })),
  );
}

/** Writes what operations intend and what became of it. One instance a manager; `owner` is its name in leases. */
export class Journal {
  readonly database: Database;
  readonly #clock: Clock;
  readonly #owner: string;
  #ended: string[] = [];

  constructor(database: Database, clock: Clock, owner: string) {
    this.database = database;
    this.#clock = clock;
    this.#owner = owner;
  }

  /** Records a planned operation and its steps inside a transaction. `started`: it has a slot and runs at once. */
  async insert(
    tx: Writes,
    planned: PlannedOperation,
    started: boolean,
  ): Promise<{ operation: OperationRecord; steps: StepRecord[] }> {
    const now = this.#clock.now();
    const operation = await tx.operations.insert(
      {
        id: planned.id,
        kind: planned.kind,
        state: started ? 'running' : 'planned',
        clusterId: planned.clusterId,
        target: planned.target,
        parentId: planned.parentId ?? null,
        input: planned.input,
        stageCount: planned.plan.stages.length,
        pivot: planned.plan.pivot ?? planned.plan.stages.length,
        leaseOwner: started ? this.#owner : null,
        leaseUntilMs: started ? now + leaseMs : null,
      },
      now,
    );
    const steps = plannedSteps(planned.id, 0, planned.plan);
    await tx.steps.insert(steps);
    return { operation, steps };
  }

  /** Makes the operation ours and marks it running. */
  async take(operation: OperationRecord): Promise<OperationRecord> {
    const now = this.#clock.now();
    return this.update(operation, {
      state: operation.state === 'planned' ? 'running' : operation.state,
      startedAtMs: operation.startedAtMs ?? now,
      leaseOwner: this.#owner,
      leaseUntilMs: now + leaseMs,
    });
  }

  /** All unfinished operations that are ours stay so. */
  async renewLeases(): Promise<void> {
    const untilMs = this.#clock.now() + leaseMs;
    await this.database.write((tx) => tx.operations.renewLeases(this.#owner, untilMs));
  }

  /** Writes what became of steps, inside a transaction: most often the same of all steps of a stage. */
  async writeSteps(tx: Writes, changes: readonly StepChange[]): Promise<void> {
    for (const [first, ...others] of groupBy(changes, endOf).values()) {
      if (first === undefined) continue;
      const { step, state, output, error } = first;
      await tx.steps.update(step, [step.ordinal, ...others.map((other) => other.step.ordinal)], {
        state,
        ...(output === undefined ? {} : { output }),
        ...(error === undefined ? {} : { error }),
      });
    }
  }

  /** What the operation's steps were to be done with can be forgotten. */
  ended(operationId: string): void {
    this.#ended.push(operationId);
    if (this.#ended.length >= tidiedAtOnce) void this.tidy();
  }

  /**
   * Forgets what the steps of ended operations were to be done with: nobody asks for it any more, and it is two thirds of a
   * large database. What cannot be forgotten now, or ended just before a kill, goes with its operation.
   */
  async tidy(): Promise<void> {
    const ids = this.#ended.splice(0);
    if (ids.length > 0) await this.database.write((tx) => tx.steps.forgetParams(ids)).catch(() => undefined);
  }

  /** @returns the operation as it is now. */
  async update(
    operation: OperationRecord,
    change: OperationChange,
    steps: readonly StepChange[] = [],
  ): Promise<OperationRecord> {
    await this.database.write(async (tx) => {
      await this.writeSteps(tx, steps);
      if (Object.keys(change).length > 0) await tx.operations.update(operation.id, change);
    });
    return { ...operation, ...change };
  }
}

/** Steps of one stage that came to the same end. */
const endOf = ({ step, state, output, error }: StepChange): string =>
  JSON.stringify([step.attempt, step.stage, state, output, error]);
