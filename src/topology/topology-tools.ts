import type { Database } from '../db/database.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { OperationEngine } from '../operations/engine.ts';
import type { NodeAccess } from '../operations/node-access.ts';
import type { Mounts } from '../storage/filesystem/mounts.ts';
import type { Gluster } from '../storage/gluster/gluster.ts';
import type { Lvm } from '../storage/lvm/lvm.ts';

interface TopologySettings {
  /** How long a node may take to answer a look. */
  readonly probeTimeoutMs: number;
  /** `gluster snapshot config snap-max-hard-limit` for new clusters; 0 leaves gluster's own. */
  readonly snapshotLimit: number;
}

/** What the parts of the topology room work with. */
export interface TopologyTools {
  readonly database: Database;
  readonly engine: OperationEngine;
  readonly access: NodeAccess;
  readonly lvm: Lvm;
  readonly gluster: Gluster;
  readonly mounts: Mounts;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: TopologySettings;
}
