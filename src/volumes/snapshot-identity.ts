import { AppError } from '../errors.ts';
import type { CommandResult } from '../lib/command.ts';
import type { Gluster } from '../storage/gluster/gluster.ts';
import { type GlusterSnapshot, parseSnapshots } from '../storage/gluster/snapshots.ts';
import { type GlusterVolume, parseVolumeInfo } from '../storage/gluster/volume-info.ts';
import { compactUuid } from '../storage/naming.ts';
import type { GlusterCluster } from './gluster-cluster.ts';
import { assertOurs, type VolumeIdentity } from './ownership.ts';

/** What a step has to know of a volume to do something about its snapshots. */
export interface SnapshotParams extends VolumeIdentity {
  readonly clusterId: string;
  /** Nodes that may run the commands, in the order they are tried. */
  readonly nodeIds: readonly string[];
  /** The snapshot's name. */
  readonly snapshot: string;
}

/** The id that the wire shows: gluster's UUID without dashes. */
export const snapshotId = ({ uuid }: { readonly uuid: string }): string => compactUuid(uuid);

/** What is written into a snapshot's description, so that it is known whose it is (law 5). */
export const snapshotMark = (operationId: string): string => `mortar.operation=${operationId}`;

interface Seen {
  readonly volume: GlusterVolume;
  readonly snapshots: readonly GlusterSnapshot[];
}

/** Reads the answers to `lookAtSnapshots`. */
function readSeen(results: readonly CommandResult[], identity: VolumeIdentity): Seen | undefined {
  const volume = parseVolumeInfo(results[0]?.stdout ?? '');
  if (volume === undefined) return undefined;
  assertOurs(volume, identity);
  return { volume, snapshots: parseSnapshots(results[1]?.stdout ?? '') ?? [] };
}

/**
 * The gluster volume with its snapshots, in one round trip; undefined when there is none.
 *
 * @throws AppError `gluster.foreign_volume`, and as `GlusterCluster.run`.
 */
export async function lookAtSnapshots(
  cluster: GlusterCluster,
  params: SnapshotParams,
  gluster: Gluster,
): Promise<Seen | undefined> {
  const results = await cluster.run([gluster.volumeInfo(params.name), gluster.snapshotInfo(params.name)]);
  return readSeen(results, params);
}

/** The same of a volume that has to be there. @throws AppError `gluster.failed` when there is none. */
export async function seeSnapshots(
  cluster: GlusterCluster,
  params: SnapshotParams,
  gluster: Gluster,
): Promise<Seen> {
  const seen = await lookAtSnapshots(cluster, params, gluster);
  if (seen !== undefined) return seen;
  throw new AppError('gluster.failed', `gluster has no volume "${params.name}" any more`);
}
