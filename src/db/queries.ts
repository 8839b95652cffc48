import type { Kysely } from 'kysely';
import { type BrickReads, type BrickWrites, brickReads, brickWrites } from './bricks.ts';
import { type ClusterReads, type ClusterWrites, clusterReads, clusterWrites } from './clusters.ts';
import { type DeviceReads, type DeviceWrites, deviceReads, deviceWrites } from './devices.ts';
import {
  type IdempotencyReads,
  type IdempotencyWrites,
  idempotencyReads,
  idempotencyWrites,
} from './idempotency.ts';
import { type NodeReads, type NodeWrites, nodeReads, nodeWrites } from './nodes.ts';
import { type OperationReads, type OperationWrites, operationReads, operationWrites } from './operations.ts';
import type { Schema } from './schema.ts';
import { type StepReads, type StepWrites, stepReads, stepWrites } from './steps.ts';
import type { Touch } from './touched.ts';
import { type VolumeReads, type VolumeWrites, volumeReads, volumeWrites } from './volumes.ts';

/** What may be asked of the database at any time. */
export interface Reads {
  readonly clusters: ClusterReads;
  readonly nodes: NodeReads;
  readonly devices: DeviceReads;
  readonly volumes: VolumeReads;
  readonly bricks: BrickReads;
  readonly operations: OperationReads;
  readonly steps: StepReads;
  readonly idempotency: IdempotencyReads;
}

/** What may be done inside a transaction only. */
export interface Writes {
  readonly clusters: ClusterReads & ClusterWrites;
  readonly nodes: NodeReads & NodeWrites;
  readonly devices: DeviceReads & DeviceWrites;
  readonly volumes: VolumeReads & VolumeWrites;
  readonly bricks: BrickReads & BrickWrites;
  readonly operations: OperationReads & OperationWrites;
  readonly steps: StepReads & StepWrites;
  readonly idempotency: IdempotencyReads & IdempotencyWrites;
}

export const createReads = (sql: Kysely<Schema>): Reads => ({
  clusters: clusterReads(sql),
  nodes: nodeReads(sql),
  devices: deviceReads(sql),
  volumes: volumeReads(sql),
  bricks: brickReads(sql),
  operations: operationReads(sql),
  steps: stepReads(sql),
  idempotency: idempotencyReads(sql),
});

export const createWrites = (sql: Kysely<Schema>, touch: Touch): Writes => {
  const reads = createReads(sql);
  return {
    clusters: { ...reads.clusters, ...clusterWrites(sql) },
    nodes: { ...reads.nodes, ...nodeWrites(sql, touch) },
    devices: { ...reads.devices, ...deviceWrites(sql, touch) },
    volumes: { ...reads.volumes, ...volumeWrites(sql) },
    bricks: { ...reads.bricks, ...brickWrites(sql, touch) },
    operations: { ...reads.operations, ...operationWrites(sql) },
    steps: { ...reads.steps, ...stepWrites(sql) },
    idempotency: { ...reads.idempotency, ...idempotencyWrites(sql) },
  };
};
