import type { VolumeRecord } from '../db/volumes.ts';
import { parseHealInfo } from '../storage/gluster/heal-info.ts';
import { type AskTools, askVolume, shownVolume } from './ask-volume.ts';
import { type AnyBrick, isForeign, withForeign } from './foreign-bricks.ts';
import { pathOf } from './ownership.ts';

/** gluster walks through what is pending, so this is slower than other looks. */
const timeoutMs = 120_000;

interface HealedBrick {
  readonly brick: AnyBrick;
  readonly isConnected: boolean;
  /** Entries that others of its set lack; null when it cannot be asked. */
  readonly pendingEntries: number | null;
}

export interface HealReport {
  readonly volume: VolumeRecord;
  /** A volume without copies has nothing to heal from. */
  readonly isRedundant: boolean;
  /** In gluster's order; empty for a volume without copies. */
  readonly bricks: readonly HealedBrick[];
}

/** Tells what is to be healed in volumes. Looks only, outside any operation. */
export class HealReports {
  readonly #tools: AskTools;

  constructor(tools: AskTools) {
    this.#tools = tools;
  }

  /**
   * @throws AppError `object.not_found`, `gluster.failed`, `gluster.foreign_volume`; the last node's failure when none of the
   * nodes that were asked answers.
   */
  async of(volumeId: string, signal: AbortSignal): Promise<HealReport> {
    const { reads } = this.#tools;
    const volume = await shownVolume(reads, volumeId);
    if (volume.durability.type === 'none') return { volume, isRedundant: false, bricks: [] };
    const bricks = (await reads.bricks.listByVolume(volumeId)).filter(({ phase }) => phase !== 'creating');
    const command = this.#tools.gluster.healInfo(volume.name);
    const answer = await askVolume(this.#tools, { volume, bricks }, { command, timeoutMs, signal });
    const parsed = parseHealInfo(answer?.stdout ?? '');
    // Paths of Mortar's bricks hold random ids, and gluster may call their nodes by another name; those of others do not.
    const byPath = new Map(parsed.map((heal) => [pathOf(heal.name), heal]));
    const byName = new Map(parsed.map((heal) => [heal.name, heal]));
    return {
      volume,
      isRedundant: true,
      bricks: (await withForeign(reads, volumeId, bricks)).map((brick) => {
        const heal = isForeign(brick) ? byName.get(brick.name) : byPath.get(brick.path);
        const { isConnected = false, pendingEntries = null } = heal ?? {};
        return { brick, isConnected, pendingEntries };
      }),
    };
  }
}
