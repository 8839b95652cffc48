import type { ClusterRecord } from '../../db/clusters.ts';
import type { Reads } from '../../db/queries.ts';
import { AppError } from '../../errors.ts';
import { seededOrder } from '../../lib/seeded-order.ts';
import { serverBusy } from '../../operations/controls.ts';
import { type ClusterRefusal, candidateClusters, refusedByAll } from '../choose-cluster.ts';
import { givenOutGib } from '../hosting-room.ts';
import type { VolumeSettings } from '../settings.ts';

export interface BlockRequest {
  readonly sizeGib: number;
  /** Empty for the default name. */
  readonly name: string;
  /** Empty for all clusters. */
  readonly clusterIds: readonly string[];
  /** 0: all hosts. */
  readonly haCount: number;
  readonly auth: boolean;
}

/** Where a block volume goes: into a hosting volume, or into one that is to be made in one of the clusters. */
export type HostingChoice =
  | { readonly hostingVolumeId: string }
  | { readonly makeInClusterIds: readonly string[] };

export interface HostingDemand {
  readonly request: BlockRequest;
  /** Decides among hosting volumes that fit. */
  readonly seed: string;
}

/** The contract's words before each reason (wire contract section 12). */
export const allocationPrefix = 'Failed to allocate new block volume: ';

const refused = (reason: string, details: Record<string, unknown> = {}): AppError =>
  new AppError('placement.no_room', `${allocationPrefix}${reason}`, { details });

/**
 * Finds a hosting volume with room, or says that one is to be made.
 *
 * @throws AppError `request.invalid`, `placement.no_room`, `server.busy` while another is being made.
 */
export async function chooseHosting(
  reads: Reads,
  { request, seed }: HostingDemand,
  settings: VolumeSettings,
): Promise<HostingChoice> {
  const clusters = await candidateClusters(reads, request.clusterIds);
  const open = clusters.filter(({ block }) => block);
  if (open.length === 0) throw barred(clusters);
  const fitting = await fittingHosts(reads, open, request);
  const [first] = seededOrder(fitting, seed, (id) => id);
  if (first !== undefined) return { hostingVolumeId: first };
  await assertMayMake(reads, open, request, settings);
  return { makeInClusterIds: open.map(({ id }) => id) };
}

function barred(clusters: readonly ClusterRecord[]): AppError {
  const refusals = clusters.map(
    ({ id, file }): ClusterRefusal => ({
      clusterId: id,
      reason: file
        ? 'Cluster does not support requested volume type'
        : 'Cluster has disabled all volume types',
    }),
  );
  const { message, details } = refusedByAll('No eligible cluster for volume', refusals);
  return refused(message, details);
}

async function fittingHosts(
  reads: Reads,
  clusters: readonly ClusterRecord[],
  { sizeGib, name }: BlockRequest,
): Promise<string[]> {
  const fitting: string[] = [];
  for (const { id } of clusters) {
    for (const { volumeId, freeGib } of await reads.blockVolumes.openHosts(id)) {
      if (freeGib < sizeGib) continue;
      if (name === '' || !(await reads.blockVolumes.hasName(volumeId, name))) fitting.push(volumeId);
    }
  }
  return fitting;
}

async function assertMayMake(
  reads: Reads,
  clusters: readonly ClusterRecord[],
  { sizeGib }: BlockRequest,
  { blockHostingAutoCreate, blockHostingGib }: VolumeSettings,
): Promise<void> {
  if (!blockHostingAutoCreate)
    throw refused('Block Hosting Volume Creation is disabled. Create a Block hosting volume and try again.');
  const available = givenOutGib(blockHostingGib);
  if (sizeGib > available) {
    throw refused(
      `The size configured for automatic creation of block hosting volumes (${blockHostingGib}) is too small to host the requested block volume of size ${sizeGib}. The available size on this block hosting volume, minus overhead, is ${available}. Please create a sufficiently large block hosting volume manually.`,
    );
  }
  if (await reads.blockVolumes.isHostInMaking(clusters.map(({ id }) => id))) throw serverBusy();
}
