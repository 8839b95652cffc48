import type { Reads } from '../db/queries.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { OperationEngine } from '../operations/engine.ts';
import type { TopologyApplier } from '../topology/apply.ts';
import type { Clusters } from '../topology/clusters.ts';
import type { Devices } from '../topology/devices.ts';
import type { HealthMonitor } from '../topology/health.ts';
import type { Nodes } from '../topology/nodes.ts';
import type { Volumes } from '../volumes/volumes.ts';
import type { AuthSettings } from './auth/token.ts';
import type { AdminState } from './middleware/admin-state.ts';
import type { MountHosts } from './volumes/mount-hosts.ts';

/** What the routes work with. */
export interface ApiTools {
  readonly reads: Reads;
  readonly engine: OperationEngine;
  readonly clusters: Clusters;
  readonly nodes: Nodes;
  readonly devices: Devices;
  readonly volumes: Volumes;
  readonly topology: TopologyApplier;
  readonly health: HealthMonitor;
  readonly mountHosts: MountHosts;
  readonly adminState: AdminState;
  /** Undefined: authentication is switched off. */
  readonly auth: AuthSettings | undefined;
  /** Nodes are simulated: every answer says so. */
  readonly isSimulated: boolean;
  readonly version: string;
  readonly bodyLimitBytes: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Why the server cannot serve at the moment; undefined when it can. */
  readonly notReadyReason: () => string | undefined;
}
