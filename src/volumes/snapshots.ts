import type { OperationRecord } from '../db/operations.ts';
import { AppError } from '../errors.ts';
import type { OperationEngine } from '../operations/engine.ts';
import type { Once } from '../operations/once.ts';
import { type GlusterSnapshot, parseSnapshots } from '../storage/gluster/snapshots.ts';
import { type AskTools, askVolume, shownVolume } from './ask-volume.ts';
import {
  createSnapshotActions,
  createSnapshotKind,
  planSnapshot,
  type SnapshotRequest,
} from './create-snapshot.ts';
import { deleteSnapshotAction, deleteSnapshotKind, planSnapshotDeletion } from './delete-snapshot.ts';
import { planRestoration, restoreSnapshotActions, restoreSnapshotKind } from './restore-snapshot.ts';
import type { StorageCommands } from './settings.ts';
import { snapshotId } from './snapshot-identity.ts';

const timeoutMs = 60_000;

/** A snapshot as gluster tells it; gluster alone knows which there are. */
export interface Snapshot extends GlusterSnapshot {
  /** gluster's UUID without dashes. */
  readonly id: string;
  readonly volumeId: string;
}

/** Snapshots of volumes. Taking and deleting are taken in as operations and go on by themselves. */
export class Snapshots {
  readonly #tools: AskTools;
  readonly #engine: OperationEngine;

  constructor({
    engine,
    commands,
    poolLimitPercent,
    ...tools
  }: AskTools & {
    readonly engine: OperationEngine;
    readonly commands: StorageCommands;
    /** How full a thin pool may be when a snapshot is taken; 0: no limit. */
    readonly poolLimitPercent: number;
  }) {
    this.#tools = tools;
    this.#engine = engine;
    engine.register(
      [createSnapshotKind, deleteSnapshotKind, restoreSnapshotKind],
      [
        ...createSnapshotActions(commands, poolLimitPercent),
        deleteSnapshotAction(commands.gluster),
        ...restoreSnapshotActions(commands),
      ],
    );
  }

  /**
   * The snapshots of a volume, the oldest first. Looks only.
   *
   * @throws AppError `object.not_found`, `gluster.failed`, `gluster.foreign_volume`; the last node's failure when none answers.
   */
  async list(volumeId: string, signal: AbortSignal): Promise<Snapshot[]> {
    const { reads, gluster } = this.#tools;
    const volume = await shownVolume(reads, volumeId);
    const bricks = (await reads.bricks.listByVolume(volumeId)).filter(({ phase }) => phase !== 'creating');
    const command = gluster.snapshotInfo(volume.name);
    const answer = await askVolume(this.#tools, { volume, bricks }, { command, timeoutMs, signal });
    const found = parseSnapshots(answer?.stdout ?? '') ?? [];
    return found.map((snapshot) => ({ ...snapshot, id: snapshotId(snapshot), volumeId }));
  }

  /** @param nameOrId what it was called, or its id. @throws AppError `object.not_found`; as `list`. */
  async find(volumeId: string, nameOrId: string, signal: AbortSignal): Promise<Snapshot> {
    const all = await this.list(volumeId, signal);
    const found = all.find(({ name }) => name === nameOrId) ?? all.find(({ id }) => id === nameOrId);
    if (found !== undefined) return found;
    const names = all.length === 0 ? 'it has none' : `it has ${all.map(({ name }) => name).join(', ')}`;
    throw new AppError('object.not_found', `The volume has no snapshot ${nameOrId}; ${names}`);
  }

  /** @throws AppError `object.not_found`, `object.in_use`, `volume.no_snapshot_room`, `server.busy`. */
  async create(volumeId: string, request: SnapshotRequest, once?: Once): Promise<OperationRecord> {
    return this.#engine.submit((tx) => planSnapshot(tx, volumeId, request), once);
  }

  /** @throws AppError `object.not_found`, `object.in_use`, `server.busy`; as `list`. */
  async delete(volumeId: string, nameOrId: string, signal: AbortSignal): Promise<OperationRecord> {
    const snapshot = await this.find(volumeId, nameOrId, signal);
    return this.#engine.submit((tx) => planSnapshotDeletion(tx, volumeId, snapshot));
  }

  /**
   * Gives the volume the contents of a snapshot; what was written since is gone. The snapshot stays.
   *
   * @throws AppError `object.not_found`, `object.in_use`, `request.conflict`, `server.busy`; as `list`.
   */
  async restore(volumeId: string, nameOrId: string, signal: AbortSignal): Promise<OperationRecord> {
    const snapshot = await this.find(volumeId, nameOrId, signal);
    return this.#engine.submit((tx) => planRestoration(tx, volumeId, snapshot));
  }
}
