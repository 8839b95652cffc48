import { AdminState } from './api/middleware/admin-state.ts';
import { createServer } from './api/server.ts';
import { MountHosts } from './api/volumes/mount-hosts.ts';
import { chooseExecutor } from './choose-executor.ts';
import type { Config } from './config/config.ts';
import { type Database, openDatabase } from './db/database.ts';
import { AppError } from './errors.ts';
import type { Executor } from './executors/executor.ts';
import { HttpListener } from './http-listener.ts';
import { type Clock, systemClock } from './lib/clock.ts';
import { type Log, silentLog } from './lib/log.ts';
import { OperationEngine } from './operations/engine.ts';
import { NodeAccess } from './operations/node-access.ts';
import { Retention } from './retention.ts';
import { storageCommands, volumeSettings } from './settings.ts';
import { TopologyApplier } from './topology/apply.ts';
import { Clusters } from './topology/clusters.ts';
import { Devices } from './topology/devices.ts';
import { HealthMonitor } from './topology/health.ts';
import { Nodes } from './topology/nodes.ts';
import type { TopologyTools } from './topology/topology-tools.ts';
import { version } from './version.ts';
import { InventoryIndex } from './volumes/inventory-index.ts';
import { Volumes } from './volumes/volumes.ts';

/** Parts that a test may bring itself. */
export interface Overrides {
  readonly executor?: Executor;
  readonly clock?: Clock;
  readonly log?: Log;
}

export interface App {
  readonly database: Database;
  readonly engine: OperationEngine;
  readonly health: HealthMonitor;
  readonly adminState: AdminState;
  /** Takes up unfinished operations and listens. @returns the port. */
  start(): Promise<number>;
  /** Takes nothing more in, lets what runs come to a good place, and closes everything; bounded in time. */
  stop(): Promise<void>;
}

/** Builds a manager from its configuration and wires its parts together. @throws AppError `database.unusable`, `config.invalid`. */
export async function createApp(config: Config, overrides: Overrides = {}): Promise<App> {
  const clock = overrides.clock ?? systemClock;
  const log = overrides.log ?? silentLog;
  const database = await openWhenFree(config, clock, log);
  const executor = overrides.executor ?? chooseExecutor(config, database.read);
  const engine = createEngine(config, { database, executor, clock, log });
  const { lvm, gluster, ...commands } = storageCommands(config);
  const access = new NodeAccess(executor);
  const tools = { database, engine, access, clock, log, lvm, gluster, settings: topologySettings(config) };
  const topology = createTopology(config, tools);
  const index = await InventoryIndex.open(database, topology.health);
  topology.health.onChange = (nodeId) => index.refreshNode(nodeId, database.read);
  const volumes = new Volumes({
    engine,
    reads: database.read,
    commands: { lvm, gluster, ...commands },
    tools: { index, settings: volumeSettings(config), nowMs: () => clock.now() },
  });
  const adminState = new AdminState(config.adminState);
  return new Manager(config, { ...tools, ...topology, executor, volumes, adminState });
}

type Parts = TopologyTools &
  ReturnType<typeof createTopology> & {
    readonly executor: Executor;
    readonly volumes: Volumes;
    readonly adminState: AdminState;
  };

/** Starts and stops the parts in the right order. */
class Manager implements App {
  readonly database: Database;
  readonly engine: OperationEngine;
  readonly health: HealthMonitor;
  readonly adminState: AdminState;
  readonly #executor: Executor;
  readonly #listener: HttpListener;
  readonly #retention: Retention;
  readonly #graceMs: number;
  #notReady: string | undefined = 'starting';

  constructor(config: Config, parts: Parts) {
    const { database, engine, health, adminState, executor, clock, log } = parts;
    this.database = database;
    this.engine = engine;
    this.health = health;
    this.adminState = adminState;
    this.#executor = executor;
    this.#graceMs = config.operations.shutdownGraceSeconds * 1000;
    this.#retention = new Retention(database, config, clock, log);
    const mountHosts = new MountHosts(database.read);
    database.observe(mountHosts);
    const server = createServer({
      ...parts,
      reads: database.read,
      mountHosts,
      auth: authOf(config),
      isSimulated: executor.name === 'simulated',
      version,
      bodyLimitBytes: config.limits.bodyKib * 1024,
      notReadyReason: () => this.#notReady,
    });
    const handle = server.callback();
    this.#listener = new HttpListener(config, (request, response) => void handle(request, response));
  }

  async start(): Promise<number> {
    await this.engine.start();
    const port = await this.#listener.listen();
    this.#retention.start();
    this.health.start();
    this.#notReady = undefined;
    return port;
  }

  async stop(): Promise<void> {
    this.#notReady = 'shutting down';
    this.#retention.stop();
    await Promise.all([
      this.#listener.close(this.#graceMs),
      this.engine.stop(this.#graceMs),
      this.health.stop(),
    ]);
    await this.#executor.close();
    await this.database.close();
  }
}

function createTopology(config: Config, tools: TopologyTools) {
  const clusters = new Clusters(tools.database, tools.clock);
  const nodes = new Nodes(tools);
  const devices = new Devices(tools);
  const health = new HealthMonitor(tools, {
    enabled: config.health.enabled,
    startDelayMs: config.health.startDelaySeconds * 1000,
    intervalMs: config.health.intervalSeconds * 1000,
  });
  return {
    clusters,
    nodes,
    devices,
    health,
    topology: new TopologyApplier(tools, { clusters, nodes, devices }),
  };
}

const topologySettings = ({ health, gluster }: Config): TopologyTools['settings'] => ({
  probeTimeoutMs: health.probeTimeoutSeconds * 1000,
  snapshotLimit: gluster.snapshotLimit,
});

type EngineParts = { database: Database; executor: Executor; clock: Clock; log: Log };

function createEngine(config: Config, parts: EngineParts): OperationEngine {
  const { maxRunning, maxRunningPerCluster, maxQueued, commandTimeoutSeconds } = config.operations;
  return new OperationEngine({
    ...parts,
    slots: { maxRunning, maxRunningPerCluster },
    maxQueued,
    commandTimeoutMs: commandTimeoutSeconds * 1000,
    async resolveHost(nodeId) {
      const node = await parts.database.read.nodes.find(nodeId);
      if (node === undefined)
        throw new AppError('object.not_found', `the node ${nodeId} is not on record any more`);
      return { nodeId, address: node.manageNames[0] ?? '' };
    },
  });
}

function authOf({ auth, secrets }: Config) {
  if (!auth.enabled) return undefined;
  return {
    adminKey: secrets.adminKey?.reveal() ?? '',
    userKey: secrets.userKey?.reveal() ?? '',
    iatLeewaySeconds: auth.iatLeewaySeconds,
  };
}

const lockPauseMs = 1000;

/** Opens the database; while another Mortar has it, waits or fails as configured. */
async function openWhenFree({ database }: Config, clock: Clock, log: Log): Promise<Database> {
  for (let tries = 0; ; tries += 1) {
    try {
      return openDatabase({ path: database.path, clock });
    } catch (thrown) {
      const isLocked = thrown instanceof AppError && thrown.details.isLocked === true;
      if (!isLocked || database.whenLocked === 'fail') throw thrown;
      if (tries === 0)
        log.warn({ path: database.path }, 'another Mortar works with the database: waiting for it to end');
      await clock.sleep(lockPauseMs);
    }
  }
}
