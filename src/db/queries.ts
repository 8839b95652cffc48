import type { Kysely } from 'kysely';
import {
  type BlockVolumeReads,
  type BlockVolumeWrites,
  blockVolumeReads,
  blockVolumeWrites,
} from './block-volumes.ts';
import { type BrickReads, type BrickWrites, brickReads, brickWrites } from './bricks.ts';
import { type ClusterReads, type ClusterWrites, clusterReads, clusterWrites } from './clusters.ts';
import { type DeviceReads, type DeviceWrites, deviceReads, deviceWrites } from './devices.ts';
import { type FindingReads, type FindingWrites, findingReads, findingWrites } from './findings.ts';
import {
  type ForeignBrickReads,
  type ForeignBrickWrites,
  foreignBrickReads,
  foreignBrickWrites,
} from './foreign-bricks.ts';
import { type GaugeReads, gaugeReads } from './gauges.ts';
import {
  type IdempotencyReads,
  type IdempotencyWrites,
  idempotencyReads,
  idempotencyWrites,
} from './idempotency.ts';
import { type MarkReads, type MarkWrites, markReads, markWrites } from './marks.ts';
import { type NodeReads, type NodeWrites, nodeReads, nodeWrites } from './nodes.ts';
import { type OperationReads, type OperationWrites, operationReads, operationWrites } from './operations.ts';
import type { Schema } from './schema.ts';
import { type StepReads, type StepWrites, stepReads, stepWrites } from './steps.ts';
import type { Touch } from './touched.ts';
import { type VolumeReads, type VolumeWrites, volumeReads, volumeWrites } from './volumes.ts';
import {
  type WatchedVolumeReads,
  type WatchedVolumeWrites,
  watchedVolumeReads,
  watchedVolumeWrites,
} from './watched-volumes.ts';

/** What may be asked of the database at any time. */
export interface Reads {
  readonly clusters: ClusterReads;
  readonly nodes: NodeReads;
  readonly devices: DeviceReads;
  readonly volumes: VolumeReads;
  readonly blockVolumes: BlockVolumeReads;
  readonly bricks: BrickReads;
  readonly foreignBricks: ForeignBrickReads;
  readonly operations: OperationReads;
  readonly steps: StepReads;
  readonly idempotency: IdempotencyReads;
  readonly marks: MarkReads;
  readonly findings: FindingReads;
  readonly watchedVolumes: WatchedVolumeReads;
  readonly gauges: GaugeReads;
}

/** What may be done inside a transaction only. */
export interface Writes {
  readonly clusters: ClusterReads & ClusterWrites;
  readonly nodes: NodeReads & NodeWrites;
  readonly devices: DeviceReads & DeviceWrites;
  readonly volumes: VolumeReads & VolumeWrites;
  readonly blockVolumes: BlockVolumeReads & BlockVolumeWrites;
  readonly bricks: BrickReads & BrickWrites;
  readonly foreignBricks: ForeignBrickReads & ForeignBrickWrites;
  readonly operations: OperationReads & OperationWrites;
  readonly steps: StepReads & StepWrites;
  readonly idempotency: IdempotencyReads & IdempotencyWrites;
  readonly marks: MarkReads & MarkWrites;
  readonly findings: FindingReads & FindingWrites;
  readonly watchedVolumes: WatchedVolumeReads & WatchedVolumeWrites;
  readonly gauges: GaugeReads;
}

export const createReads = (sql: Kysely<Schema>): Reads => ({
  clusters: clusterReads(sql),
  nodes: nodeReads(sql),
  devices: deviceReads(sql),
  volumes: volumeReads(sql),
  blockVolumes: blockVolumeReads(sql),
  bricks: brickReads(sql),
  foreignBricks: foreignBrickReads(sql),
  operations: operationReads(sql),
  steps: stepReads(sql),
  idempotency: idempotencyReads(sql),
  marks: markReads(sql),
  findings: findingReads(sql),
  watchedVolumes: watchedVolumeReads(sql),
  gauges: gaugeReads(sql),
});

export const createWrites = (sql: Kysely<Schema>, touch: Touch): Writes => {
  const reads = createReads(sql);
  return {
    clusters: { ...reads.clusters, ...clusterWrites(sql, touch) },
    nodes: { ...reads.nodes, ...nodeWrites(sql, touch) },
    devices: { ...reads.devices, ...deviceWrites(sql, touch) },
    volumes: { ...reads.volumes, ...volumeWrites(sql) },
    blockVolumes: { ...reads.blockVolumes, ...blockVolumeWrites(sql) },
    bricks: { ...reads.bricks, ...brickWrites(sql, touch) },
    foreignBricks: { ...reads.foreignBricks, ...foreignBrickWrites(sql) },
    operations: { ...reads.operations, ...operationWrites(sql) },
    steps: { ...reads.steps, ...stepWrites(sql) },
    idempotency: { ...reads.idempotency, ...idempotencyWrites(sql) },
    marks: { ...reads.marks, ...markWrites(sql) },
    findings: { ...reads.findings, ...findingWrites(sql) },
    watchedVolumes: { ...reads.watchedVolumes, ...watchedVolumeWrites(sql) },
    gauges: reads.gauges,
  };
};
