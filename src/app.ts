import { DeviceIndex } from './api/metrics/device-index.ts';
import { AdminState } from './api/middleware/admin-state.ts';
import { createServer } from './api/server.ts';
import { type LevelHolder, LogLevel } from './api/service/log-level.ts';
import { MountHosts } from './api/volumes/mount-hosts.ts';
import type { Backups } from './backup/backups.ts';
import type { BackupSchedule } from './backup/schedule.ts';
import { chooseExecutor } from './choose-executor.ts';
import type { Config } from './config/config.ts';
import { createBackups } from './create-backups.ts';
import { createDoctor } from './create-doctor.ts';
import { createRemoval } from './create-removal.ts';
import type { Database } from './db/database.ts';
import type { Doctor } from './doctor/doctor.ts';
import type { Executor } from './executors/executor.ts';
import { HttpListener } from './http-listener.ts';
import { type Clock, systemClock } from './lib/clock.ts';
import { type Log, silentLog } from './lib/log.ts';
import { openWhenFree } from './open-when-free.ts';
import { OperationEngine } from './operations/engine.ts';
import { NodeAccess } from './operations/node-access.ts';
import { NodeHosts } from './operations/node-hosts.ts';
import { Retention } from './retention.ts';
import { storageCommands, volumeSettings } from './settings.ts';
import { TopologyApplier } from './topology/apply.ts';
import { BrickWatch } from './topology/brick-watch.ts';
import { Clusters } from './topology/clusters.ts';
import { Devices } from './topology/devices.ts';
import { HealthMonitor } from './topology/health.ts';
import { Nodes } from './topology/nodes.ts';
import { PoolWatch } from './topology/pool-watch.ts';
import type { TopologyTools } from './topology/topology-tools.ts';
import { version } from './version.ts';
import { BlockVolumes } from './volumes/block/block-volumes.ts';
import { HealReports } from './volumes/heal-reports.ts';
import { InventoryIndex } from './volumes/inventory-index.ts';
import { Snapshots } from './volumes/snapshots.ts';
import { Volumes } from './volumes/volumes.ts';

/** Parts that a test may bring itself. */
export interface Overrides {
  readonly executor?: Executor;
  readonly clock?: Clock;
  readonly log?: Log;
  /** How much of the log is told. */
  readonly logLevel?: LevelHolder;
}

export interface App {
  readonly database: Database;
  readonly engine: OperationEngine;
  readonly health: HealthMonitor;
  readonly doctor: Doctor;
  readonly adminState: AdminState;
  /** Takes up unfinished operations and listens. @returns the port. */
  start(): Promise<number>;
  /** The restored database agrees with the nodes again: removes its mark and takes up unfinished operations. */
  reconciled(): Promise<void>;
  /** Reads the certificate of the server again; connections that are open keep the one they began with. */
  reloadCertificate(): void;
  /** Takes nothing more in, lets what runs come to a good place, and closes everything; bounded in time. */
  stop(): Promise<void>;
}

/** Builds a manager from its configuration and wires its parts together. @throws AppError `database.unusable`, `config.invalid`. */
export async function createApp(config: Config, overrides: Overrides = {}): Promise<App> {
  const clock = overrides.clock ?? systemClock;
  const log = overrides.log ?? silentLog;
  const database = await openWhenFree(config, { clock, log });
  const executor = overrides.executor ?? (await chooseExecutor(config, database.read));
  const engine = createEngine(config, { database, executor, clock, log });
  const commands = storageCommands(config);
  const { lvm, gluster, mounts } = commands;
  const access = new NodeAccess(executor, database.read.nodes);
  const tools = {
    database,
    engine,
    access,
    clock,
    log,
    lvm,
    gluster,
    mounts,
    settings: topologySettings(config),
  };
  const topology = createTopology(config, tools);
  const index = await InventoryIndex.open(database, topology.health, topology.pools);
  topology.health.onChange = (nodeId) => index.refreshNode(nodeId, database.read);
  const reads = database.read;
  const volumeTools = { index, settings: volumeSettings(config), nowMs: () => clock.now() };
  topology.pools.onChange = (nodeId) => index.refreshNode(nodeId, database.read);
  const volumes = new Volumes({
    engine,
    reads,
    commands,
    tools: volumeTools,
  });
  const blockVolumes = new BlockVolumes({
    engine,
    reads,
    access,
    exporter: commands.block,
    tools: volumeTools,
  });
  const snapshots = new Snapshots({ ...tools, ...config.lvm, reads, commands });
  const removal = createRemoval(tools, { ...topology, volumes });
  const adminState = new AdminState(config.adminState);
  const backups = createBackups(config, { database, clock, log });
  const doctor = createDoctor(config, { ...tools, ...topology, volumes });
  const parts = { ...tools, ...topology, ...backups, ...removal };
  const logLevel = new LogLevel(overrides.logLevel ?? { level: config.log.level });
  return new Manager(config, {
    ...parts,
    executor,
    volumes,
    blockVolumes,
    snapshots,
    doctor,
    adminState,
    logLevel,
  });
}

type Parts = TopologyTools &
  ReturnType<typeof createTopology> &
  ReturnType<typeof createRemoval> & {
    readonly executor: Executor;
    readonly volumes: Volumes;
    readonly blockVolumes: BlockVolumes;
    readonly snapshots: Snapshots;
    readonly doctor: Doctor;
    readonly adminState: AdminState;
    readonly logLevel: LogLevel;
    readonly backups: Backups;
    readonly backupSchedule: BackupSchedule;
  };

/** Starts and stops the parts in the right order. */
class Manager implements App {
  readonly database: Database;
  readonly engine: OperationEngine;
  readonly health: HealthMonitor;
  readonly doctor: Doctor;
  readonly adminState: AdminState;
  readonly #executor: Executor;
  readonly #listener: HttpListener;
  readonly #retention: Retention;
  readonly #backups: Backups;
  readonly #schedule: BackupSchedule;
  readonly #log: Log;
  readonly #graceMs: number;
  #notReady: string | undefined = 'starting';
  #reconciling: Promise<void> | undefined;

  constructor(config: Config, parts: Parts) {
    const { database, engine, health, adminState, executor, clock, log } = parts;
    this.#backups = parts.backups;
    this.#schedule = parts.backupSchedule;
    this.#log = log;
    this.database = database;
    this.engine = engine;
    this.health = health;
    this.doctor = parts.doctor;
    this.adminState = adminState;
    this.#executor = executor;
    this.#graceMs = config.operations.shutdownGraceSeconds * 1000;
    this.#retention = new Retention(database, config, clock, log);
    const mountHosts = new MountHosts(database.read);
    database.observe(mountHosts);
    const metricsIndex = new DeviceIndex(database.read.gauges);
    database.observe(metricsIndex);
    const server = createServer({
      ...parts,
      reads: database.read,
      healReports: new HealReports({ ...parts, reads: database.read }),
      mountHosts,
      metricsIndex,
      auth: authOf(config),
      isSimulated: executor.name === 'simulated',
      version,
      bodyLimitBytes: config.limits.bodyKib * 1024,
      eventStreamLimit: config.limits.eventStreams,
      notReadyReason: () => this.#notReady,
      reconciled: () => this.reconciled(),
    });
    const handle = server.callback();
    this.#listener = new HttpListener(config, (request, response) => void handle(request, response), log);
  }

  async start(): Promise<number> {
    const isRestored = await this.#takeUp();
    const port = await this.#listener.listen();
    this.#retention.start();
    this.#schedule.start();
    this.health.start();
    this.doctor.start();
    if (isRestored) this.#reconciling = this.#reconcile();
    this.#notReady = undefined;
    return port;
  }

  reloadCertificate(): void {
    this.#listener.reloadCertificate();
  }

  async reconciled(): Promise<void> {
    await this.database.write((tx) => tx.marks.clearRestored());
    this.#log.info({}, 'the restored database is reconciled with the nodes: unfinished operations go on');
    await this.engine.start();
  }

  /**
   * What was unfinished in a backup may long be done, or undone, or wanted otherwise: it waits for `reconciled`.
   *
   * @returns whether the database was restored and not yet reconciled.
   */
  async #takeUp(): Promise<boolean> {
    const restored = await this.database.read.marks.restored();
    if (restored === undefined) {
      await this.engine.start();
      return false;
    }
    this.#log.warn(
      { ...restored },
      'the database was restored from a backup: unfinished operations wait until it is reconciled with the nodes',
    );
    return true;
  }

  /**
   * Takes up again what came after the backup. When nothing differs then and nothing was unfinished, the mark goes by
   * itself; else a person looks and confirms.
   */
  async #reconcile(): Promise<void> {
    try {
      const unfinished = await this.database.read.operations.listUnfinished();
      const { taken, refused, left } = await this.doctor.reconcile();
      const wrong = left.filter(({ severity }) => severity !== 'info');
      if (refused.length + wrong.length + unfinished.length === 0) {
        await this.reconciled();
        return;
      }
      this.#log.warn(
        { taken, refused, left: wrong.length, unfinished: unfinished.length },
        'the restored database needs a look: mortar doctor; when all is right: mortar backup confirm',
      );
    } catch (thrown) {
      this.#log.warn(
        { err: thrown },
        'the restored database could not be reconciled: mortar doctor reconcile',
      );
    }
  }

  async stop(): Promise<void> {
    this.#notReady = 'shutting down';
    this.#retention.stop();
    await Promise.all([
      this.#listener.close(this.#graceMs),
      this.engine.stop(this.#graceMs),
      this.health.stop(),
      this.doctor.stop(),
      this.#schedule.stop(),
      this.#reconciling,
    ]);
    this.#backups.close();
    await this.#executor.close();
    await this.database.close();
  }
}

function createTopology(config: Config, tools: TopologyTools) {
  const clusters = new Clusters(tools.database, tools.clock);
  const nodes = new Nodes(tools);
  const devices = new Devices(tools);
  const pools = new PoolWatch(config.lvm.poolLimitPercent);
  tools.database.observe(pools);
  const healthSettings = {
    enabled: config.health.enabled,
    startDelayMs: config.health.startDelaySeconds * 1000,
    intervalMs: config.health.intervalSeconds * 1000,
  };
  const bricks = new BrickWatch();
  const health = new HealthMonitor(tools, healthSettings, { pools, bricks });
  return {
    clusters,
    nodes,
    devices,
    pools,
    bricks,
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
  const hosts = new NodeHosts(parts.database.read.nodes);
  parts.database.observe(hosts);
  return new OperationEngine({
    ...parts,
    slots: { maxRunning, maxRunningPerCluster },
    maxQueued,
    commandTimeoutMs: commandTimeoutSeconds * 1000,
    resolveHost: (nodeId) => hosts.of(nodeId),
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
