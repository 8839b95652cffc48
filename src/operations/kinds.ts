/**
 * What the engine has to know of a piece of work. The rooms above (topology/, volumes/) declare kinds and actions; the
 * engine runs, resumes and undoes them and knows nothing of storage.
 */
import type { OperationRecord } from '../db/operations.ts';
import type { Writes } from '../db/queries.ts';
import type { StepRecord } from '../db/steps.ts';
import type { AppError } from '../errors.ts';
import type { Command, CommandResult } from '../executors/executor.ts';

/** One idempotent action on one node (or on none), to be run side by side with the others of its stage. */
export interface StepPlan {
  readonly action: string;
  /** Null when the step acts on no node, or chooses among several itself. */
  readonly nodeId: string | null;
  /** JSON; everything the action needs, so that a restart can go on. */
  readonly params: unknown;
}

/** Stages run one after the other; the steps of a stage side by side, at most one for each node. */
export interface Plan {
  readonly stages: readonly (readonly StepPlan[])[];
  /**
   * Number of the first stage with no way back: from it on, failures are waited out and repeated, never undone.
   * Absent: there is a way back until the end.
   */
  readonly pivot?: number;
}

export interface PlannedOperation {
  readonly id: string;
  readonly kind: string;
  readonly clusterId: string | null;
  readonly target: { readonly kind: string; readonly id: string };
  readonly parentId?: string;
  readonly input: unknown;
  readonly plan: Plan;
}

export interface ExecOptions {
  /** Deadline of this batch; the engine's default when absent. */
  readonly timeoutMs?: number;
}

/** What an action works with. */
export interface StepContext {
  readonly operationId: string;
  /** The step may have run before, in part or whole: look before acting. False only when it certainly has not. */
  readonly isRepeat: boolean;
  /** Aborted when the operation is called off or Mortar stops. */
  readonly signal: AbortSignal;
  /** Runs commands on the step's own node, in one round trip. Errors as `Executor.run`. */
  exec(commands: readonly Command[], options?: ExecOptions): Promise<CommandResult[]>;
  /** The same on another node. */
  execOn(nodeId: string, commands: readonly Command[], options?: ExecOptions): Promise<CommandResult[]>;
  sleep(durationMs: number): Promise<void>;
}

/** One kind of step. Running it twice, and undoing it twice, ends as running or undoing it once (law 3). */
export interface Action<Params = never, Output = unknown> {
  readonly name: string;
  /** What it does, for people: "make the bricks". */
  readonly title: string;
  /** Lanes held while it runs or is undone: `gluster:<clusterId>`, `vg:<deviceId>`. */
  lanes?(params: Params): readonly string[];
  /** @returns JSON that is kept in the journal and handed to the kind when it finishes. */
  run(context: StepContext, params: Params): Promise<Output>;
  /**
   * Absent: there is nothing to undo. "Not there" is success. When it finds that the step's effect is final after all
   * (its answer was lost), it says so, and the operation goes forward again.
   */
  undo?(
    context: StepContext,
    params: Params,
  ): Promise<void | { readonly isFinal: true; readonly output: Output }>;
  /**
   * When the node cannot be reached, this step (run at or after the pivot, or undone) may be left over: the operation
   * ends without it and its kind plans what is left as a new operation.
   */
  readonly canBeLeft?: boolean;
}

export interface Ending {
  readonly operation: OperationRecord;
  /** Steps of the last attempt, with their outputs. */
  readonly steps: readonly StepRecord[];
  /** Steps that could not be done (or undone) because their node was out of reach. */
  readonly left: readonly StepRecord[];
}

export interface Outcome {
  /** The resource that `/queue` points to; absent for none. */
  readonly resultPath?: string;
  readonly warnings?: readonly string[];
  /** New operations that go on with what is left. */
  readonly follow?: readonly PlannedOperation[];
}

/** One kind of operation: what its end means in the database. Each method is part of one transaction. */
export interface OperationKind {
  readonly name: string;
  /** It only starts other operations and waits for them, so it takes no slot. */
  readonly coordinates?: boolean;
  /** All stages are done: make the result real. */
  finish(tx: Writes, ending: Ending): Promise<Outcome>;
  /** All is undone: release what was promised. */
  abandon(tx: Writes, ending: Ending & { readonly failure: AppError }): Promise<Outcome>;
  /**
   * A failed attempt is undone; a new plan starts another. Undefined: give up (then `abandon` is called).
   * Must release what the failed attempt had promised, like `abandon`.
   */
  replan?(
    tx: Writes,
    ending: Ending & { readonly failure: AppError },
  ): Promise<(Outcome & { readonly plan: Plan }) | undefined>;
}
