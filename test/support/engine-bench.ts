import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Database, openDatabase } from '../../src/db/database.ts';
import type { OperationRecord } from '../../src/db/operations.ts';
import type { Executor } from '../../src/executors/executor.ts';
import { type Clock, systemClock } from '../../src/lib/clock.ts';
import { newId } from '../../src/lib/ids.ts';
import { silentLog } from '../../src/lib/log.ts';
import { OperationEngine } from '../../src/operations/engine.ts';
import type { Action, OperationKind, Plan, PlannedOperation } from '../../src/operations/kinds.ts';

/**
 * A clock on which waits are a thousand times shorter: back-off costs no time, and what is done every few minutes does
 * not keep the processor busy.
 */
export const hurriedClock: Clock = {
  now: () => Date.now(),
  sleep: (durationMs, signal) => systemClock.sleep(Math.ceil(durationMs / 1000), signal),
};

/** An executor for kinds that touch no node. */
const noNodes: Executor = {
  name: 'local',
  run: () => Promise.reject(new Error('no node is touched here')),
  forget: () => undefined,
  close: async () => undefined,
};

/** An engine on a real database whose steps put things into a set, and take them out again when undone. */
export class EngineBench {
  readonly world = new Set<string>();
  readonly log: string[] = [];
  /** Called before a step does anything: may throw or wait. */
  before: (direction: 'run' | 'undo', thing: string, signal: AbortSignal) => Promise<void> | void = () =>
    undefined;
  database: Database;
  engine: OperationEngine;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #slots: { maxRunning: number; maxRunningPerCluster: number };
  readonly #maxQueued: number;

  constructor(
    folder: string,
    options: { maxRunning?: number; maxRunningPerCluster?: number; maxQueued?: number; clock?: Clock } = {},
  ) {
    this.#path = join(folder, 'mortar.db');
    this.#clock = options.clock ?? hurriedClock;
    this.#slots = {
      maxRunning: options.maxRunning ?? 8,
      maxRunningPerCluster: options.maxRunningPerCluster ?? 8,
    };
    this.#maxQueued = options.maxQueued ?? 100;
    this.database = openDatabase({ path: this.#path, clock: this.#clock });
    this.engine = this.#createEngine();
    onTestFinished(() => this.close());
  }

  /** Ends the engine the hard way and starts a new one on the same database, as after a crash. */
  async restart(): Promise<void> {
    this.engine.cutOff();
    await this.engine.stop(0);
    await this.database.close();
    this.database = openDatabase({ path: this.#path, clock: this.#clock });
    this.engine = this.#createEngine();
    await this.engine.start();
  }

  async close(): Promise<void> {
    await this.engine.stop(0);
    await this.database.close();
  }

  /** Takes in an operation that puts things into the world, stage by stage. */
  submit(
    stages: readonly (readonly string[])[],
    options: { pivot?: number; clusterId?: string; kind?: string } = {},
  ): Promise<OperationRecord> {
    return this.engine.submit(async () => this.planned(stages, options));
  }

  planned(
    stages: readonly (readonly string[])[],
    options: { pivot?: number; clusterId?: string; kind?: string } = {},
  ): PlannedOperation {
    const plan: Plan = {
      stages: stages.map((things) =>
        things.map((thing) => ({ action: 'put', nodeId: null, params: { thing } })),
      ),
      ...(options.pivot === undefined ? {} : { pivot: options.pivot }),
    };
    const id = newId();
    return {
      id,
      kind: options.kind ?? 'make',
      clusterId: options.clusterId ?? null,
      target: { kind: 'thing', id },
      input: {},
      plan,
    };
  }

  #createEngine(): OperationEngine {
    const engine = new OperationEngine({
      database: this.database,
      executor: noNodes,
      clock: this.#clock,
      log: silentLog,
      slots: this.#slots,
      maxQueued: this.#maxQueued,
      commandTimeoutMs: 1000,
      resolveHost: async (nodeId) => ({ nodeId, address: nodeId }),
    });
    engine.register([this.#kind], [this.#put]);
    return engine;
  }

  readonly #kind: OperationKind = {
    name: 'make',
    finish: async (_tx, { operation }) => {
      this.log.push('finish');
      return { resultPath: `/things/${operation.id}` };
    },
    abandon: async () => {
      this.log.push('abandon');
      return {};
    },
  };

  readonly #put: Action<{ thing: string }, { put: string }> = {
    name: 'put',
    title: 'put a thing into the world',
    run: async ({ signal }, { thing }) => {
      await this.before('run', thing, signal);
      this.world.add(thing);
      this.log.push(`run ${thing}`);
      return { put: thing };
    },
    undo: async ({ signal }, { thing }) => {
      await this.before('undo', thing, signal);
      this.world.delete(thing);
      this.log.push(`undo ${thing}`);
    },
  };
}

/** Waits until the signal is aborted, then rejects with its reason. */
export const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.throwIfAborted();
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
