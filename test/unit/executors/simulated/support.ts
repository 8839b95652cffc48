import { AppError } from '../../../../src/errors.ts';
import type {
  Command,
  CommandResult,
  Executor,
  Host,
  RunOptions,
} from '../../../../src/executors/executor.ts';
import {
  createSimulatedExecutor,
  Simulation,
} from '../../../../src/executors/simulated/simulated-executor.ts';
import type { SimulationOptions } from '../../../../src/executors/simulated/simulation.ts';
import type { Clock } from '../../../../src/lib/clock.ts';
import { makeFolders } from '../../../../src/storage/filesystem/files.ts';
import { createMounts } from '../../../../src/storage/filesystem/mounts.ts';
import { makeXfs } from '../../../../src/storage/filesystem/xfs.ts';
import { createGluster } from '../../../../src/storage/gluster/gluster.ts';
import { createLvm } from '../../../../src/storage/lvm/lvm.ts';
import {
  brickLvName,
  brickPath,
  mapperPath,
  mountPoint,
  thinPoolName,
  volumeGroupName,
} from '../../../../src/storage/naming.ts';

export const lvm = createLvm({
  wrapper: [],
  chunkSizeKib: 256,
  extentSizeKib: 4096,
  dataAlignmentKib: 256,
  metadataSizeMib: 128,
  backupMetadata: false,
});
export const gluster = createGluster({ cliTimeoutSeconds: 600 });
export const mounts = createMounts({
  method: 'systemd',
  fstabFile: '/etc/fstab',
  options: 'rw,inode64,noatime,nouuid',
});

export const hostOf = (address: string): Host => ({ nodeId: `id-of-${address}`, address });
export const command = (argv: readonly string[], more: Partial<Command> = {}): Command => ({
  label: argv.join(' '),
  argv,
  ...more,
});

/** Time that passes only by hand, so that nothing is waited for and everything is in order. */
class HandClock implements Clock {
  #now = 0;
  #sleepers: { readonly dueMs: number; readonly wake: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const sleeper = { dueMs: this.#now + durationMs, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((each) => each !== sleeper);
        reject(signal.reason as Error);
      });
    });
  }

  /** Wakes sleepers in the order of their time; what they start in between is woken too. */
  async pass(durationMs: number): Promise<void> {
    const end = this.#now + durationMs;
    for (;;) {
      await settled();
      const next = this.#sleepers.toSorted((a, b) => a.dueMs - b.dueMs)[0];
      if (next === undefined || next.dueMs > end) break;
      this.#now = next.dueMs;
      this.#sleepers = this.#sleepers.filter((each) => each !== next);
      next.wake();
    }
    this.#now = end;
  }
}

/** All that is ready to run has run. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export interface Bench {
  readonly simulation: Simulation;
  readonly executor: Executor;
  readonly clock: HandClock;
  readonly run: Run<CommandResult[]>;
  /** The error of a batch that must fail. */
  readonly failure: Run<AppError>;
}

type Run<Result> = (
  address: string,
  commands: readonly Command[],
  options?: Partial<RunOptions>,
) => Promise<Result>;

export function newBench(options: SimulationOptions = {}): Bench {
  const clock = new HandClock();
  const simulation = new Simulation({ clock, ...options });
  return benchOf(simulation, clock);
}

export function benchOf(simulation: Simulation, clock = new HandClock()): Bench {
  const executor = createSimulatedExecutor({ simulation });
  const run: Bench['run'] = (address, commands, options = {}) =>
    executor.run(hostOf(address), commands, { timeoutMs: 60_000, ...options });
  return { simulation, executor, clock, run, failure: (...words) => failureOf(run(...words)) };
}

export async function failureOf(work: Promise<unknown>): Promise<AppError> {
  const outcome = await work.then(
    (value) => new Error(`it worked: ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  if (outcome instanceof AppError) return outcome;
  throw outcome;
}

const deviceId = 'dev1';
export const group = volumeGroupName(deviceId);
const gibKib = 1024 * 1024;

export const deviceCommands = (path = '/dev/sdb', id = deviceId): Command[] => [
  lvm.createPhysicalVolume(path, 'Mortar-0001-0001-0001-0001-0001-000001'),
  lvm.createVolumeGroup(path, id),
];

export const brickVolume = (id: string, sizeGib = 1): Command =>
  lvm.createBrickVolume(
    {
      brickId: id,
      volumeId: 'v',
      volumeGroup: group,
      poolName: thinPoolName(id),
      lvName: brickLvName(id),
      sizeKib: sizeGib * gibKib,
      poolKib: sizeGib * gibKib,
      metadataKib: 8192,
    },
    false,
  );

/** A brick from volume to directory, as volumes make it. */
export function brickCommands(id: string): Command[] {
  const mount = { device: mapperPath(group, brickLvName(id)), mountPoint: mountPoint(deviceId, id) };
  return [
    makeFolders([mount.mountPoint]),
    brickVolume(id),
    makeXfs({ device: mount.device, kind: 'data' }, {}, false),
    mounts.mount(mount, false),
    ...mounts.persist([mount]),
    makeFolders([brickPath(deviceId, id)]),
  ];
}

export const pathOf = (id: string): string => brickPath(deviceId, id);
export const topOf = (id: string): string => mountPoint(deviceId, id);
