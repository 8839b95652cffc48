import type { OperationRecord } from '../db/operations.ts';
import type { Reads } from '../db/queries.ts';
import type { OperationEngine } from '../operations/engine.ts';
import type { Once } from '../operations/once.ts';
import { addBricksAction } from './add-bricks.ts';
import { createGlusterVolumeAction } from './create-gluster-volume.ts';
import { type CreateVolumeTools, createVolumeKind, planCreation } from './create-volume.ts';
import { checkDeletionAction, deleteGlusterVolumeAction } from './delete-gluster-volume.ts';
import { deleteVolumeKind, planDeletion } from './delete-volume.ts';
import { destroyBricksAction } from './destroy-bricks.ts';
import { expandVolumeKind, planExpansion } from './expand-volume.ts';
import { destroyBricksKind } from './left-bricks.ts';
import { makeBricksAction } from './make-bricks.ts';
import { dryRunCreation, dryRunExpansion, type VolumePlan } from './plan-volume.ts';
import { rebalanceAction } from './rebalance.ts';
import type { StorageCommands } from './settings.ts';
import { checkRequest, type VolumeRequest } from './volume-request.ts';

/** What can be done with file volumes. Each act is taken in as an operation and goes on by itself. */
export class Volumes {
  readonly #engine: OperationEngine;
  readonly #reads: Reads;
  readonly #tools: CreateVolumeTools;

  constructor(parts: {
    engine: OperationEngine;
    reads: Reads;
    commands: StorageCommands;
    tools: CreateVolumeTools;
  }) {
    const { engine, reads, commands, tools } = parts;
    this.#engine = engine;
    this.#reads = reads;
    this.#tools = tools;
    engine.register(
      [createVolumeKind(tools), expandVolumeKind, deleteVolumeKind, destroyBricksKind],
      [
        makeBricksAction(commands),
        destroyBricksAction(commands),
        createGlusterVolumeAction(commands.gluster),
        addBricksAction(commands.gluster),
        rebalanceAction(commands.gluster),
        checkDeletionAction(commands.gluster),
        deleteGlusterVolumeAction(commands.gluster),
      ],
    );
  }

  /** @throws AppError `request.invalid`, `placement.no_room`, `server.busy`, `request.idempotency_mismatch`. */
  async create(request: VolumeRequest, once?: Once): Promise<OperationRecord> {
    const checked = checkRequest(request, this.#tools.settings);
    return this.#engine.submit((tx) => planCreation(tx, checked, this.#tools), once);
  }

  /** Grows the volume by `expandGib`. @throws AppError `object.not_found`, `object.in_use`, `placement.no_room`, `server.busy`. */
  async expand(volumeId: string, expandGib: number, once?: Once): Promise<OperationRecord> {
    return this.#engine.submit((tx) => planExpansion(tx, volumeId, expandGib, this.#tools), once);
  }

  /** What `create` would do now, without doing it. @throws AppError `request.invalid`. */
  async planCreation(request: VolumeRequest): Promise<VolumePlan> {
    const checked = checkRequest(request, this.#tools.settings);
    return dryRunCreation(this.#reads, checked, this.#tools);
  }

  /** What `expand` would do now, without doing it. @throws AppError `object.not_found`, `object.in_use`. */
  async planExpansion(volumeId: string, expandGib: number): Promise<VolumePlan> {
    return dryRunExpansion(this.#reads, volumeId, expandGib, this.#tools);
  }

  /** @throws AppError `object.not_found`, `object.in_use`, `request.conflict`, `server.busy`. */
  async delete(volumeId: string): Promise<OperationRecord> {
    return this.#engine.submit((tx) => planDeletion(tx, volumeId));
  }
}
