/** What goes over the wire, for those who talk to a server through this room. */
export type { FoundVolume } from '../api/schema/adopt.ts';
export type { Backup, BackupList } from '../api/schema/backups.ts';
export type { BlockVolume, BlockVolumeCreate } from '../api/schema/block-volumes.ts';
export type { Cluster } from '../api/schema/clusters.ts';
export type { Device } from '../api/schema/devices.ts';
export type {
  Finding,
  MendStart,
  QuarantineItem,
  RebuildReport,
  RebuildRequest,
} from '../api/schema/doctor.ts';
export type { HealReport } from '../api/schema/heal.ts';
export type { Node } from '../api/schema/nodes.ts';
export type { Operation, OperationDetails } from '../api/schema/operations.ts';
export type { OperationCounts, PendingDetails, PendingOperation } from '../api/schema/pending.ts';
export type {
  ReplacementPlan,
  ReplacementPlanRequest,
  WhatIfReport,
} from '../api/schema/replacements.ts';
export type { Snapshot } from '../api/schema/snapshots.ts';
export type { TopologyChange, TopologyDocument } from '../api/schema/topology.ts';
export type {
  Brick,
  Volume,
  VolumeCreate,
  VolumePlan,
  VolumePlanRequest,
} from '../api/schema/volumes.ts';
