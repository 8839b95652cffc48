import type { OperationChange, OperationRecord } from '../db/operations.ts';
import type { Writes } from '../db/queries.ts';
import type { StepRecord } from '../db/steps.ts';
import { AppError, toAppError } from '../errors.ts';
import { anySignal, sharedController } from '../lib/abort.ts';
import { backoffMs } from './backoff.ts';
import { fromFailure, isNotYet, isOutOfReach, provesNothingRan, toFailure } from './failures.ts';
import { plannedSteps, type StepChange } from './journal.ts';
import type { Ending, Outcome } from './kinds.ts';
import { changesOf, isFinal } from './outcomes.ts';
import type { RunEnd, RunTools } from './run-tools.ts';
import type { StepOutcome } from './stage.ts';

/** After so many failed tries an operation is shown as stuck; it is still tried, once a minute. */
const stuckAfterTries = 8;

/** How long a paused operation sleeps at a time; it is woken when it is resumed. */
const pausedLookMs = 3_600_000;
const pausedWords = 'paused';

const keyOf = (step: StepRecord): string => `${step.attempt}/${step.stage}/${step.ordinal}`;

/**
 * One operation on its way: stage by stage forward, or back. It holds the only live copy of the record; each change is
 * journaled before the next thing happens.
 */
export class OperationRun {
  readonly #tools: RunTools;
  readonly #calledOff = sharedController();
  readonly #cutOff = sharedController();
  /** Follows both. */
  #endsEarly: AbortSignal | undefined;
  /** Keys of steps that certainly never ran. After a restart that is sure of none. */
  readonly #untouched = new Set<string>();
  #operation: OperationRecord;
  #steps: StepRecord[];
  #parking = false;
  /** What became of the last stage: written together with the end, which so costs one commit, not two. */
  #unwritten: readonly StepChange[] = [];

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

  /** Go no further than the end of the stage that runs, or on again. Not while it is being undone. */
  setPaused(isPaused: boolean): void {
    this.#operation = { ...this.#operation, isPaused };
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
      if (this.#operation.isPaused) return this.#waitPaused();
      const failure = await this.#runStage();
      if (failure === undefined) continue;
      if (this.#parking) return { type: 'parked' };
      if (isNotYet(failure) || this.#operation.stage >= this.#operation.pivot)
        return this.#waitAfter(failure);
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
    this.#endsEarly ??= anySignal(this.#calledOff.signal, this.#cutOff.signal);
    const outcomes = await this.#tools.stages.run(
      'run',
      todo,
      this.#endsEarly,
      (step) => !this.#untouched.has(keyOf(step)),
    );
    for (const { step, failure, isTouched } of outcomes) {
      if (isTouched || failure === undefined || !provesNothingRan(failure))
        this.#untouched.delete(keyOf(step));
    }
    const blocking = outcomes.find(
      (outcome) => outcome.failure !== undefined && !(stage >= pivot && this.#mayBeLeft(outcome)),
    );
    const next = { stage: stage + 1, tries: 0, waitingReason: null };
    if (blocking !== undefined) await this.#journal(outcomes, 'done', {});
    else if (next.stage < stageCount) await this.#journal(outcomes, 'done', next);
    else {
      this.#unwritten = changesOf(outcomes, 'done');
      this.#apply(this.#unwritten, next);
    }
    return blocking?.failure;
  }

  #mayBeLeft({ step, failure }: StepOutcome): boolean {
    return (
      failure !== undefined &&
      isOutOfReach(failure) &&
      (this.#tools.actions.get(step.action)?.canBeLeft === true ||
        // What a lost node holds is lost with it: there is nothing to wait for.
        (failure.code === 'node.lost' && step.nodeId !== null))
    );
  }

  async #journal(
    outcomes: readonly StepOutcome[],
    success: 'done' | 'undone',
    change: OperationChange,
  ): Promise<void> {
    const changes = changesOf(outcomes, success);
    await this.#tools.journal.update(this.#operation, change, changes);
    this.#apply(changes, change);
  }

  #apply(changes: readonly StepChange[], change: OperationChange): void {
    const byStep = new Map(changes.map((stepChange) => [stepChange.step, stepChange]));
    this.#steps = this.#steps.map((step) => this.#changed(step, byStep.get(step)));
    this.#operation = { ...this.#operation, ...change };
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
    const done = final.map((outcome) => ({
      ...outcome,
      output: isFinal(outcome.output) ? outcome.output.output : null,
    }));
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
    // Forward, what never ran is still to be done; backward, there is nothing of it to be undone.
    const left = steps.filter(
      (step) => step.state === 'failed' && (this.#isForward || !this.#untouched.has(keyOf(step))),
    );
    return { operation: this.#operation, steps, left };
  }

  async #end(settle: (tx: Writes) => Promise<Outcome>, end: { state: 'done' | 'undone' }): Promise<void> {
    const { journal, clock, events, follow } = this.#tools;
    const change = await journal.database.write(async (tx) => {
      await journal.writeSteps(tx, this.#unwritten);
      const outcome = await settle(tx);
      for (const planned of outcome.follow ?? []) await follow(tx, planned);
      const change: OperationChange = {
        state: end.state,
        stage: this.#operation.stage,
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
    journal.ended(this.#operation.id);
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
    const tries = isNotYet(failure) ? 0 : this.#operation.tries + 1;
    const waitMs = isNotYet(failure) ? Number(failure.details.waitMs) : backoffMs(tries);
    const isStuck = tries >= stuckAfterTries && !isOutOfReach(failure);
    const state = isStuck ? 'stuck' : this.#isForward ? 'running' : 'undoing';
    return this.#wait(waitMs, { state, tries, waitingReason: failure.message });
  }

  #waitPaused(): Promise<RunEnd> {
    return this.#wait(pausedLookMs, { tries: 0, waitingReason: pausedWords });
  }

  async #wait(waitMs: number, because: OperationChange & { waitingReason: string }): Promise<RunEnd> {
    const untilMs = this.#tools.clock.now() + waitMs;
    const change: OperationChange = { ...because, nextTryAtMs: untilMs };
    this.#tools.events.publish({
      ...this.#event(),
      type: 'waiting',
      reason: because.waitingReason,
      untilMs,
    });
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
