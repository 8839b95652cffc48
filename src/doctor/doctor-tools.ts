import type { Database } from '../db/database.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { OperationEngine } from '../operations/engine.ts';
import type { NodeAccess } from '../operations/node-access.ts';
import type { MountSettings } from '../storage/filesystem/mounts.ts';
import type { Devices } from '../topology/devices.ts';
import type { PoolWatch } from '../topology/pool-watch.ts';
import type { StorageCommands } from '../volumes/settings.ts';
import type { Volumes } from '../volumes/volumes.ts';

interface DoctorSettings {
  /** Look by itself from time to time. */
  readonly enabled: boolean;
  readonly intervalMs: number;
  /** Nodes looked at side by side. */
  readonly nodesAtOnce: number;
  /** Time that a node has for its answers. */
  readonly deadlineMs: number;
  /** How long what is in quarantine is kept at least. */
  readonly quarantineMs: number;
  /** From here on a thin pool is an error; 0: the usual. */
  readonly poolLimitPercent: number;
}

/** What the parts of the doctor work with. */
export interface DoctorTools {
  readonly database: Database;
  readonly engine: OperationEngine;
  readonly access: NodeAccess;
  readonly volumes: Pick<Volumes, 'manage'>;
  readonly commands: StorageCommands;
  readonly mountSettings: MountSettings;
  readonly devices: Pick<Devices, 'resync'>;
  readonly pools: Pick<PoolWatch, 'see'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: DoctorSettings;
}
