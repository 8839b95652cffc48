import { type AppError, toAppError } from '../../../errors.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { Lanes } from '../../../lib/lanes.ts';
import type { Command, CommandResult, Host } from '../../executor.ts';
import { commandFailed, succeeded } from '../../failure.ts';
import type { FaultEffect, Faults, Fired } from '../control/faults.ts';
import type { Latency } from '../control/latency.ts';
import type { Answer } from '../world/answer.ts';
import { abortError, type BatchOrder, floodError, isFlood, lostError, timeoutError } from './batch-errors.ts';

/** What a batch finds in a simulation. */
export interface Surroundings {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly latency: Latency;
  /** Locks on the nodes, by host and name. */
  readonly locks: Lanes;
  /** Runs a program on a node, at once. */
  execute(host: Host, argv: readonly string[], stdin?: string): Answer;
  /** Keeps what was changed for the next process: before anybody is told of it, and before time passes. */
  keep(): void;
  /** Learns which nodes are meant by host names in the command. */
  learnNames(argv: readonly string[]): Promise<void> | undefined;
  /** Takes the lock that glusterd takes for the command: its release, or the refusal when somebody else holds it. */
  begin(host: Host, argv: readonly string[]): (() => void) | Answer;
  powerOff(address: string): void;
}

/** The reason for which the deadline of a batch is called off; made once, since an error costs its stack. */
const over = new Error('the batch is over');

/** A timer cannot be set for longer. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * One batch on its way. What it does to the node and what its caller learns are apart: a batch that is cut off rejects at
 * once, while a command that cannot be stopped goes on, holding the batch's lock, until it ends.
 */
export class BatchRun {
  readonly outcome: Promise<CommandResult[]>;
  /** Resolves when nothing of it goes on any more. */
  readonly finished: Promise<void>;
  readonly #around: Surroundings;
  readonly #order: BatchOrder;
  readonly #results: CommandResult[] = [];
  /** Aborted when the batch is cut off. */
  readonly #cut = new AbortController();
  /** Why the batch was cut off. */
  #reason: AppError | undefined;
  /** Ends the wait for the deadline. */
  #deadline: AbortController | undefined;
  /** Aborted when the node dies: then nothing goes on. */
  readonly #death = new AbortController();
  #isLocked: boolean;
  #reject: (error: AppError) => void = () => undefined;
  readonly #onAbort = (): void => this.callOff(this.#order.options.signal?.reason);

  constructor(around: Surroundings, order: BatchOrder) {
    this.#around = around;
    this.#order = order;
    this.#isLocked = order.options.lock === undefined;
    let work: Promise<unknown> = Promise.resolve();
    this.outcome = new Promise((resolve, reject) => {
      this.#reject = reject;
      work = this.#work().then(resolve, reject);
    });
    this.finished = work.then(() => undefined);
  }

  /** Ends the batch on its caller's word. */
  callOff(cause: unknown): void {
    this.#end(() => abortError(this.#order, this.#progress(), cause));
  }

  /** The connection breaks: the batch is ended, and its caller does not know how far it came. */
  lose(reason: string): void {
    this.#end(() => lostError(this.#order, this.#progress(), reason));
  }

  /** The node dies: nothing goes on. */
  die(): void {
    this.lose('the node lost its power');
    this.#death.abort();
  }

  #throwIfCut(): void {
    if (this.#reason !== undefined) throw this.#reason;
  }

  #end(error: () => AppError): void {
    if (this.#reason !== undefined) return;
    const reason = error();
    this.#reason = reason;
    this.#around.keep();
    this.#cut.abort(reason);
    this.#reject(reason);
  }

  async #work(): Promise<CommandResult[]> {
    const { host, options } = this.#order;
    const { signal, lock } = options;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    try {
      if (lock === undefined) return await this.#runAll();
      const key = `${host.address}/${lock}`;
      if (!this.#around.locks.isFree([key])) this.#timePasses();
      return await this.#around.locks.with(
        [key],
        () => this.#runAll(),
        this.#deadline === undefined ? undefined : this.#cut.signal,
      );
    } finally {
      this.#around.keep();
      this.#deadline?.abort(over);
      signal?.removeEventListener('abort', this.#onAbort);
    }
  }

  /** The first time that something takes time: what takes none cannot miss its deadline. */
  #timePasses(): void {
    this.#around.keep();
    if (this.#deadline !== undefined) return;
    this.#deadline = new AbortController();
    const { timeoutMs } = this.#order.options;
    void this.#around.clock.sleep(Math.min(timeoutMs, longestTimerMs), this.#deadline.signal).then(
      () => this.#end(() => timeoutError(this.#order, this.#progress())),
      () => undefined,
    );
  }

  async #runAll(): Promise<CommandResult[]> {
    this.#isLocked = true;
    const { host, commands } = this.#order;
    await this.#pause(this.#around.latency.ofBatch(host));
    for (const command of commands) {
      const result = await this.#step(command);
      this.#throwIfCut();
      this.#results.push(result);
      this.#tell(result);
    }
    return this.#results;
  }

  async #step(command: Command): Promise<CommandResult> {
    const { host } = this.#order;
    if (command.unless !== undefined && this.#around.execute(host, command.unless).exitCode === 0) {
      return { label: command.label, status: 'skipped', exitCode: 0, stdout: '', stderr: '' };
    }
    const fired = this.#around.faults.next(host, command, this.#results.length + 1);
    const answer = await this.#perform(command, fired);
    return this.#judge(command, answer);
  }

  async #perform(command: Command, fired: Fired | undefined): Promise<Answer> {
    const { host } = this.#order;
    this.#strike(fired?.effect, 'before');
    const learnt = this.#around.learnNames(command.argv);
    if (learnt !== undefined) {
      this.#timePasses();
      await learnt;
    }
    const begun = this.#around.begin(host, command.argv);
    if (typeof begun !== 'function') return begun;
    try {
      await this.#pause(this.#around.latency.ofCommand(host, command), command);
      await this.#suffer(command, fired);
      const answer =
        fired?.effect.kind === 'fail' ? this.#fail(command, fired.effect) : this.#execute(command);
      this.#strike(fired?.effect, 'after');
      return fired?.effect.kind === 'corrupt' ? halved(answer) : answer;
    } finally {
      begun();
    }
  }

  #execute({ argv, stdin }: Command): Answer {
    return this.#around.execute(this.#order.host, argv, stdin);
  }

  #fail(command: Command, effect: Extract<FaultEffect, { kind: 'fail' }>): Answer {
    if (effect.afterEffect === true) this.#execute(command);
    return {
      exitCode: effect.exitCode ?? 1,
      stdout: effect.stdout ?? '',
      stderr: effect.stderr ?? 'a fault to order\n',
    };
  }

  /** Faults that end the batch. */
  #strike(effect: FaultEffect | undefined, when: 'before' | 'after'): void {
    if (effect?.kind === 'cut' && effect.when === when) this.lose('a fault to order');
    if (effect?.kind === 'powerOff' && effect.when === when) this.#around.powerOff(this.#order.host.address);
    this.#throwIfCut();
  }

  /** Faults that take time. */
  async #suffer(command: Command, fired: Fired | undefined): Promise<void> {
    if (fired?.effect.kind === 'delay') await this.#pause(fired.effect.delayMs, command);
    if (fired?.effect.kind === 'hang') await this.#orEnd(fired.removed, command);
  }

  /** Waits; ends early with the batch, or for what is unstoppable only with the node. */
  async #pause(durationMs: number, command?: Command): Promise<void> {
    if (durationMs <= 0) return;
    this.#timePasses();
    await this.#around.clock.sleep(durationMs, this.#endOf(command));
  }

  async #orEnd(work: Promise<void>, command: Command): Promise<void> {
    const end = this.#endOf(command);
    end.throwIfAborted();
    this.#timePasses();
    await new Promise<void>((resolve, reject) => {
      end.addEventListener('abort', () => reject(toAppError(end.reason)), { once: true });
      void work.then(resolve);
    });
  }

  #endOf(command: Command | undefined): AbortSignal {
    return command?.unstoppable === true ? this.#death.signal : this.#cut.signal;
  }

  #judge(command: Command, { exitCode, stdout, stderr }: Answer): CommandResult {
    const { label } = command;
    if (isFlood(command, { stdout, stderr })) throw floodError(this.#order, command, this.#results);
    const status = succeeded(command, exitCode, stdout) ? 'ok' : 'failed';
    const result: CommandResult = { label, status, exitCode, stdout, stderr };
    if (status === 'ok' || command.optional === true) return result;
    throw commandFailed(this.#order.host, result, [...this.#results]);
  }

  #tell(result: CommandResult): void {
    const { onResult } = this.#order.options;
    if (onResult === undefined) return;
    try {
      onResult(result);
    } catch (thrown) {
      throw toAppError(thrown);
    }
  }

  #progress(): { readonly results: readonly CommandResult[]; readonly isLocked: boolean } {
    return { results: [...this.#results], isLocked: this.#isLocked };
  }
}

const halved = (answer: Answer): Answer => ({
  ...answer,
  stdout: answer.stdout.slice(0, Math.floor(answer.stdout.length / 2)),
});
