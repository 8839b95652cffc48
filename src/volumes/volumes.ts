import type { BrickRecord } from '../db/bricks.ts';
import type { OperationRecord } from '../db/operations.ts';
import type { Reads } from '../db/queries.ts';
import type { OperationEngine } from '../operations/engine.ts';
import type { Once } from '../operations/once.ts';
import { addBricksAction } from './add-bricks.ts';
import { cloneGlusterVolumeAction } from './clone-gluster-volume.ts';
import { cloneVolumeKind, planClone } from './clone-volume.ts';
import { createGlusterVolumeAction } from './create-gluster-volume.ts';
import { type CreateVolumeTools, createVolumeKind, planCreation } from './create-volume.ts';
import { deletionActions } from './delete-gluster-volume.ts';
import { deleteVolumeKind, planDeletion } from './delete-volume.ts';
import { destroyBricksAction, destroyLeftBricksAction } from './destroy-bricks.ts';
import { emptyFoldersAction } from './empty-folders.ts';
import { expandVolumeKind, planExpansion } from './expand-volume.ts';
import { checkGrowthAction, growBricksAction } from './grow-bricks.ts';
import type { Expansion } from './grow-volume.ts';
import { imprintVolumeAction } from './imprint-volume.ts';
import { destroyBricksKind } from './left-bricks.ts';
import { type LossReport, reportLoss } from './loss-report.ts';
import { makeBricksAction } from './make-bricks.ts';
import {
  manageVolumeKind,
  planManagement,
  planRelease,
  releaseVolumeKind,
  type VolumeToManage,
} from './manage-volume.ts';
import { markCloneBricksAction } from './mark-clone-bricks.ts';
import { type MoveOptions, type PlannedMove, planMoves } from './plan-moves.ts';
import { dryRunCreation, dryRunExpansion, type VolumePlan } from './plan-volume.ts';
import { rebalanceAction } from './rebalance.ts';
import {
  planReplacement,
  type ReplaceOptions,
  replaceBrickKind,
  replacementActions,
} from './replace-brick.ts';
import type { StorageCommands } from './settings.ts';
import { syncBricksAction } from './sync-bricks.ts';
import { giveBackAction, takeOverAction } from './take-over.ts';
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
      [
        createVolumeKind(tools),
        cloneVolumeKind,
        expandVolumeKind(tools),
        deleteVolumeKind,
        manageVolumeKind,
        releaseVolumeKind,
        destroyBricksKind,
        replaceBrickKind(tools),
      ],
      [
        makeBricksAction(commands),
        checkGrowthAction(commands),
        growBricksAction(commands),
        imprintVolumeAction(commands),
        destroyBricksAction(commands, reads),
        destroyLeftBricksAction(commands, reads),
        ...replacementActions(commands.gluster, tools),
        createGlusterVolumeAction(commands.gluster, reads),
        cloneGlusterVolumeAction(commands, reads),
        markCloneBricksAction(commands),
        addBricksAction(commands.gluster),
        syncBricksAction,
        rebalanceAction(commands.gluster),
        ...deletionActions({
          gluster: commands.gluster,
          exporter: commands.block,
          reads,
          nowMs: () => tools.nowMs(),
        }),
        takeOverAction(commands.gluster),
        giveBackAction(commands.gluster),
        emptyFoldersAction,
      ],
    );
  }

  /** @throws AppError `request.invalid`, `placement.no_room`, `server.busy`, `request.idempotency_mismatch`. */
  async create(request: VolumeRequest, once?: Once): Promise<OperationRecord> {
    const checked = checkRequest(request, this.#tools.settings);
    return this.#engine.submit((tx) => planCreation(tx, checked, this.#tools), once);
  }

  /** Grows the volume, in place or by more bricks. @throws AppError `object.not_found`, `object.in_use`, `placement.no_room`, `server.busy`. */
  async expand(volumeId: string, expansion: Expansion, once?: Once): Promise<OperationRecord> {
    return this.#engine.submit((tx) => planExpansion(tx, volumeId, expansion, this.#tools), once);
  }

  /** Makes a volume with what is in this one now. @throws AppError `object.not_found`, `object.in_use`, `request.conflict`, `server.busy`. */
  async clone(volumeId: string, name: string, once?: Once): Promise<OperationRecord> {
    return this.#engine.submit((tx) => planClone(tx, volumeId, name, this.#tools), once);
  }

  /** What `create` would do now, without doing it. @throws AppError `request.invalid`. */
  async planCreation(request: VolumeRequest): Promise<VolumePlan> {
    const checked = checkRequest(request, this.#tools.settings);
    return dryRunCreation(this.#reads, checked, this.#tools);
  }

  /** What `expand` would do now, without doing it. @throws AppError `object.not_found`, `object.in_use`. */
  async planExpansion(volumeId: string, expansion: Expansion): Promise<VolumePlan> {
    return dryRunExpansion(this.#reads, volumeId, expansion, this.#tools);
  }

  /** Lets a brick live on another device. @throws AppError `object.not_found`, `object.in_use`, `placement.no_room`, `server.busy`. */
  async replaceBrick(brickId: string, options: ReplaceOptions = {}, once?: Once): Promise<OperationRecord> {
    return this.#engine.submit((tx) => planReplacement(tx, brickId, options, this.#tools), once);
  }

  /** Where bricks would go if they were moved now, one after the other; nothing is changed. */
  async planMoves(bricks: readonly BrickRecord[], options: MoveOptions = {}): Promise<PlannedMove[]> {
    return planMoves(this.#reads, (clusterId) => this.#tools.index.of(clusterId), bricks, options);
  }

  /** What would happen if devices were lost at the same time; nothing is changed. */
  async whatIf(deviceIds: readonly string[]): Promise<LossReport> {
    return reportLoss(this.#reads, this.#tools.index, deviceIds);
  }

  /** Makes a volume that others made one of Mortar's. @throws AppError `request.conflict`, `server.busy`. */
  async manage(found: VolumeToManage): Promise<OperationRecord> {
    return this.#engine.submit((tx) => planManagement(tx, found, this.#tools));
  }

  /** Gives such a volume back. @throws AppError `object.not_found`, `object.in_use`, `request.conflict`, `server.busy`. */
  async release(volumeId: string): Promise<OperationRecord> {
    return this.#engine.submit((tx) => planRelease(tx, volumeId));
  }

  /** @throws AppError `object.not_found`, `object.in_use`, `request.conflict`, `server.busy`. */
  async delete(volumeId: string): Promise<OperationRecord> {
    return this.#engine.submit((tx) => planDeletion(tx, volumeId));
  }
}
