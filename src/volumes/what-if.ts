import type { DeviceView } from '../allocator/device.ts';
import type { Inventory } from '../allocator/inventory.ts';
import type { BrickRecord } from '../db/bricks.ts';
import type { Durability } from '../lib/durability.ts';
import { groupBy } from '../lib/group-by.ts';
import { requiredPeers } from './judge-replacement.ts';

/**
 * What a volume is after a loss, from bad to harmless. `lost`: a brick set has too few bricks left to read its data.
 * `read-only`: it can be read, but no longer written (the quorum is gone). `degraded`: in use, with less to spare.
 */
export type LossEffect = 'lost' | 'read-only' | 'degraded';

export interface SetLoss {
  readonly setIndex: number;
  readonly lostBrickIds: readonly string[];
  readonly effect: LossEffect;
  /** In words: "1 of 3 copies is left". */
  readonly text: string;
}

/** What the loss of bricks does to each brick set of a volume. Sets without a lost brick are left out. */
export function assessVolume(
  durability: Durability,
  bricks: readonly Pick<BrickRecord, 'id' | 'setIndex' | 'kind'>[],
  lostBrickIds: ReadonlySet<string>,
): SetLoss[] {
  const losses: SetLoss[] = [];
  for (const [setIndex, set] of groupBy(bricks, (brick) => brick.setIndex)) {
    const lost = set.filter(({ id }) => lostBrickIds.has(id));
    if (lost.length === 0) continue;
    const left = set.filter(({ id }) => !lostBrickIds.has(id));
    losses.push({
      setIndex,
      lostBrickIds: lost.map(({ id }) => id),
      ...assessSet(durability, set.length, left),
    });
  }
  return losses.sort((a, b) => a.setIndex - b.setIndex);
}

function assessSet(
  durability: Durability,
  size: number,
  left: readonly Pick<BrickRecord, 'kind'>[],
): Pick<SetLoss, 'effect' | 'text'> {
  switch (durability.type) {
    case 'none':
      return { effect: 'lost', text: 'its files have no copy' };
    case 'disperse':
      return assessDisperse(durability, left.length);
    case 'replicate':
      return assessReplicas(size, left);
  }
}

function assessDisperse(
  durability: Durability & { readonly type: 'disperse' },
  left: number,
): Pick<SetLoss, 'effect' | 'text'> {
  const { data, redundancy } = durability;
  const text = `${left} of ${data + redundancy} bricks are left, ${data} are needed`;
  return { effect: left < data ? 'lost' : 'degraded', text };
}

/** gluster's own quorum for writing: more than half; of two, the first, so nobody can count on it. */
function assessReplicas(
  size: number,
  left: readonly Pick<BrickRecord, 'kind'>[],
): Pick<SetLoss, 'effect' | 'text'> {
  const copies = left.filter(({ kind }) => kind === 'data').length;
  if (copies === 0) return { effect: 'lost', text: 'no copy is left' };
  const text = `${left.length} of ${size} bricks ${left.length === 1 ? 'is' : 'are'} left, ${copies} with data`;
  return { effect: left.length * 2 > size ? 'degraded' : 'read-only', text };
}

/** Whether the set could be filled up again from what is left: as a replacement of a lost brick would demand. */
export function canBeHealed(durability: Durability, { effect }: SetLoss, bricksLeft: number): boolean {
  return effect !== 'lost' && bricksLeft >= requiredPeers(durability);
}

/** The devices as they would be without those that are lost. */
export function withoutDevices(inventory: Inventory, lostDeviceIds: ReadonlySet<string>): Inventory {
  const gone: DeviceView[] = [];
  for (const { device } of inventory.candidates())
    if (lostDeviceIds.has(device.id)) gone.push({ ...device, unusable: 'device-failed' });
  return inventory.with(gone);
}
