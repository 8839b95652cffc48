import type { Config } from './config/config.ts';
import type { Database } from './db/database.ts';
import { Doctor } from './doctor/doctor.ts';
import type { Clock } from './lib/clock.ts';
import type { Log } from './lib/log.ts';
import type { OperationEngine } from './operations/engine.ts';
import type { NodeAccess } from './operations/node-access.ts';
import { storageCommands } from './settings.ts';
import type { Devices } from './topology/devices.ts';
import type { PoolWatch } from './topology/pool-watch.ts';
import type { Volumes } from './volumes/volumes.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

interface DoctorParts {
  readonly database: Database;
  readonly engine: OperationEngine;
  readonly access: NodeAccess;
  readonly devices: Devices;
  readonly pools: PoolWatch;
  readonly volumes: Volumes;
  readonly clock: Clock;
  readonly log: Log;
}

export function createDoctor(config: Config, parts: DoctorParts): Doctor {
  const { enabled, intervalMinutes, nodesAtOnce, nodeTimeoutSeconds, quarantineDays } = config.doctor;
  return new Doctor({
    ...parts,
    commands: storageCommands(config),
    mountSettings: config.mounts,
    settings: {
      enabled,
      intervalMs: intervalMinutes * minuteMs,
      nodesAtOnce,
      deadlineMs: nodeTimeoutSeconds * 1000,
      quarantineMs: quarantineDays * dayMs,
      poolLimitPercent: config.lvm.poolLimitPercent,
    },
  });
}
