import type { BrickRecord } from '../db/bricks.ts';
import type { Reads } from '../db/queries.ts';
import type { VolumeRecord } from '../db/volumes.ts';
import { AppError } from '../errors.ts';
import type { Command, CommandResult } from '../lib/command.ts';
import type { NodeAccess } from '../operations/node-access.ts';
import type { Gluster } from '../storage/gluster/gluster.ts';
import { parseVolumeInfo } from '../storage/gluster/volume-info.ts';
import { withForeign } from './foreign-bricks.ts';
import { assertOurs } from './ownership.ts';
import { glusterBricks, managingNodes } from './volume-steps.ts';

/** So many nodes are asked, one after the other, until one answers. */
const mostAsked = 5;

export interface AskTools {
  readonly reads: Reads;
  readonly access: NodeAccess;
  readonly gluster: Gluster;
}

interface Question {
  readonly command: Command;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** The volume, as far as it is shown. @throws AppError `object.not_found`. */
export async function shownVolume(reads: Reads, volumeId: string): Promise<VolumeRecord> {
  const volume = await reads.volumes.find(volumeId);
  if (volume !== undefined && volume.phase !== 'creating' && volume.phase !== 'deleting') return volume;
  throw new AppError('object.not_found', 'Id not found');
}

/**
 * Asks gluster about a volume of ours, outside any operation: one node of its bricks after the other, until one answers.
 *
 * @throws AppError `gluster.failed`, `gluster.foreign_volume`; the last node's failure when none of those asked answers.
 */
export async function askVolume(
  { reads, access, gluster }: AskTools,
  { volume, bricks }: { readonly volume: VolumeRecord; readonly bricks: readonly BrickRecord[] },
  { command, timeoutMs, signal }: Question,
): Promise<CommandResult | undefined> {
  let failure: unknown;
  const all = await withForeign(reads, volume.id, bricks);
  for (const nodeId of managingNodes(all).slice(0, mostAsked)) {
    signal.throwIfAborted();
    const node = await reads.nodes.find(nodeId);
    const host = { nodeId, address: node?.manageNames[0] ?? '' };
    try {
      const [info, answer] = await access.look(host, [gluster.volumeInfo(volume.name), command], {
        timeoutMs,
        signal,
      });
      const found = parseVolumeInfo(info?.stdout ?? '');
      if (found === undefined)
        throw new AppError('gluster.failed', `gluster has no volume "${volume.name}" any more`);
      const own = { volumeId: volume.id, name: volume.name, glusterUuid: volume.glusterUuid };
      assertOurs(found, { ...own, bricks: await glusterBricks(reads, all) });
      return answer;
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code === 'gluster.foreign_volume') throw thrown;
      failure = thrown;
    }
  }
  throw failure;
}
