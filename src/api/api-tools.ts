import type { Backups } from '../backup/backups.ts';
import type { BackupSchedule } from '../backup/schedule.ts';
import type { Reads } from '../db/queries.ts';
import type { Doctor } from '../doctor/doctor.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { OperationEngine } from '../operations/engine.ts';
import type { TopologyApplier } from '../topology/apply.ts';
import type { BrickWatch } from '../topology/brick-watch.ts';
import type { Clusters } from '../topology/clusters.ts';
import type { Devices } from '../topology/devices.ts';
import type { Evacuation } from '../topology/evacuation.ts';
import type { HealthMonitor } from '../topology/health.ts';
import type { Losses } from '../topology/losses.ts';
import type { Nodes } from '../topology/nodes.ts';
import type { PoolWatch } from '../topology/pool-watch.ts';
import type { BlockVolumes } from '../volumes/block/block-volumes.ts';
import type { HealReports } from '../volumes/heal-reports.ts';
import type { Snapshots } from '../volumes/snapshots.ts';
import type { Volumes } from '../volumes/volumes.ts';
import type { AuthSettings } from './auth/token.ts';
import type { DeviceIndex } from './metrics/device-index.ts';
import type { AdminState } from './middleware/admin-state.ts';
import type { LogLevel } from './service/log-level.ts';
import type { MountHosts } from './volumes/mount-hosts.ts';

/** What the routes work with. */
export interface ApiTools {
  readonly reads: Reads;
  readonly engine: OperationEngine;
  readonly clusters: Clusters;
  readonly nodes: Nodes;
  readonly devices: Devices;
  readonly evacuation: Evacuation;
  readonly losses: Losses;
  readonly volumes: Volumes;
  readonly healReports: HealReports;
  readonly blockVolumes: BlockVolumes;
  readonly snapshots: Snapshots;
  readonly topology: TopologyApplier;
  readonly health: HealthMonitor;
  readonly pools: Pick<PoolWatch, 'fullestOn' | 'notableOn'>;
  readonly bricks: Pick<BrickWatch, 'troubledOn'>;
  readonly mountHosts: MountHosts;
  readonly metricsIndex: DeviceIndex;
  readonly adminState: AdminState;
  readonly logLevel: LogLevel;
  readonly doctor: Doctor;
  readonly backups: Backups;
  readonly backupSchedule: BackupSchedule;
  /** The restored database agrees with the nodes: what was unfinished in it goes on. */
  readonly reconciled: () => Promise<void>;
  /** Undefined: authentication is switched off. */
  readonly auth: AuthSettings | undefined;
  /** Nodes are simulated: every answer says so. */
  readonly isSimulated: boolean;
  readonly version: string;
  readonly bodyLimitBytes: number;
  /** Event streams that may be open at the same time. */
  readonly eventStreamLimit: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Why the server cannot serve at the moment; undefined when it can. */
  readonly notReadyReason: () => string | undefined;
}
