import type BetterSqlite3 from 'better-sqlite3';
import { AppError } from '../errors.ts';
import { toDatabaseError } from './errors.ts';

interface Job {
  readonly run: () => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (thrown: unknown) => void;
}

export interface GroupHooks {
  /** Before each job. */
  begin(): void;
  /** The job's work is done and still inside its transaction; throwing undoes the job. */
  beforeCommit(): Promise<void>;
  /** The group can be seen by those who read. */
  committed(): void;
  /** Makes all that was committed durable. */
  sync(): Promise<void>;
  /** What was seen by `beforeCommit` since the last commit did not come to be. */
  rolledBack(): Promise<void>;
}

/** At most so many jobs share one commit, so that none waits long for its neighbours. */
const maxJobsPerCommit = 200;

/**
 * Writes to SQLite, one job after another, each atomic in itself (a savepoint), many of them sharing one durable commit.
 * A job's promise is settled only after the commit that holds it, so what the caller is told is on disk.
 * Jobs must not wait for anything but the database. While a commit goes to the disk others are served, and who wants to
 * write meanwhile joins the next one.
 */
export class GroupWriter {
  readonly #connection: BetterSqlite3.Database;
  readonly #hooks: GroupHooks;
  #queue: Job[] = [];
  #draining: Promise<void> | undefined;
  #syncing: Promise<void> | undefined;
  #failure: AppError | undefined;
  #closed = false;

  constructor(connection: BetterSqlite3.Database, hooks: GroupHooks) {
    this.#connection = connection;
    this.#hooks = hooks;
  }

  /** Runs `work` in a transaction of its own; resolves or rejects when it is durable or undone. */
  write<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new AppError('server.stopping', 'the database is closed'));
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ run: work, resolve: resolve as (value: unknown) => void, reject });
      this.#draining ??= this.#drain();
    });
  }

  /** While something can be read that is not durable yet: resolves when it is. Never rejects. */
  get durable(): Promise<void> | undefined {
    return this.#syncing;
  }

  /** Takes no more work and waits for what is queued. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#draining;
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      // One turn of the event loop: whoever is ready to write joins the same commit.
      await new Promise((resolve) => setImmediate(resolve));
      await this.#commitGroup(this.#queue.splice(0, maxJobsPerCommit));
    }
    this.#draining = undefined;
  }

  async #commitGroup(jobs: readonly Job[]): Promise<void> {
    const settle: (() => void)[] = [];
    try {
      this.#connection.exec('begin immediate');
      for (const job of jobs) settle.push(await this.#runJob(job));
      this.#connection.exec('commit');
    } catch (thrown) {
      await this.#undo();
      const error = toDatabaseError(thrown, this.#connection.name);
      for (const job of jobs) job.reject(error);
      return;
    }
    this.#hooks.committed();
    this.#syncing = this.#sync();
    await this.#syncing;
    this.#syncing = undefined;
    if (this.#failure === undefined) for (const tell of settle) tell();
    else for (const job of [...jobs, ...this.#queue.splice(0)]) job.reject(this.#failure);
  }

  /**
   * After a failure nobody knows what of the log is on the disk, and the kernel tells of it only once: nothing is written
   * any more until a restart has read what is really there.
   */
  async #sync(): Promise<void> {
    try {
      await this.#hooks.sync();
    } catch (thrown) {
      this.#failure = new AppError(
        'database.unusable',
        `${this.#connection.name}: changes cannot be brought to the disk (${thrown instanceof Error ? thrown.message : String(thrown)}); look at the disk, then restart Mortar`,
        { cause: thrown, status: 503 },
      );
    }
  }

  /** Whatever else fails now, those who wait are told, and the next group has its turn. */
  async #undo(): Promise<void> {
    try {
      if (this.#connection.inTransaction) this.#connection.exec('rollback');
      await this.#hooks.rolledBack();
    } catch {
      // The file is in trouble: the error of the commit says so.
    }
  }

  async #runJob(job: Job): Promise<() => void> {
    this.#connection.exec('savepoint job');
    this.#hooks.begin();
    try {
      const value = await job.run();
      await this.#hooks.beforeCommit();
      this.#connection.exec('release job');
      return () => job.resolve(value);
    } catch (thrown) {
      // SQLite ends the whole transaction by itself when the disk is full: then the group is lost, not just the job.
      if (!this.#connection.inTransaction) throw thrown;
      this.#connection.exec('rollback to job');
      this.#connection.exec('release job');
      return () => job.reject(toDatabaseError(thrown, this.#connection.name));
    }
  }
}
