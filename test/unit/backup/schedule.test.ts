import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Backups } from '../../../src/backup/backups.ts';
import { FolderTarget } from '../../../src/backup/folder-target.ts';
import { BackupSchedule } from '../../../src/backup/schedule.ts';
import type { BackupTarget } from '../../../src/backup/target.ts';
import { openDatabase } from '../../../src/db/database.ts';
import { AppError } from '../../../src/errors.ts';
import type { Clock } from '../../../src/lib/clock.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Stands still until it is moved; tells what is waited for. */
class SteppingClock implements Clock {
  #nowMs = Date.UTC(2026, 10, 21);
  #sleeper: { readonly ms: number; readonly wake: () => void } | undefined;
  #onSleep: (() => void) | undefined;

  now(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason as Error));
      this.#sleeper = { ms, wake: resolve };
      this.#onSleep?.();
    });
  }

  /** Resolves with how long is waited, when somebody waits. */
  async nextSleepMs(): Promise<number> {
    while (this.#sleeper === undefined)
      await new Promise<void>((resolve) => {
        this.#onSleep = resolve;
      });
    return this.#sleeper.ms;
  }

  /** Lets the wait be over. */
  async pass(): Promise<void> {
    const ms = await this.nextSleepMs();
    this.#nowMs += ms;
    const sleeper = this.#sleeper;
    this.#sleeper = undefined;
    sleeper?.wake();
  }
}

function bench(
  change: { intervalMs?: number; keepMs?: number; target?: BackupTarget; folder?: string } = {},
) {
  const clock = new SteppingClock();
  const folder = change.folder ?? temporaryFolder();
  const database = openDatabase({ path: join(folder, 'mortar.db'), clock });
  const target = change.target ?? new FolderTarget(join(folder, 'backups'));
  const settings = { keepCount: 100, keepMs: change.keepMs ?? Number.POSITIVE_INFINITY };
  const backups = new Backups({ database, target, settings, clock, log: silentLog });
  const schedule = new BackupSchedule(backups, {
    intervalMs: change.intervalMs ?? dayMs,
    clock,
    log: silentLog,
  });
  let isStopped = false;
  const stop = async (): Promise<void> => {
    if (isStopped) return;
    isStopped = true;
    await schedule.stop();
    await database.close();
  };
  onTestFinished(stop);
  return { clock, backups, schedule, folder, stop };
}

describe('the schedule of backups', () => {
  it('makes the first soon after the start, then one each interval', async () => {
    const { clock, backups, schedule } = bench();
    schedule.start();
    expect(await clock.nextSleepMs()).toBe(60_000);
    await clock.pass();
    for (let count = 1; count <= 3; count += 1) {
      expect(await clock.nextSleepMs()).toBe(dayMs);
      expect(schedule.nextAtMs).toBe(clock.now() + dayMs);
      expect(await backups.list()).toHaveLength(count);
      await clock.pass();
    }
    await clock.nextSleepMs();
    expect((await backups.list()).map(({ manifest }) => manifest.reason)).toEqual(
      Array.from({ length: 4 }, () => 'scheduled'),
    );
  });

  it('counts from the newest there is, also over a restart', async () => {
    const first = bench();
    await first.backups.create('request');
    await first.stop();
    const next = bench({ folder: first.folder });
    next.schedule.start();
    expect(await next.clock.nextSleepMs()).toBe(dayMs);
  });

  it('is content with one that was made on request meanwhile', async () => {
    const { clock, backups, schedule } = bench();
    schedule.start();
    await clock.nextSleepMs();
    await backups.create('request');
    await clock.pass();
    expect(await clock.nextSleepMs()).toBe(dayMs - 60_000);
    expect(await backups.list()).toHaveLength(1);
  });

  it('tries again after a while when one fails, and says why', async () => {
    const folder = temporaryFolder();
    const real = new FolderTarget(join(folder, 'backups'));
    let isBroken = true;
    const target = new Proxy(real, {
      get: (inner, name) => {
        if (name === 'stage' && isBroken)
          return () => Promise.reject(new AppError('backup.failed', 'the store is down'));
        const value = Reflect.get(inner, name) as unknown;
        return typeof value === 'function' ? (value.bind(inner) as unknown) : value;
      },
    });
    const { clock, backups, schedule } = bench({ target, folder });
    schedule.start();
    await clock.pass();
    expect(await clock.nextSleepMs()).toBe(15 * 60_000);
    expect(backups.lastFailure?.message).toBe('the store is down');
    isBroken = false;
    await clock.pass();
    expect(await clock.nextSleepMs()).toBe(dayMs);
    expect(backups.lastFailure).toBeUndefined();
    expect(await backups.list()).toHaveLength(1);
  });

  it('lets old ones go by age, but never the newest', async () => {
    const { clock, backups, schedule } = bench({ intervalMs: 10 * dayMs, keepMs: 5 * dayMs });
    schedule.start();
    for (let count = 0; count < 3; count += 1) await clock.pass();
    await clock.nextSleepMs();
    expect(await backups.list()).toHaveLength(1);
    expect(Date.parse((await backups.list())[0]?.manifest.createdAt ?? '')).toBe(clock.now());
  });

  it('is none when the interval is zero', async () => {
    const { schedule, stop } = bench({ intervalMs: 0 });
    schedule.start();
    expect(schedule.nextAtMs).toBeUndefined();
    await stop();
  });

  it('lets a backup that is being made come to its end when the manager stops', async () => {
    const { clock, backups, schedule, folder } = bench();
    schedule.start();
    await clock.pass();
    while (!existsSync(join(folder, 'backups'))) await new Promise((resolve) => setImmediate(resolve));
    await schedule.stop();
    expect((await backups.list()).map(({ state }) => state)).toEqual(['good']);
  });
});
