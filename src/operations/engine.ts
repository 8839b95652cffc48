import type { Database } from '../db/database.ts';
import type { OperationRecord } from '../db/operations.ts';
import type { Writes } from '../db/queries.ts';
import type { StepRecord } from '../db/steps.ts';
import { AppError } from '../errors.ts';
import type { Executor, Host } from '../executors/executor.ts';
import type { Clock } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';
import { Lanes } from '../lib/lanes.ts';
import type { Log } from '../lib/log.ts';
import { assertCan, assertCancellable, refuseWhenFull, retryAfterSeconds } from './controls.ts';
import { OperationEvents } from './events.ts';
import { Journal, leaseMs } from './journal.ts';
import type { Action, OperationKind, PlannedOperation } from './kinds.ts';
import { findOnce, type Once, recordOnce } from './once.ts';
import { OperationRun } from './run.ts';
import { type Candidate, Scheduler, type SlotLimits } from './scheduler.ts';
import { StageRunner } from './stage.ts';
import { unknownKind } from './unknown-kind.ts';

export interface EngineOptions {
  readonly database: Database;
  readonly executor: Executor;
  readonly clock: Clock;
  readonly log: Log;
  readonly slots: SlotLimits;
  /** Operations that may wait for a slot; one more is refused with `server.busy`. */
  readonly maxQueued: number;
  readonly commandTimeoutMs: number;
  resolveHost(nodeId: string): Promise<Host>;
}

interface Entry {
  readonly run: OperationRun;
  cancelTimer?: () => void;
}

/** How long what is cut off may take to notice. */
const cutOffMs = 5000;

/**
 * Runs operations: takes them in, gives them slots, resumes what a predecessor left, and ends. The database is the
 * truth; what is kept here is only who is on the way.
 */
export class OperationEngine {
  readonly events = new OperationEvents();
  readonly lanes = new Lanes();
  readonly #options: EngineOptions;
  readonly #journal: Journal;
  readonly #owner = newId();
  readonly #kinds = new Map<string, OperationKind>();
  readonly #actions = new Map<string, Action<unknown>>();
  readonly #scheduler: Scheduler;
  /** Operations with a slot, or waiting to repeat something. */
  readonly #entries = new Map<string, Entry>();
  readonly #active = new Set<Promise<void>>();
  readonly #ended = new Map<string, ((operation: OperationRecord) => void)[]>();
  #leaseTimer: NodeJS.Timeout | undefined;
  #isStopping = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#journal = new Journal(options.database, options.clock, this.#owner);
    this.#scheduler = new Scheduler(options.slots);
  }

  /** Makes kinds of operations and their steps known; before `start`. */
  register(kinds: readonly OperationKind[], actions: readonly Action[]): void {
    for (const kind of kinds) this.#kinds.set(kind.name, kind);
    for (const action of actions) this.#actions.set(action.name, action);
  }

  get waitingCount(): number {
    return this.#scheduler.waitingCount;
  }

  get runningCount(): number {
    return this.#entries.size;
  }

  /** Place in the queue, counted from 1; undefined when it does not wait. */
  position(id: string): number | undefined {
    return this.#scheduler.position(id);
  }

  /** Whether this Mortar is at work on the operation right now. */
  isInFlight(id: string): boolean {
    return this.#entries.has(id);
  }

  /** What a step's action does, for people. */
  titleOf(action: string): string {
    return this.#actions.get(action)?.title ?? action;
  }

  /** Takes up what was left unfinished, in the order of arrival. What was submitted before goes on by itself. */
  async start(): Promise<void> {
    const unfinished = await this.#options.database.read.operations.listUnfinished();
    const isNew = ({ id }: Candidate) => !this.#entries.has(id) && !this.#scheduler.has(id);
    for (const { id, clusterId } of unfinished.filter(isNew)) this.#scheduler.add({ id, clusterId });
    this.#leaseTimer = setInterval(() => this.#renewLeases(), leaseMs / 3);
    this.#pump();
  }

  /**
   * Takes an operation in: `build` plans it and writes what it promises, in the transaction that also holds the
   * operation itself (law 1). It runs as soon as a slot is free.
   *
   * @param once a key under which the same request is taken in only once; the earlier operation is returned.
   * @returns the operation as recorded.
   * @throws AppError `request.idempotency_mismatch`; `server.busy` when the queue is full, `server.stopping`, and whatever `build` throws.
   */
  async submit(build: (tx: Writes) => Promise<PlannedOperation>, once?: Once): Promise<OperationRecord> {
    if (this.#isStopping) throw new AppError('server.stopping', 'Mortar is shutting down');
    let started: string | undefined;
    try {
      const { operation, steps } = await this.#options.database.write(async (tx) => {
        const before = once === undefined ? undefined : await findOnce(tx, once);
        if (before !== undefined) return { operation: before, steps: undefined };
        const planned = await (this.#isFull ? refuseWhenFull(() => build(tx)) : build(tx));
        const isStarted = this.#isCoordinator(planned.kind) || this.#scheduler.tryStart(planned);
        if (isStarted) started = planned.id;
        if (once !== undefined) await recordOnce(tx, once, planned.id, this.#options.clock.now());
        return this.#journal.insert(tx, planned, isStarted);
      });
      if (steps === undefined) return operation;
      if (started === undefined) this.#scheduler.add(operation);
      else this.#launch(operation, steps, true);
      this.#pump();
      return operation;
    } catch (thrown) {
      if (started !== undefined) this.#scheduler.release(started);
      throw thrown;
    }
  }

  /** Records an operation that needs no node and is over at once, so that `/queue` can tell its result. */
  async submitEnded(
    operation: Pick<PlannedOperation, 'kind' | 'clusterId' | 'target' | 'input'>,
    work: (tx: Writes) => Promise<{ resultPath?: string } | AppError>,
  ): Promise<OperationRecord> {
    return this.#options.database.write(async (tx) => {
      const outcome = await work(tx);
      const failed = outcome instanceof AppError;
      return tx.operations.insert(
        {
          ...operation,
          id: newId(),
          state: failed ? 'undone' : 'done',
          parentId: null,
          stageCount: 0,
          pivot: 0,
          leaseOwner: null,
          leaseUntilMs: null,
          error: failed ? { code: outcome.code, message: outcome.message } : null,
          resultPath: failed ? null : (outcome.resultPath ?? null),
        },
        this.#options.clock.now(),
      );
    });
  }

  /**
   * Calls an operation off: what it did is undone. Resolves when that is recorded, not when it is done.
   *
   * @throws AppError `object.not_found`, `operation.not_cancellable`.
   */
  async cancel(id: string): Promise<void> {
    const operation = await this.#find(id);
    const live = this.#entries.get(id)?.run;
    assertCancellable({ ...operation, ...live?.operation });
    await this.#journal.update(operation, { cancelRequested: true });
    if (live !== undefined) {
      live.cancel();
      this.#entries.get(id)?.cancelTimer?.();
    } else if (this.#scheduler.remove(id)) {
      await this.#load(id);
    }
  }

  /**
   * Lets an operation go no further than the end of the stage it is in, until it is resumed; over restarts too.
   *
   * @throws AppError `object.not_found`; `request.conflict` when it has ended or is being undone.
   */
  async pause(id: string): Promise<void> {
    const operation = await this.#find(id);
    assertCan('pause', operation);
    await this.#setPaused(operation, true);
  }

  /**
   * Lets a paused operation go on; tries again at once what it waits to repeat.
   *
   * @throws AppError `object.not_found`; `request.conflict` when it has ended.
   */
  async resume(id: string): Promise<void> {
    const operation = await this.#find(id);
    assertCan('resume', operation);
    if (operation.isPaused) await this.#setPaused(operation, false);
    this.#entries.get(id)?.cancelTimer?.();
  }

  /** Lets all that waits try again at once, for instance because a node was declared lost. */
  lookAgain(): void {
    for (const { cancelTimer } of this.#entries.values()) cancelTimer?.();
  }

  async #setPaused(operation: OperationRecord, isPaused: boolean): Promise<void> {
    await this.#journal.update(operation, { isPaused });
    this.#entries.get(operation.id)?.run.setPaused(isPaused);
  }

  /** Resolves with the operation when it has ended (also when it ended before). */
  async whenEnded(id: string): Promise<OperationRecord> {
    const ended = new Promise<OperationRecord>((resolve) => {
      this.#ended.set(id, [...(this.#ended.get(id) ?? []), resolve]);
    });
    const operation = await this.#find(id);
    if (operation.finishedAtMs === null) return ended;
    this.#ended.delete(id);
    return operation;
  }

  /**
   * Stops: takes nothing more in, lets running stages end within `graceMs`, cuts off what is still running then. What is
   * unfinished goes on at the next start.
   */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#leaseTimer);
    for (const entry of this.#entries.values()) {
      entry.run.park();
      entry.cancelTimer?.();
    }
    const ended = new AbortController();
    const wait = (durationMs: number): Promise<void> =>
      this.#options.clock.sleep(durationMs, ended.signal).catch(() => undefined);
    const bound = wait(graceMs).then(() => {
      this.cutOff();
      return wait(cutOffMs);
    });
    await Promise.race([Promise.all(this.#active), bound]);
    ended.abort(new Error('stopped'));
    await this.#journal.tidy();
  }

  /** Cuts off what is running, at once. */
  cutOff(): void {
    this.#isStopping = true;
    clearInterval(this.#leaseTimer);
    for (const { run } of this.#entries.values()) run.cutOff();
  }

  get #isFull(): boolean {
    return this.#scheduler.waitingCount >= this.#options.maxQueued;
  }

  #isCoordinator(kind: string): boolean {
    return this.#kinds.get(kind)?.coordinates === true;
  }

  async #find(id: string): Promise<OperationRecord> {
    const operation = await this.#options.database.read.operations.find(id);
    if (operation === undefined) throw new AppError('object.not_found', `Id not found: ${id}`);
    return operation;
  }

  /** Gives free slots to who waits. */
  #pump(): void {
    while (!this.#isStopping) {
      const candidate = this.#scheduler.next();
      if (candidate === undefined) return;
      this.#track(this.#load(candidate.id).catch((thrown: unknown) => this.#loadLater(candidate, thrown)));
    }
  }

  /** The database is in trouble: others may have the slot, and it has its turn again. */
  #loadLater(candidate: Candidate, thrown: unknown): void {
    this.#options.log.error({ err: thrown, operationId: candidate.id }, 'an operation could not be taken up');
    this.#scheduler.putBack(candidate);
    setTimeout(() => this.#pump(), retryAfterSeconds * 1000).unref();
  }

  #track(work: Promise<void>): void {
    const tracked = work
      .catch((thrown: unknown) =>
        this.#options.log.error({ err: thrown }, 'an operation could not be taken up'),
      )
      .finally(() => this.#active.delete(tracked));
    this.#active.add(tracked);
  }

  async #load(id: string): Promise<void> {
    const { operations, steps } = this.#options.database.read;
    const recorded = await operations.find(id);
    if (recorded === undefined || recorded.finishedAtMs !== null) {
      this.#scheduler.release(id);
      return;
    }
    const taken = await this.#journal.take(recorded);
    this.#launch(taken, await steps.listByOperation(id), recorded.state === 'planned');
  }

  #launch(operation: OperationRecord, steps: readonly StepRecord[], isFresh: boolean): void {
    const { clock } = this.#options;
    const kind = this.#kinds.get(operation.kind) ?? unknownKind(operation.kind);
    const stages = new StageRunner(
      { ...this.#options, lanes: this.lanes, events: this.events, actions: this.#actions },
      operation.id,
    );
    const run = new OperationRun(
      {
        journal: this.#journal,
        clock,
        events: this.events,
        kind,
        actions: this.#actions,
        stages,
        follow: (tx, planned) => this.#follow(tx, planned),
      },
      operation,
      steps,
      isFresh,
    );
    this.#entries.set(operation.id, { run });
    this.#track(this.#drive(run));
  }

  /** Keeps an operation going until it has ended or Mortar stops; it holds no slot while it waits. */
  async #drive(run: OperationRun): Promise<void> {
    const { id } = run.operation;
    for (;;) {
      const end = await run.go();
      this.#scheduler.release(id);
      this.#pump();
      if (end.type !== 'waiting') break;
      await this.#pause(id, end.waitMs);
      if (this.#isStopping) break;
    }
    this.#entries.delete(id);
    if (run.operation.finishedAtMs === null) return;
    this.#options.log.info(
      {
        operationId: id,
        kind: run.operation.kind,
        state: run.operation.state,
        error: run.operation.error?.message,
      },
      'operation ended',
    );
    for (const tell of this.#ended.get(id) ?? []) tell(run.operation);
    this.#ended.delete(id);
  }

  async #pause(id: string, waitMs: number): Promise<void> {
    const wake = new AbortController();
    const entry = this.#entries.get(id);
    if (entry === undefined || this.#isStopping) return;
    entry.cancelTimer = () => wake.abort(new Error('awake'));
    await this.#options.clock.sleep(waitMs, wake.signal).catch(() => undefined);
    delete entry.cancelTimer;
  }

  async #follow(tx: Writes, planned: PlannedOperation): Promise<void> {
    const { operation } = await this.#journal.insert(tx, planned, false);
    // Seen by the scheduler only after the commit: until then it is not there for anybody.
    setImmediate(() => {
      this.#scheduler.add(operation);
      this.#pump();
    });
  }

  #renewLeases(): void {
    void this.#journal.tidy();
    if (this.#entries.size === 0) return;
    this.#journal
      .renewLeases()
      .catch((thrown: unknown) => this.#options.log.warn({ err: thrown }, 'leases could not be renewed'));
  }
}
