/**
 * The tables, as Kysely sees them. Sizes are KiB or GiB as the column says, times are milliseconds since 1970, booleans
 * are 0 and 1, JSON is text. Only db/ knows these shapes; the query files turn them into records.
 */
import type { Generated } from 'kysely';

/** Administrators' will for a node or device; `failed` means evacuated (wire contract section 1.7). */
export type EntryState = 'online' | 'offline' | 'failed';
/** Where an object is in its life. Only `ready` objects are used for anything new. */
export type Phase = 'creating' | 'ready' | 'expanding' | 'deleting';
/** Those of what users are shown: the rest is on its way in or out. */
export const visiblePhases: readonly Phase[] = ['ready', 'expanding'];
export const isVisible = ({ phase }: { readonly phase: Phase }): boolean => visiblePhases.includes(phase);
/** `locked-by-update`: sizes did not add up when the database was opened or imported. */
export type BlockRestriction = '' | 'locked' | 'locked-by-update';
export type BrickKind = 'data' | 'arbiter';
/** What becomes of a brick folder that others made when its volume is deleted. */
export type FolderFate = 'keep' | 'remove';
export type OperationState = 'planned' | 'running' | 'done' | 'undoing' | 'undone' | 'stuck';
export type StepState = 'planned' | 'running' | 'done' | 'failed' | 'undone';

interface ClusterTable {
  id: string;
  file: 0 | 1;
  block: 0 | 1;
  created_at_ms: number;
}

interface NodeTable {
  id: string;
  cluster_id: string;
  zone: number;
  state: EntryState;
  phase: Phase;
  tags: string;
  /** Set: the machine is gone for good; nothing is ever sent to it. */
  lost_at_ms: number | null;
  operation_id: string | null;
  created_at_ms: number;
}

interface NodeNameTable {
  kind: 'manage' | 'storage';
  name: string;
  node_id: string;
  position: number;
}

interface DeviceTable {
  id: string;
  node_id: string;
  name: string;
  state: EntryState;
  phase: Phase;
  tags: string;
  total_kib: number;
  /** Room in the volume group that is taken by things Mortar did not make. */
  foreign_kib: number;
  extent_kib: number;
  pv_uuid: string;
  paths: string;
  /** Set: the disk is gone for good. */
  lost_at_ms: number | null;
  operation_id: string | null;
  created_at_ms: number;
}

interface VolumeTable {
  id: string;
  cluster_id: string;
  name: string;
  size_gib: number;
  durability: string;
  /** The durability object as the wire shows it: what the client sent, numbers filled in. */
  durability_echo: string;
  gid: number;
  snapshot_enable: 0 | 1;
  snapshot_factor: number;
  block: 0 | 1;
  options: string;
  zone_checking: 'none' | 'soft' | 'strict';
  tag_rule: string | null;
  average_file_kib: number;
  gluster_uuid: string | null;
  /** Hosting volumes: whether they take new block volumes. */
  block_restriction: Generated<BlockRestriction>;
  /** Hosting volumes: GiB that are never given out. */
  block_reserved_gib: Generated<number>;
  phase: Phase;
  operation_id: string | null;
  created_at_ms: number;
}

interface BlockVolumeTable {
  id: string;
  cluster_id: string;
  hosting_volume_id: string;
  name: string;
  size_gib: number;
  /** What initiators can use: less than the size after an expansion that one of the hosts did not follow. */
  usable_gib: number;
  /** What the hosting volume has given for it: more than the size while it grows. */
  taken_gib: number;
  ha_count: number;
  auth: 0 | 1;
  /** Storage host names that export it. */
  hosts: string;
  iqn: string;
  lun: number;
  username: string;
  phase: Phase;
  operation_id: string | null;
  created_at_ms: number;
}

interface BrickTable {
  id: string;
  /** Null for what is left of a deleted volume on a node that could not be reached. */
  volume_id: string | null;
  device_id: string;
  set_index: number;
  position: number;
  kind: BrickKind;
  size_kib: number;
  pool_kib: number;
  metadata_kib: number;
  pool_name: string;
  lv_name: string;
  path: string;
  phase: Phase;
  operation_id: string | null;
}

/** A brick of a managed volume that others made. */
interface ForeignBrickTable {
  volume_id: string;
  node_id: string;
  set_index: number;
  position: number;
  kind: BrickKind;
  /** `host:path` as gluster says it. */
  name: string;
  on_delete: FolderFate;
}

interface OperationTable {
  seq: Generated<number>;
  id: string;
  kind: string;
  state: OperationState;
  cluster_id: string | null;
  target_kind: string;
  target_id: string;
  parent_id: string | null;
  input: string;
  attempt: number;
  stage: number;
  stage_count: number;
  /** From this stage on there is no way back: failures are retried, never undone. */
  pivot: number;
  error: string | null;
  result_path: string | null;
  warnings: string;
  cancel_requested: 0 | 1;
  paused: 0 | 1;
  /** Why the operation is not moving at the moment, in words for people. */
  waiting_reason: string | null;
  tries: number;
  next_try_at_ms: number | null;
  lease_owner: string | null;
  lease_until_ms: number | null;
  created_at_ms: number;
  started_at_ms: number | null;
  finished_at_ms: number | null;
}

interface StepTable {
  operation_id: string;
  attempt: number;
  stage: number;
  ordinal: number;
  action: string;
  node_id: string | null;
  params: string;
  state: StepState;
  output: string | null;
  error: string | null;
}

interface IdempotencyTable {
  key: string;
  /** Hash of method, path and body: the same key with another request is refused. */
  fingerprint: string;
  operation_id: string | null;
  /** The answer of a synchronous create, to be given again. */
  response: string | null;
  created_at_ms: number;
}

interface MarkTable {
  name: string;
  value: string;
  set_at_ms: number;
}

interface WatchedVolumeTable {
  gluster_uuid: string;
  cluster_id: string;
  name: string;
  /** `host:path` in gluster's order. */
  bricks: string;
  since_ms: number;
}

interface FindingTable {
  id: string;
  document: string;
  first_seen_ms: number;
  last_seen_ms: number;
}

export interface Schema {
  clusters: ClusterTable;
  nodes: NodeTable;
  node_names: NodeNameTable;
  devices: DeviceTable;
  volumes: VolumeTable;
  block_volumes: BlockVolumeTable;
  bricks: BrickTable;
  foreign_bricks: ForeignBrickTable;
  operations: OperationTable;
  steps: StepTable;
  idempotency_keys: IdempotencyTable;
  marks: MarkTable;
  findings: FindingTable;
  watched_volumes: WatchedVolumeTable;
}
