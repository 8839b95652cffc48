import type { Writes } from '../../db/queries.ts';
import type { VolumeRecord } from '../../db/volumes.ts';
import { AppError } from '../../errors.ts';
import { newId } from '../../lib/ids.ts';
import type { OperationKind, PlannedOperation } from '../../operations/kinds.ts';
import { reservedGib } from '../hosting-room.ts';
import { freeGibOf } from './hosting-free.ts';

const kindName = 'restrict-block-hosting';

interface RestrictInput {
  readonly restriction: '' | 'locked';
}

const refused = (reason: string): AppError =>
  new AppError('request.conflict', `Failed to set block restriction: ${reason}`, { status: 500 });

/**
 * Plans that a hosting volume takes no more block volumes (at once), or takes them again (at the end).
 *
 * @throws AppError `object.not_found`, `request.conflict` (500 with the contract's words, section 11).
 */
export async function planRestriction(
  tx: Writes,
  volumeId: string,
  restriction: '' | 'locked',
): Promise<PlannedOperation> {
  const volume = await tx.volumes.find(volumeId);
  if (volume === undefined || volume.phase !== 'ready')
    throw new AppError('object.not_found', 'Id not found');
  if (!volume.block) throw refused('Block restrictions can only be set on block hosting volumes');
  if (restriction === '') await assertUnlockable(tx, volume);
  // Sizes that do not add up are still so after a lock.
  else if (volume.blockRestriction === '')
    await tx.volumes.update(volumeId, { blockRestriction: restriction });
  return {
    id: newId(),
    kind: kindName,
    clusterId: volume.clusterId,
    target: { kind: 'volume', id: volumeId },
    input: { restriction } satisfies RestrictInput,
    plan: { stages: [] },
  };
}

/** One whose sizes did not add up has to have its reserve first. */
async function assertUnlockable(tx: Writes, volume: VolumeRecord): Promise<void> {
  if (volume.blockRestriction !== 'locked-by-update') return;
  const needed = Math.max(0, reservedGib(volume.sizeGib) - volume.blockReservedGib);
  const free = await freeGibOf(tx, volume.id);
  if (free < needed)
    throw refused(`Can not unlock volume. ${needed}GiB free space is required, but found ${free}GiB`);
  if (needed > 0) await tx.volumes.update(volume.id, { blockReservedGib: volume.blockReservedGib + needed });
}

export const restrictHostingKind: OperationKind = {
  name: kindName,
  async finish(tx, { operation }) {
    const { restriction } = operation.input as RestrictInput;
    if (restriction === '') await tx.volumes.update(operation.target.id, { blockRestriction: '' });
    return { resultPath: `/volumes/${operation.target.id}` };
  },
  async abandon() {
    return {};
  },
};
