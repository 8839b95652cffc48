import type { BrickRecord } from '../db/bricks.ts';
import type { Reads } from '../db/queries.ts';
import { isVisible } from '../db/schema.ts';
import type { VolumeRecord } from '../db/volumes.ts';
import { groupBy } from '../lib/group-by.ts';
import type { InventoryIndex } from './inventory-index.ts';
import { type PlannedMove, planMoves } from './plan-moves.ts';
import { assessVolume, canBeHealed, type LossEffect, type SetLoss, withoutDevices } from './what-if.ts';

/** What a loss would do to a volume. */
interface VolumeLoss {
  readonly volume: VolumeRecord;
  /** That of its worst brick set. */
  readonly effect: LossEffect;
  readonly sets: readonly SetLoss[];
}

export interface LossReport {
  readonly deviceIds: readonly string[];
  /** The worst first; volumes that lose nothing are left out. */
  readonly volumes: readonly VolumeLoss[];
  /** Where the lost bricks would be made again, or why they could not. */
  readonly moves: readonly PlannedMove[];
  /** Lost bricks that could not be made again because too few of their set are left. */
  readonly beyondRepair: readonly BrickRecord[];
}

const severity: Readonly<Record<LossEffect, number>> = { lost: 0, 'read-only': 1, degraded: 2 };

/** What would happen if these devices were lost at the same time. Nothing is changed. */
export async function reportLoss(
  reads: Reads,
  index: InventoryIndex,
  deviceIds: readonly string[],
): Promise<LossReport> {
  const bricks: BrickRecord[] = [];
  for (const id of new Set(deviceIds)) bricks.push(...(await reads.bricks.listByDevice(id)));
  const lostIds = new Set(bricks.map(({ id }) => id));
  const volumes: VolumeLoss[] = [];
  const repairable: BrickRecord[] = [];
  const beyondRepair: BrickRecord[] = [];
  for (const [volumeId, lost] of groupBy(bricks, (brick) => brick.volumeId ?? '')) {
    const volume = await reads.volumes.find(volumeId);
    if (volume === undefined || !isVisible(volume)) continue;
    const all = (await reads.bricks.listByVolume(volumeId)).filter(({ phase }) => phase === 'ready');
    const sets = assessVolume(volume.durability, all, lostIds);
    if (sets.length === 0) continue;
    volumes.push({ volume, effect: worst(sets), sets });
    for (const set of sets) {
      const left = all.filter(({ setIndex, id }) => setIndex === set.setIndex && !lostIds.has(id)).length;
      const ofSet = lost.filter(({ id }) => set.lostBrickIds.includes(id));
      (canBeHealed(volume.durability, set, left) ? repairable : beyondRepair).push(...ofSet);
    }
  }
  const gone = new Set(deviceIds);
  const moves = await planMoves(reads, (clusterId) => index.of(clusterId), repairable, {
    imagine: (inventory) => withoutDevices(inventory, gone),
  });
  volumes.sort((a, b) => severity[a.effect] - severity[b.effect] || (a.volume.id < b.volume.id ? -1 : 1));
  return { deviceIds: [...gone], volumes, moves, beyondRepair };
}

const worst = (sets: readonly SetLoss[]): LossEffect =>
  sets.map(({ effect }) => effect).sort((a, b) => severity[a] - severity[b])[0] ?? 'degraded';
