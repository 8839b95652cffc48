import type { OperationChange, OperationRecord } from '../db/operations.ts';
import type { Writes } from '../db/queries.ts';
import type { StepRecord } from '../db/steps.ts';
import { AppError, toAppError } from '../errors.ts';
import { anySignal, sharedController } from '../lib/abort.ts';
import type { Clock } from '../lib/clock.ts';
import { backoffMs } from './backoff.ts';
import type { OperationEvents } from './events.ts';
import { fromFailure, isOutOfReach, provesNothingRan, toFailure } from './failures.ts';
import { type Journal, plannedSteps, type StepChange } from './journal.ts';
import type { Action, Ending, OperationKind, Outcome, PlannedOperation } from './kinds.ts';
import type { StageRunner, StepOutcome } from './stage.ts';

export interface RunTools {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly events: OperationEvents;
  readonly kind: OperationKind;
  readonly actions: ReadonlyMap<string, Action<unknown>>;
  readonly stages: StageRunner;
  /** Records a follow-up operation inside the transaction that ends this one. */
  readonly follow: (tx: Writes, planned: PlannedOperation) => Promise<void>;
}

/** `ended`: nothing is left to do. `waiting`: go on after the time. `parked`: Mortar stops, the next one goes on. */
export type RunEnd =
  | { readonly type: 'ended' }
  | { readonly type: 'parked' }
  | { readonly type: 'waiting'; readonly waitMs: number };

/** After so many failed tries an operation is shown as stuck; it is still tried, once a minute. */
const stuckAfterTries = 8;

const isFinal = (output: unknown): output is { isFinal: true; output: unknown } =>
  typeof output === 'object' && output !== null && 'isFinal' in output;

const keyOf = (step: StepRecord): string => `${step.attempt}/${step.stage}/${step.ordinal}`;

/**
 * One operation on its way: stage by stage forward, or back. It holds the only live copy of the record; each change is
 * journaled before the next thing happens.
 */
export class OperationRun {
  readonly #tools: RunTools;
  readonly #calledOff = sharedController();
  readonly #cutOff = sharedController();
  /** Keys of steps that certainly never ran. After a restart that is sure of none. */
  readonly #untouched = new Set<string>();
  #operation: OperationRecord;
  #steps: StepRecord[];
  #parking = false;

  constructor(tools: RunTools, operation: OperationRecord, steps: readonly StepRecord[], isFresh: boolean) {
    this.#tools = tools;
    this.#operation = operation;
    this.#steps = [...steps];
    if (isFresh) for (const step of steps) this.#untouched.add(keyOf(step));
  }

  get operation(): OperationRecord {
    return this.#operation;
  }

  /** Whether calling it off would still lead to "never happened". */
  get canBeCancelled(): boolean {
    return this.#isForward && this.#operation.stage < this.#operation.pivot;
  }

  cancel(): void {
    this.#calledOff.abort(new AppError('operation.cancelled', 'the operation was called off'));
  }

  /** Stop at the next stage's end. */
  park(): void {
    this.#parking = true;
  }

  /** Stop now: what runs is cut off and taken up again by the next start. */
  cutOff(): void {
    this.#parking = true;
    this.#cutOff.abort(new AppError('server.stopping'));
  }

  async go(): Promise<RunEnd> {
    try {
      for (;;) {
        const end = this.#isForward ? await this.#forward() : await this.#backward();
        if (end !== undefined) return end;
      }
    } catch (thrown) {
      // The journal could not be written, or a kind failed: nothing is lost, the same is tried again.
      return this.#waitAfter(toAppError(thrown));
    }
  }

  get #isForward(): boolean {
    return this.#operation.error === null;
  }

  #stepsOf(stage: number): StepRecord[] {
    return this.#steps.filter((step) => step.attempt === this.#operation.attempt && step.stage === stage);
  }

  /** @returns undefined to go on in the other direction. */
  async #forward(): Promise<RunEnd | undefined> {
    if (this.#operation.cancelRequested && this.canBeCancelled) this.cancel();
    while (this.#operation.stage < this.#operation.stageCount) {
      if (this.#parking) return { type: 'parked' };
      if (this.#calledOff.signal.aborted) return this.#turnBack(toAppError(this.#calledOff.signal.reason));
      const failure = await this.#runStage();
      if (failure === undefined) continue;
      if (this.#parking) return { type: 'parked' };
      if (this.#operation.stage >= this.#operation.pivot) return this.#waitAfter(failure);
      return this.#turnBack(failure);
    }
    await this.#end(async (tx) => this.#tools.kind.finish(tx, this.#ending()), { state: 'done' });
    return { type: 'ended' };
  }

  /** @returns the failure that keeps the stage from being done, if any. */
  async #runStage(): Promise<AppError | undefined> {
    const { stage, stageCount, pivot } = this.#operation;
    this.#tools.events.publish({ ...this.#event(), type: 'stage', stage, stageCount });
    const todo = this.#stepsOf(stage).filter(({ state }) => state !== 'done');
    const signal = anySignal(this.#calledOff.signal, this.#cutOff.signal);
    const outcomes = await this.#tools.stages.run(
      'run',
      todo,
      signal,
      (step) => !this.#untouched.has(keyOf(step)),
    );
    for (const { step, failure } of outcomes) {
      if (failure === undefined || !provesNothingRan(failure)) this.#untouched.delete(keyOf(step));
    }
    const blocking = outcomes.find(
      (outcome) => outcome.failure !== undefined && !(stage >= pivot && this.#mayBeLeft(outcome)),
    );
    await this.#journal(
      outcomes,
      'done',
      blocking === undefined ? { stage: stage + 1, tries: 0, waitingReason: null } : {},
    );
    return blocking?.failure;
  }

  #mayBeLeft({ step, failure }: StepOutcome): boolean {
    return (
      failure !== undefined &&
      isOutOfReach(failure) &&
      this.#tools.actions.get(step.action)?.canBeLeft === true
    );
  }

  async #journal(
    outcomes: readonly StepOutcome[],
    success: 'done' | 'undone',
    change: OperationChange,
  ): Promise<void> {
    const changes: StepChange[] = outcomes.map(({ step, output, failure }) =>
      failure === undefined
        ? { step, state: success, ...(success === 'done' ? { output: output ?? null } : {}) }
        : { step, state: 'failed', error: failure.message },
    );
    this.#operation = await this.#tools.journal.update(this.#operation, change, changes);
    const byStep = new Map(changes.map((stepChange) => [stepChange.step, stepChange]));
    this.#steps = this.#steps.map((step) => this.#changed(step, byStep.get(step)));
  }

  #changed(step: StepRecord, change: StepChange | undefined): StepRecord {
    if (change === undefined) return step;
    return {
      ...step,
      state: change.state,
      output: change.output ?? step.output,
      error: change.error ?? null,
    };
  }

  async #turnBack(failure: AppError): Promise<undefined> {
    this.#operation = await this.#tools.journal.update(this.#operation, {
      state: 'undoing',
      error: toFailure(failure),
      stage: Math.min(this.#operation.stage, this.#operation.stageCount - 1),
      tries: 0,
      waitingReason: null,
    });
    this.#tools.events.publish({
      ...this.#event(),
      type: 'state',
      state: 'undoing',
      message: failure.message,
    });
    return undefined;
  }

  async #backward(): Promise<RunEnd | undefined> {
    while (this.#operation.stage >= 0) {
      if (this.#parking) return { type: 'parked' };
      const todo = this.#stepsOf(this.#operation.stage).filter(
        (step) => step.state !== 'undone' && !this.#untouched.has(keyOf(step)),
      );
      const outcomes = await this.#tools.stages.run('undo', todo, this.#cutOff.signal, () => true);
      const final = outcomes.filter(({ output }) => isFinal(output));
      if (final.length > 0) return this.#turnForward(final);
      const blocking = outcomes.find((outcome) => outcome.failure !== undefined && !this.#mayBeLeft(outcome));
      const change =
        blocking === undefined ? { stage: this.#operation.stage - 1, tries: 0, waitingReason: null } : {};
      await this.#journal(outcomes, 'undone', change);
      if (this.#parking && blocking !== undefined) return { type: 'parked' };
      if (blocking?.failure !== undefined) return this.#waitAfter(blocking.failure);
    }
    return this.#giveUpOrPlanAgain();
  }

  /** A step that could not be told done turned out to be: the operation is completed. */
  async #turnForward(final: readonly StepOutcome[]): Promise<undefined> {
    const done = final.map(({ step, output }) => ({ step, output: isFinal(output) ? output.output : null }));
    await this.#journal(done, 'done', { state: 'running', error: null, tries: 0, waitingReason: null });
    this.#tools.events.publish({ ...this.#event(), type: 'state', state: 'running' });
    return undefined;
  }

  async #giveUpOrPlanAgain(): Promise<RunEnd | undefined> {
    const failure = fromFailure(this.#operation.error ?? { code: 'server.internal', message: 'unknown' });
    const ending = { ...this.#ending(), failure };
    if (failure.code !== 'operation.cancelled' && (await this.#planAgain(ending))) return undefined;
    await this.#end(async (tx) => this.#tools.kind.abandon(tx, ending), { state: 'undone' });
    return { type: 'ended' };
  }

  async #planAgain(ending: Ending & { failure: AppError }): Promise<boolean> {
    const { kind, journal } = this.#tools;
    if (kind.replan === undefined) return false;
    const attempt = this.#operation.attempt + 1;
    const planned = await journal.database.write(async (tx) => {
      const next = await kind.replan?.(tx, ending);
      if (next === undefined) return undefined;
      for (const follow of next.follow ?? []) await this.#tools.follow(tx, follow);
      const steps = plannedSteps(this.#operation.id, attempt, next.plan);
      await tx.steps.insert(steps);
      const stageCount = next.plan.stages.length;
      const change: OperationChange = {
        state: 'running',
        attempt,
        stage: 0,
        stageCount,
        pivot: next.plan.pivot ?? stageCount,
        error: null,
        warnings: [...this.#operation.warnings, `attempt ${attempt}: ${ending.failure.message}`],
      };
      await tx.operations.update(this.#operation.id, change);
      return { steps, change };
    });
    if (planned === undefined) return false;
    this.#operation = { ...this.#operation, ...planned.change };
    this.#steps.push(...planned.steps);
    for (const step of planned.steps) this.#untouched.add(keyOf(step));
    this.#tools.events.publish({
      ...this.#event(),
      type: 'state',
      state: 'running',
      message: `planned again: ${ending.failure.message}`,
    });
    return true;
  }

  #ending(): Ending {
    const steps = this.#steps.filter(({ attempt }) => attempt === this.#operation.attempt);
    const left = steps.filter((step) => step.state === 'failed' && !this.#untouched.has(keyOf(step)));
    return { operation: this.#operation, steps, left };
  }

  async #end(settle: (tx: Writes) => Promise<Outcome>, end: { state: 'done' | 'undone' }): Promise<void> {
    const { journal, clock, events, follow } = this.#tools;
    const change = await journal.database.write(async (tx) => {
      const outcome = await settle(tx);
      for (const planned of outcome.follow ?? []) await follow(tx, planned);
      const change: OperationChange = {
        state: end.state,
        finishedAtMs: clock.now(),
        resultPath: outcome.resultPath ?? null,
        warnings: [...this.#operation.warnings, ...(outcome.warnings ?? [])],
        waitingReason: null,
        nextTryAtMs: null,
        leaseOwner: null,
        leaseUntilMs: null,
      };
      await tx.operations.update(this.#operation.id, change);
      return change;
    });
    this.#operation = { ...this.#operation, ...change };
    const message = this.#operation.error?.message;
    events.publish({
      ...this.#event(),
      type: 'state',
      state: end.state,
      ...(message === undefined ? {} : { message }),
    });
  }

  async #waitAfter(failure: AppError): Promise<RunEnd> {
    if (this.#parking) return { type: 'parked' };
    const tries = this.#operation.tries + 1;
    const waitMs = backoffMs(tries);
    const untilMs = this.#tools.clock.now() + waitMs;
    const isStuck = tries >= stuckAfterTries && !isOutOfReach(failure);
    const change: OperationChange = {
      state: isStuck ? 'stuck' : this.#isForward ? 'running' : 'undoing',
      tries,
      waitingReason: failure.message,
      nextTryAtMs: untilMs,
    };
    this.#tools.events.publish({ ...this.#event(), type: 'waiting', reason: failure.message, untilMs });
    try {
      this.#operation = await this.#tools.journal.update(this.#operation, change);
    } catch {
      // The database itself is in trouble: keep the change in memory, the next try writes it.
      this.#operation = { ...this.#operation, ...change };
    }
    return { type: 'waiting', waitMs };
  }

  #event(): { operationId: string; atMs: number } {
    return { operationId: this.#operation.id, atMs: this.#tools.clock.now() };
  }
}
