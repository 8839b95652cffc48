/** The answers of the wire, keys in the contract's order (wire contract sections 7 to 11). */
import type { Backup, BackupList, BackupVerification } from '../api/schema/backups.ts';
import type { Cluster, ClusterList } from '../api/schema/clusters.ts';
import type { Device } from '../api/schema/devices.ts';
import type { Node } from '../api/schema/nodes.ts';
import type { Operation, OperationDetails, OperationHistory } from '../api/schema/operations.ts';
import type { TopologyChange, TopologyPlan } from '../api/schema/topology.ts';
import type { Brick, NamedVolumes, Volume, VolumeList } from '../api/schema/volumes.ts';
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
  lost: optional(flag),
  bricks: listOf(brickShape),
});

export const nodeShape = record<Node>({
  zone: wholeNumber,
  hostnames: record<Node['hostnames']>({ manage: listOf(text), storage: listOf(text) }),
  cluster: text,
  tags: optional(tagsShape),
  id: text,
  state: entryState,
  lost: optional(flag),
  pending: optional(listOf(record<ItemOf<Node['pending']>>({ brick: text, device: text, operation: text }))),
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
  foreign_bricks: optional(
    listOf(
      record<ItemOf<Volume['foreign_bricks']>>({
        brick: text,
        node: text,
        set: wholeNumber,
        kind: oneOf('data', 'arbiter'),
        folder: oneOf('keep', 'remove'),
      }),
    ),
  ),
});

export const namedVolumesShape = record<NamedVolumes>({
  volumes: listOf(
    record<ItemOf<NamedVolumes['volumes']>>({
      id: text,
      cluster: text,
      phase: oneOf('creating', 'ready', 'expanding', 'deleting'),
      operation: optional(text),
    }),
  ),
});

export const volumeListShape = record<VolumeList>({ volumes: listOf(text) });

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

/** As the server sends it: what volumes are mounted from stands at their cluster. */
export interface SentTopology {
  readonly clusters: (TopologyCluster & {
    readonly mount: { readonly hosts: string[]; readonly options: Record<string, string> };
  })[];
}

type SentCluster = ItemOf<SentTopology['clusters']>;

export const topologyShape = record<SentTopology>({
  clusters: listOf(
    record<SentCluster>({
      volumes: listOf(volumeShape),
      nodes: listOf(nodeShape),
      id: text,
      block: flag,
      file: flag,
      mount: record<SentCluster['mount']>({ hosts: listOf(text), options: mapOf(text) }),
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
  paused: optional(flag),
  parent: optional(text),
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

const backupObjects = record<Backup['objects']>({
  clusters: wholeNumber,
  nodes: wholeNumber,
  devices: wholeNumber,
  volumes: wholeNumber,
  bricks: wholeNumber,
});

export const backupShape = record<Backup>({
  id: text,
  name: text,
  created: text,
  reason: oneOf('scheduled', 'request', 'migration', 'download'),
  size: wholeNumber,
  schema_version: wholeNumber,
  sha256: text,
  objects: backupObjects,
  state: oneOf('good', 'unchecked', 'damaged', 'incomplete'),
  checked: nullable(text),
  fault: nullable(text),
});

export const backupVerificationShape = record<BackupVerification>({
  sound: flag,
  schema_version: wholeNumber,
  objects: backupObjects,
  differences: nullable(listOf(text)),
  problems: listOf(
    record<ItemOf<BackupVerification['problems']>>({
      check: oneOf('integrity', 'references', 'content'),
      text,
    }),
  ),
});

export const backupListShape = record<BackupList>({
  place: text,
  next: nullable(text),
  last_failure: nullable(record<NonNullable<BackupList['last_failure']>>({ time: text, message: text })),
  restored: nullable(
    record<NonNullable<BackupList['restored']>>({ backup: text, made: nullable(text), restored: text }),
  ),
  backups: listOf(backupShape),
});
