import type { StepRecord } from '../db/steps.ts';
import { AppError, toAppError } from '../errors.ts';
import type { Command, CommandResult, Executor, Host } from '../executors/executor.ts';
import { nodesWords } from '../executors/failure.ts';
import type { Clock } from '../lib/clock.ts';
import type { Lanes } from '../lib/lanes.ts';
import type { Log } from '../lib/log.ts';
import type { OperationEvents } from './events.ts';
import { isNotYet, provesNothingRan } from './failures.ts';
import type { Action, ExecOptions, StepContext } from './kinds.ts';

export interface StageTools {
  readonly executor: Executor;
  readonly lanes: Lanes;
  readonly events: OperationEvents;
  readonly clock: Clock;
  readonly log: Log;
  readonly actions: ReadonlyMap<string, Action<unknown>>;
  readonly commandTimeoutMs: number;
  /** Where commands for a node go. */
  resolveHost(nodeId: string): Promise<Host>;
}

export interface StepOutcome {
  readonly step: StepRecord;
  /** Something may have been run on a node. The failure alone does not tell: it may be that of a second try. */
  readonly isTouched: boolean;
  readonly output?: unknown;
  readonly failure?: AppError;
}

type Direction = 'run' | 'undo';

/** What is known of a step while it runs. */
interface Trace {
  isTouched: boolean;
}

interface Job {
  readonly direction: Direction;
  readonly step: StepRecord;
  readonly signal: AbortSignal;
  readonly isRepeat: boolean;
  readonly trace: Trace;
}

const longestShownOutput = 4000;

/** Runs (or undoes) the steps of one stage side by side and tells the outcome of each; never rejects. */
export class StageRunner {
  readonly #tools: StageTools;
  readonly #operationId: string;

  constructor(tools: StageTools, operationId: string) {
    this.#tools = tools;
    this.#operationId = operationId;
  }

  run(
    direction: Direction,
    steps: readonly StepRecord[],
    signal: AbortSignal,
    isRepeat: (step: StepRecord) => boolean,
  ): Promise<StepOutcome[]> {
    return Promise.all(
      steps.map((step) =>
        this.#settle({ direction, step, signal, isRepeat: isRepeat(step), trace: { isTouched: false } }),
      ),
    );
  }

  async #settle(job: Job): Promise<StepOutcome> {
    const { step, direction, trace } = job;
    const action = this.#tools.actions.get(step.action);
    if (action === undefined) {
      return {
        step,
        ...trace,
        failure: new AppError('server.internal', `this Mortar knows no step "${step.action}"`),
      };
    }
    this.#tell(step, action, 'running');
    try {
      const output = await this.#withOneRepeat(action, job);
      this.#tell(step, action, direction === 'run' ? 'done' : 'undone');
      return { step, ...trace, output };
    } catch (thrown) {
      const failure = toAppError(thrown);
      if (isNotYet(failure)) return { step, ...trace, failure };
      if (failure.code === 'server.internal') {
        const fields = { err: failure.cause ?? failure, operationId: this.#operationId, action: step.action };
        this.#tools.log.error(fields, 'a step failed unexpectedly');
      }
      this.#tell(step, action, 'failed', failure.message);
      return { step, ...trace, failure };
    }
  }

  /** A connection that broke leaves open what was done; steps can be run twice, so the step is simply run again. */
  async #withOneRepeat(action: Action<unknown>, job: Job): Promise<unknown> {
    try {
      return await this.#once(action, job);
    } catch (thrown) {
      const isWorthIt =
        thrown instanceof AppError && thrown.code === 'node.connection_lost' && !job.signal.aborted;
      if (!isWorthIt) throw thrown;
      return this.#once(action, { ...job, isRepeat: true });
    }
  }

  #once(action: Action<unknown>, job: Job): Promise<unknown> {
    const context = this.#context(job);
    const { params } = job.step;
    const work = async (): Promise<unknown> =>
      job.direction === 'run' ? action.run(context, params) : action.undo?.(context, params);
    return this.#tools.lanes.with(action.lanes?.(params) ?? [], work, job.signal);
  }

  #context({ step, signal, isRepeat, trace }: Job): StepContext {
    const execOn = async (
      nodeId: string,
      commands: readonly Command[],
      options?: ExecOptions,
    ): Promise<CommandResult[]> => {
      try {
        const results = await this.#exec(nodeId, commands, signal, options);
        trace.isTouched = true;
        return results;
      } catch (thrown) {
        trace.isTouched ||= !provesNothingRan(toAppError(thrown));
        throw thrown;
      }
    };
    return {
      operationId: this.#operationId,
      isRepeat,
      signal,
      execOn,
      exec: (commands, options) => {
        if (step.nodeId === null) throw new Error(`step ${step.action} has no node of its own`);
        return execOn(step.nodeId, commands, options);
      },
      sleep: (durationMs) => this.#tools.clock.sleep(durationMs, signal),
    };
  }

  async #exec(
    nodeId: string,
    commands: readonly Command[],
    signal: AbortSignal,
    options: ExecOptions = {},
  ): Promise<CommandResult[]> {
    const host = await this.#tools.resolveHost(nodeId);
    const secretLabels = new Set(commands.flatMap(({ hasSecrets, label }) => (hasSecrets ? [label] : [])));
    return this.#tools.executor.run(host, commands, {
      timeoutMs: options.timeoutMs ?? this.#tools.commandTimeoutMs,
      signal,
      lock: this.#operationId,
      onResult: (result) => this.#tellCommand(nodeId, result, secretLabels.has(result.label)),
    });
  }

  #tellCommand(nodeId: string, result: CommandResult, isSecret: boolean): void {
    const hasOutput =
      !isSecret && (result.status === 'failed' || result.stderr !== '' || result.stdout !== '');
    this.#tools.events.publish({
      operationId: this.#operationId,
      atMs: this.#tools.clock.now(),
      type: 'command',
      nodeId,
      label: result.label,
      status: result.status,
      output: hasOutput ? nodesWords(result).slice(0, longestShownOutput) : '',
    });
  }

  #tell(
    step: StepRecord,
    action: Action<unknown>,
    state: 'running' | 'done' | 'failed' | 'undone',
    message?: string,
  ): void {
    this.#tools.events.publish({
      operationId: this.#operationId,
      atMs: this.#tools.clock.now(),
      type: 'step',
      action: step.action,
      title: action.title,
      nodeId: step.nodeId,
      state,
      ...(message === undefined ? {} : { message }),
    });
  }
}
