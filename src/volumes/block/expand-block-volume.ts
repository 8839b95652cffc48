import type { Writes } from '../../db/queries.ts';
import { AppError } from '../../errors.ts';
import { newId } from '../../lib/ids.ts';
import type { OperationKind, PlannedOperation } from '../../operations/kinds.ts';
import type { Grown, GrowParams } from './block-actions.ts';
import { freeGibOf } from './hosting-free.ts';
import { blockParams, readyBlockVolume } from './ready-block-volume.ts';

const kindName = 'expand-block-volume';
const prefix = 'Failed to allocate block volume expansion: ';

interface ExpandBlockInput {
  readonly newGib: number;
}

/**
 * Plans the growth of a block volume to a new size. The same size once more lets hosts follow that did not before.
 *
 * @throws AppError `object.not_found`, `object.in_use`, `placement.no_room` with the contract's words (section 12).
 */
export async function planBlockExpansion(
  tx: Writes,
  blockId: string,
  newGib: number,
): Promise<PlannedOperation> {
  const block = await readyBlockVolume(tx, blockId, prefix);
  const { sizeGib, usableGib } = block;
  if (newGib === sizeGib && usableGib === sizeGib) {
    throw refused(
      `Requested new-size ${newGib} is same as current block volume size ${sizeGib}, nothing to be done.`,
    );
  }
  if (newGib < sizeGib) {
    throw refused(
      `Requested new-size ${newGib} is less than current block volume size ${sizeGib}, shrinking is not allowed.`,
    );
  }
  const free = await freeGibOf(tx, block.hostingVolumeId);
  if (newGib - sizeGib > free) {
    throw new AppError(
      'placement.no_room',
      `${prefix}No space\nThe hosting volume ${block.hostingVolumeId} has ${free} GiB free; ${newGib - sizeGib} GiB are needed. Grow it (volume expand), or ask for at most ${sizeGib + free} GiB`,
    );
  }
  const operationId = newId();
  await tx.blockVolumes.update(blockId, { phase: 'expanding', operationId, takenGib: newGib });
  const params: GrowParams = { ...(await blockParams(tx, block)), fromGib: sizeGib, toGib: newGib };
  return {
    id: operationId,
    kind: kindName,
    clusterId: block.clusterId,
    target: { kind: 'blockvolume', id: blockId },
    input: { newGib } satisfies ExpandBlockInput,
    plan: { stages: [[{ action: 'grow-block', nodeId: null, params }]] },
  };
}

const refused = (reason: string): AppError =>
  new AppError('request.conflict', `${prefix}${reason}`, { status: 500 });

export const expandBlockVolumeKind: OperationKind = {
  name: kindName,

  async finish(tx, { operation, steps }) {
    const { newGib } = operation.input as ExpandBlockInput;
    const grown = steps.find(({ action }) => action === 'grow-block')?.output as Grown | undefined;
    const usableGib = grown?.usableGib ?? newGib;
    const id = operation.target.id;
    await tx.blockVolumes.update(id, { sizeGib: newGib, usableGib, phase: 'ready', operationId: null });
    const warnings =
      usableGib === newGib
        ? []
        : [
            `not every host followed: ${usableGib} of ${newGib} GiB can be used; when all are up, expand to ${newGib} once more`,
          ];
    return { resultPath: `/blockvolumes/${id}`, warnings };
  },

  async abandon(tx, { operation }) {
    const id = operation.target.id;
    const block = await tx.blockVolumes.find(id);
    await tx.blockVolumes.update(id, {
      phase: 'ready',
      operationId: null,
      ...(block === undefined ? {} : { takenGib: block.sizeGib }),
    });
    return {};
  },
};
