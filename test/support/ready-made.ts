import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Simulation } from '../../src/executors/simulated/simulated-executor.ts';
import { loadNodes, type ManagerOptions, startManager, type TestManager } from './manager.ts';
import { temporaryFolder } from './temporary-folder.ts';

const worldIn = (folder: string): string => join(folder, 'world.jsonl');

/**
 * A manager and its nodes, made once and begun from as often as wanted: to load the nodes and to make what is on them takes
 * many times as long as to copy the files of both.
 */
export class ReadyMade<Prepared> {
  /** What `prepare` has returned. */
  readonly prepared: Prepared;
  readonly #folder: string;
  readonly #options: ManagerOptions;

  private constructor(folder: string, options: ManagerOptions, prepared: Prepared) {
    this.#folder = folder;
    this.#options = options;
    this.prepared = prepared;
  }

  /** Three nodes with two devices each, and what `prepare` makes of them. */
  static async make<Prepared>(
    options: ManagerOptions,
    prepare: (manager: TestManager) => Promise<Prepared>,
  ): Promise<ReadyMade<Prepared>> {
    const folder = temporaryFolder();
    const manager = await startManager({ ...options, folder, worldFile: worldIn(folder) });
    await loadNodes(manager.wire, 3, 2);
    const prepared = await prepare(manager);
    await manager.app.stop();
    // The world as one picture, instead of all that ever happened in it.
    const world = new Simulation({ stateFile: worldIn(folder), compactAfter: 0 });
    expect(world.hosts().length).toBeGreaterThanOrEqual(3);
    return new ReadyMade(folder, options, prepared);
  }

  /** Another manager on nodes of its own, at the same moment. */
  async begin(more: Pick<ManagerOptions, 'wrap'> = {}): Promise<TestManager> {
    const folder = temporaryFolder();
    cpSync(this.#folder, folder, { recursive: true });
    return startManager({ ...this.#options, ...more, folder, worldFile: worldIn(folder) });
  }
}
