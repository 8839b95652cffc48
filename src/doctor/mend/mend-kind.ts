import type { DeviceRecord } from '../../db/devices.ts';
import type { Writes } from '../../db/queries.ts';
import type { Action, OperationKind, Outcome, StepPlan } from '../../operations/kinds.ts';
import type { DoctorTools } from '../doctor-tools.ts';
import { type AdoptedVolume, lookAtOrphanAction } from './adopt-action.ts';
import { lookAtDeviceAction } from './adopt-device-action.ts';
import { forgetBootMountAction, remountBrickAction, removeFolderAction } from './brick-actions.ts';
import { imprintBrickAction, imprintDevicesAction } from './imprint-actions.ts';
import { quarantineActions } from './quarantine-actions.ts';
import { checkBricksGoneAction, checkVolumeGoneAction, startVolumeAction } from './volume-actions.ts';

export const mendKindName = 'mend';

/** What a mend is made of. */
export interface MendWork {
  readonly clusterId: string | null;
  readonly stages: readonly (readonly StepPlan[])[];
  /** The volume that the operation holds until it ends: its record is to change. */
  readonly volumeId?: string;
}

export interface MendInput {
  readonly findingId: string;
  readonly action: string;
  readonly object: string;
  readonly volumeId?: string;
}

/** Mends a finding. Nothing is promised but the hold on a volume; a failure is told and leaves things as they are. */
export const mendKind: OperationKind = {
  name: mendKindName,

  async finish(tx, { operation, steps }) {
    const { findingId, action, volumeId } = operation.input as MendInput;
    await tx.findings.forget(findingId);
    if (action === 'forget-volume' && volumeId !== undefined) {
      await tx.bricks.delete(await tx.bricks.listByVolume(volumeId));
      await tx.volumes.delete(volumeId);
      return {};
    }
    const output = (name: string): unknown => steps.find((step) => step.action === name)?.output;
    if (action === 'adopt-volume' || action === 'retake-volume')
      return {
        resultPath: await record(tx, output('look-at-orphan') as AdoptedVolume, operation.createdAtMs),
      };
    if (action === 'adopt-device')
      return recordDevice(tx, output('look-at-device') as DeviceRecord, operation.createdAtMs);
    await release(tx, operation.id, volumeId);
    return {};
  },

  async abandon(tx, { operation }) {
    await release(tx, operation.id, (operation.input as MendInput).volumeId);
    return {};
  },
};

async function release(tx: Writes, operationId: string, volumeId: string | undefined): Promise<void> {
  if (volumeId === undefined) return;
  const volume = await tx.volumes.find(volumeId);
  if (volume?.operationId === operationId) await tx.volumes.update(volumeId, { operationId: null });
}

/** Records a volume as it was found, in the place of what is on record of it. @returns the path of the volume. */
async function record(
  tx: Writes,
  { volume, bricks, foreignBricks = [] }: AdoptedVolume,
  nowMs: number,
): Promise<string> {
  if ((await tx.volumes.find(volume.id)) === undefined) await tx.volumes.insert(volume, nowMs);
  else {
    const { sizeGib, phase, operationId } = volume;
    await tx.volumes.update(volume.id, { sizeGib, phase, operationId });
    await tx.bricks.delete(await tx.bricks.listByVolume(volume.id));
    await tx.foreignBricks.deleteOf(volume.id);
  }
  await tx.bricks.insert(bricks);
  await tx.foreignBricks.insert(foreignBricks);
  return `/volumes/${volume.id}`;
}

async function recordDevice(tx: Writes, device: DeviceRecord, nowMs: number): Promise<Outcome> {
  if ((await tx.devices.find(device.id)) === undefined) await tx.devices.insert(device, nowMs);
  return { resultPath: `/devices/${device.id}` };
}

export const mendActions = ({ commands, database }: DoctorTools): Action[] => [
  remountBrickAction(commands),
  forgetBootMountAction(commands),
  removeFolderAction(),
  imprintDevicesAction(commands),
  imprintBrickAction(commands),
  startVolumeAction(commands),
  checkVolumeGoneAction(commands),
  checkBricksGoneAction(commands),
  lookAtOrphanAction(commands, database.read),
  lookAtDeviceAction(commands),
  ...quarantineActions(commands, database.read),
];
