import type { Refusal } from '../allocator/place.ts';
import type { ClusterRecord } from '../db/clusters.ts';
import type { Reads } from '../db/queries.ts';
import { AppError } from '../errors.ts';
import type { VolumeSettings } from './settings.ts';
import type { CheckedRequest } from './volume-request.ts';

/** Why a cluster cannot take a volume, or could not. */
export interface ClusterRefusal {
  readonly clusterId: string;
  readonly reason: string;
  /** The allocator's explanation, when it was asked. */
  readonly refusal?: Refusal;
}

/**
 * The clusters that may be asked, in the order they are tried (engine reference 2.7).
 *
 * @throws AppError `request.invalid` with the contract's texts for missing and unknown clusters.
 */
export async function candidateClusters(
  reads: Reads,
  clusterIds: readonly string[],
): Promise<ClusterRecord[]> {
  const all = await reads.clusters.list();
  if (all.length === 0)
    throw new AppError('request.invalid', 'No clusters configured', { details: { field: 'clusters' } });
  if (clusterIds.length === 0) return all;
  return clusterIds.map((id) => {
    const cluster = all.find((candidate) => candidate.id === id);
    if (cluster !== undefined) return cluster;
    throw new AppError('request.invalid', `Cluster id ${id} not found`, {
      details: { field: 'clusters', value: id },
    });
  });
}

/** Why the cluster must not take the volume, whatever its room; undefined when it may. */
export async function refusalOf(
  reads: Reads,
  cluster: ClusterRecord,
  request: CheckedRequest,
  settings: VolumeSettings,
): Promise<string | undefined> {
  if (!cluster.file && !cluster.block) return 'Cluster has disabled all volume types';
  if (request.block ? !cluster.block : !cluster.file) return 'Cluster does not support requested volume type';
  if (request.name !== '' && (await reads.volumes.findByName(cluster.id, request.name)) !== undefined) {
    return `Volume name '${request.name}' already in use`;
  }
  const limit = settings.maxVolumesPerCluster;
  if (limit < 0 || !(await reads.volumes.hasAtLeast(cluster.id, limit))) return undefined;
  return `Cluster has ${await reads.volumes.count(cluster.id)} volumes and limit is ${limit}`;
}

/** One error for all clusters: the bare reason of a single one, else the heading and a line for each (engine 2.7). */
export function refusedByAll(heading: string, refusals: readonly ClusterRefusal[]): AppError {
  const [only] = refusals;
  const reason =
    refusals.length === 1 && only !== undefined
      ? only.reason
      : [heading, ...refusals.map(({ clusterId, reason: why }) => `Cluster ${clusterId}: ${why}`)].join('\n');
  return new AppError('placement.no_room', reason, {
    details:
      refusals.length === 1 && only !== undefined ? detailsOf(only) : { clusters: refusals.map(detailsOf) },
  });
}

/** For programs, under the wire's kind of names. */
export function detailsOf({ clusterId, reason, refusal }: ClusterRefusal): Record<string, unknown> {
  if (refusal === undefined) return { cluster: clusterId, reason, suggestions: [], devices: [] };
  return {
    cluster: clusterId,
    reason: refusal.message,
    code: refusal.code,
    largest_size_gib: refusal.largestSizeGib,
    suggestions: refusal.suggestions,
    devices: refusal.devices.map((device) => ({
      device: device.deviceId,
      node: device.nodeId,
      node_name: device.nodeName,
      device_name: device.deviceName,
      reason: device.reason,
      text: device.text,
      free_kib: device.freeKib,
      needed_kib: device.neededKib,
    })),
  };
}
