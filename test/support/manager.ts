import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type App, createApp, type Overrides } from '../../src/app.ts';
import { manageNameOf } from '../../src/choose-executor.ts';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { readFileFromDisk } from '../../src/config/read-file.ts';
import type { Executor } from '../../src/executors/executor.ts';
import { createSimulatedExecutor, Simulation } from '../../src/executors/simulated/simulated-executor.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { Wire } from './wire.ts';

export const testKeys = { admin: 'the-admin-key', user: 'the-user-key' };

export function testConfig(folder: string, env: Readonly<Record<string, string>> = {}): Config {
  return loadConfig({
    argvFlags: { listen: '127.0.0.1:0', db: join(folder, 'mortar.db'), simulate: true },
    env: {
      HEKETI_ADMIN_KEY: testKeys.admin,
      HEKETI_USER_KEY: testKeys.user,
      MORTAR_HEALTH_ENABLED: 'false',
      MORTAR_OPERATIONS_SHUTDOWN_GRACE_SECONDS: '1',
      ...env,
    },
    readFile: readFileFromDisk,
    cwd: folder,
  }).config;
}

export interface TestManager {
  readonly app: App;
  readonly wire: Wire;
  readonly url: string;
  readonly simulation: Simulation;
  readonly folder: string;
  /** Leaves this manager for dead: nothing of it is ended in order. */
  leaveForDead(): Promise<void>;
  /** Ends this manager in order and starts another on the same database and nodes. */
  restart(): Promise<TestManager>;
}

export interface ManagerOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly folder?: string;
  readonly simulation?: Simulation;
  /** Where the world of a new simulation is kept; in memory only when absent. */
  readonly worldFile?: string;
  /** Stands between the manager and the simulated nodes. */
  readonly wrap?: (executor: Executor) => Executor;
  readonly overrides?: Overrides;
}

/** A whole manager on simulated nodes, listening on a free port; ended with the test. */
export async function startManager(options: ManagerOptions = {}): Promise<TestManager> {
  const folder = options.folder ?? temporaryFolder();
  const simulation = options.simulation ?? newSimulation(options.worldFile);
  const executor = (options.wrap ?? ((inner) => inner))(createSimulatedExecutor({ simulation }));
  const app = await createApp(testConfig(folder, options.env), { ...options.overrides, executor });
  managerOf.set(simulation, app);
  const url = `http://127.0.0.1:${await app.start()}`;
  let isStopped = false;
  const stop = async (): Promise<void> => {
    if (isStopped) return;
    isStopped = true;
    await app.stop();
  };
  onTestFinished(stop);
  return {
    app,
    url,
    simulation,
    folder,
    wire: new Wire(url, testKeys),
    async leaveForDead() {
      isStopped = true;
      app.engine.cutOff();
      await app.database.close();
    },
    async restart() {
      await stop();
      return startManager({ ...options, folder, simulation });
    },
  };
}

/** The manager that a simulated world belongs to at the moment: it knows which storage name is which node's. */
const managerOf = new WeakMap<Simulation, App>();

function newSimulation(worldFile?: string): Simulation {
  const simulation: Simulation = new Simulation({
    ...(worldFile === undefined ? {} : { stateFile: worldFile }),
    resolveStorageHost: async (name) => {
      const app = managerOf.get(simulation);
      return app === undefined ? undefined : manageNameOf(app.database.read, name);
    },
  });
  return simulation;
}

export interface TestTopology {
  readonly clusterId: string;
  readonly nodeIds: readonly string[];
}

/** Loads a cluster of so many nodes, each with so many devices, in three zones. */
export async function loadNodes(wire: Wire, nodes: number, devices: number): Promise<TestTopology> {
  const clusterId = (await wire.send('/clusters', { body: { file: true, block: true } })).json().id as string;
  const nodeIds: string[] = [];
  for (let index = 1; index <= nodes; index += 1) {
    const node = await wire.finish('/nodes', {
      body: {
        zone: ((index - 1) % 3) + 1,
        cluster: clusterId,
        hostnames: { manage: [`node${index}`], storage: [`192.0.2.${index}`] },
      },
    });
    if (node.status !== 200) throw new Error(`node ${index}: ${node.status} ${node.text}`);
    nodeIds.push(node.json().id as string);
  }
  const paths = Array.from({ length: devices }, (_, index) => `/dev/sd${String.fromCharCode(98 + index)}`);
  const added = await Promise.all(
    nodeIds.flatMap((node) => paths.map((name) => wire.finish('/devices', { body: { node, name } }))),
  );
  const failed = added.find(({ status }) => status !== 204);
  if (failed !== undefined) throw new Error(`device: ${failed.status} ${failed.text}`);
  return { clusterId, nodeIds };
}

export const replica3 = (sizeGib: number, change: Record<string, unknown> = {}) => ({
  size: sizeGib,
  durability: { type: 'replicate', replicate: { replica: 3 } },
  ...change,
});
