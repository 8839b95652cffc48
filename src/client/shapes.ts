/** The answers of the wire, keys in the contract's order (wire contract sections 7 to 11). */
import type { Cluster, ClusterList } from '../api/schema/clusters.ts';
import type { Device } from '../api/schema/devices.ts';
import type { Node } from '../api/schema/nodes.ts';
import type { Operation, OperationDetails, OperationHistory } from '../api/schema/operations.ts';
import type { TopologyChange, TopologyPlan } from '../api/schema/topology.ts';
import type { Brick, Volume, VolumeList, VolumePlan } from '../api/schema/volumes.ts';
import {
  anything,
  decimal,
  flag,
  listOf,
  mapOf,
  nullable,
  oneOf,
  optional,
  record,
  type Shape,
  text,
  wholeNumber,
} from './shape.ts';

type ItemOf<List> = List extends readonly (infer Item)[] ? Item : never;

export const clusterShape = record<Cluster>({
  id: text,
  nodes: listOf(text),
  volumes: listOf(text),
  block: flag,
  file: flag,
  blockvolumes: listOf(text),
});

export const clusterListShape = record<ClusterList>({ clusters: listOf(text) });

const brickShape = record<Brick>({
  id: text,
  path: text,
  device: text,
  node: text,
  volume: text,
  size: wholeNumber,
});

const entryState = oneOf('online', 'offline', 'failed');
export const tagsShape = mapOf(text);

export const deviceShape = record<Device>({
  name: text,
  tags: optional(tagsShape),
  storage: record<Device['storage']>({ total: wholeNumber, free: wholeNumber, used: wholeNumber }),
  id: text,
  paths: optional(listOf(text)),
  pv_uuid: optional(text),
  state: entryState,
  bricks: listOf(brickShape),
});

export const nodeShape = record<Node>({
  zone: wholeNumber,
  hostnames: record<Node['hostnames']>({ manage: listOf(text), storage: listOf(text) }),
  cluster: text,
  tags: optional(tagsShape),
  id: text,
  state: entryState,
  devices: listOf(deviceShape),
});

export const volumeShape = record<Volume>({
  size: wholeNumber,
  name: text,
  durability: record<Volume['durability']>({
    type: text,
    replicate: record<Volume['durability']['replicate']>({ replica: optional(wholeNumber) }),
    disperse: record<Volume['durability']['disperse']>({
      data: optional(wholeNumber),
      redundancy: optional(wholeNumber),
    }),
  }),
  gid: optional(wholeNumber),
  glustervolumeoptions: optional(listOf(text)),
  block: optional(flag),
  snapshot: record<Volume['snapshot']>({ enable: flag, factor: decimal }),
  id: text,
  cluster: text,
  mount: record<Volume['mount']>({
    glusterfs: record<Volume['mount']['glusterfs']>({
      hosts: listOf(text),
      device: text,
      options: mapOf(text),
    }),
  }),
  blockinfo: record<Volume['blockinfo']>({
    freesize: optional(wholeNumber),
    reservedsize: optional(wholeNumber),
    blockvolume: optional(listOf(text)),
    restriction: optional(text),
  }),
  bricks: listOf(brickShape),
});

export const volumeListShape = record<VolumeList>({ volumes: listOf(text) });

type PlannedBrick = ItemOf<ItemOf<VolumePlan['sets']>>;
type Refusal = ItemOf<VolumePlan['refusals']>;

const plannedBrickShape = record<PlannedBrick>({
  node: text,
  node_name: text,
  zone: wholeNumber,
  device: text,
  device_name: text,
  kind: oneOf('data', 'arbiter'),
  size_kib: wholeNumber,
  taken_kib: wholeNumber,
});

const refusalShape = record<Refusal>({
  cluster: text,
  reason: text,
  largest_size_gib: optional(wholeNumber),
  suggestions: listOf(text),
  devices: listOf(
    record<ItemOf<Refusal['devices']>>({
      device: text,
      node: text,
      node_name: text,
      device_name: text,
      reason: text,
      text,
      free_kib: wholeNumber,
      needed_kib: wholeNumber,
    }),
  ),
});

export const volumePlanShape = record<VolumePlan>({
  possible: flag,
  cluster: optional(text),
  brick_size_kib: optional(wholeNumber),
  sets: optional(listOf(listOf(plannedBrickShape))),
  refusals: optional(listOf(refusalShape)),
});

/** A cluster with its nodes and volumes, as `topology info --json` shows it (wire contract section 19.3). */
export interface TopologyCluster {
  readonly volumes: Volume[];
  readonly nodes: Node[];
  readonly id: string;
  readonly block: boolean;
  readonly file: boolean;
}

export interface Topology {
  readonly clusters: TopologyCluster[];
}

export const topologyShape = record<Topology>({
  clusters: listOf(
    record<TopologyCluster>({
      volumes: listOf(volumeShape),
      nodes: listOf(nodeShape),
      id: text,
      block: flag,
      file: flag,
    }),
  ),
});

export const topologyPlanShape = record<TopologyPlan>({
  changes: listOf(
    record<TopologyChange>({
      action: oneOf('add', 'change', 'remove'),
      kind: oneOf('cluster', 'node', 'device'),
      summary: text,
      blocked: optional(text),
    }),
  ),
});

const operationFields = {
  id: text,
  kind: text,
  state: oneOf('planned', 'running', 'done', 'undoing', 'undone', 'stuck'),
  cluster: nullable(text),
  target: record<Operation['target']>({ kind: text, id: text }),
  position: optional(wholeNumber),
  attempt: wholeNumber,
  stage: wholeNumber,
  stage_count: wholeNumber,
  cancellable: flag,
  waiting: nullable(
    record<NonNullable<Operation['waiting']>>({ reason: text, next_try: nullable(text), tries: wholeNumber }),
  ),
  error: nullable(record<NonNullable<Operation['error']>>({ code: text, message: text })),
  warnings: listOf(text),
  result: nullable(text),
  created: text,
  started: nullable(text),
  finished: nullable(text),
};

export const operationShape: Shape<Operation> = record<Operation>(operationFields);

export const operationDetailsShape = record<OperationDetails>({
  ...operationFields,
  steps: listOf(
    record<ItemOf<OperationDetails['steps']>>({
      attempt: wholeNumber,
      stage: wholeNumber,
      action: text,
      title: text,
      node: nullable(text),
      state: oneOf('planned', 'running', 'done', 'failed', 'undone'),
      error: nullable(text),
      output: optional(anything),
    }),
  ),
});

export const operationHistoryShape = record<OperationHistory>({ operations: listOf(operationShape) });
