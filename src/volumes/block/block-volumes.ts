import type { BlockVolumeRecord } from '../../db/block-volumes.ts';
import type { OperationRecord } from '../../db/operations.ts';
import type { Reads } from '../../db/queries.ts';
import { AppError } from '../../errors.ts';
import type { Command } from '../../lib/command.ts';
import type { OperationEngine } from '../../operations/engine.ts';
import type { NodeAccess } from '../../operations/node-access.ts';
import type { Once } from '../../operations/once.ts';
import type { BlockExporter } from '../../storage/block/exporter.ts';
import type { CreateVolumeTools } from '../create-volume.ts';
import {
  checkBlockNameAction,
  exportBlockAction,
  growBlockAction,
  withdrawBlockAction,
} from './block-actions.ts';
import { askSome } from './block-cluster.ts';
import { exportersFirst } from './block-nodes.ts';
import { BlockPasswords } from './block-passwords.ts';
import type { BlockRequest } from './choose-hosting.ts';
import { createBlockVolumeKind, planBlockCreation } from './create-block-volume.ts';
import { deleteBlockVolumeKind, planBlockDeletion } from './delete-block-volume.ts';
import { expandBlockVolumeKind, planBlockExpansion } from './expand-block-volume.ts';
import { blockParams, visibleBlockVolume } from './ready-block-volume.ts';
import { planRestriction, restrictHostingKind } from './restrict-hosting.ts';
import { namesIn } from './unknown-blocks.ts';

/** How long the nodes are asked for a password. */
const lookTimeoutMs = 30_000;

interface Parts {
  readonly engine: OperationEngine;
  readonly reads: Reads;
  readonly access: NodeAccess;
  readonly exporter: BlockExporter;
  readonly tools: CreateVolumeTools;
}

/** What can be done with block volumes and their hosting volumes. Each act is taken in as an operation. */
export class BlockVolumes {
  readonly #parts: Parts;
  readonly #passwords = new BlockPasswords();

  constructor(parts: Parts) {
    const { engine, exporter } = parts;
    this.#parts = parts;
    engine.register(
      [createBlockVolumeKind, deleteBlockVolumeKind, expandBlockVolumeKind, restrictHostingKind],
      [
        checkBlockNameAction(exporter),
        exportBlockAction(exporter, this.#passwords),
        withdrawBlockAction(exporter, this.#passwords),
        growBlockAction(exporter),
      ],
    );
  }

  /** @throws AppError `request.invalid`, `placement.no_room`, `server.busy`, `request.idempotency_mismatch`. */
  async create(request: BlockRequest, once?: Once): Promise<OperationRecord> {
    return this.#parts.engine.submit((tx) => planBlockCreation(tx, request, this.#parts.tools), once);
  }

  /** Grows the block volume to `newGib` in all. @throws AppError `object.not_found`, `object.in_use`, `placement.no_room`, `server.busy`. */
  async expand(id: string, newGib: number, once?: Once): Promise<OperationRecord> {
    return this.#parts.engine.submit((tx) => planBlockExpansion(tx, id, newGib), once);
  }

  /** @throws AppError `object.not_found`, `object.in_use`, `server.busy`. */
  async delete(id: string): Promise<OperationRecord> {
    return this.#parts.engine.submit((tx) => planBlockDeletion(tx, id));
  }

  /** Locks a hosting volume against new block volumes, or opens it. @throws AppError `object.not_found`, `request.conflict`. */
  async restrict(volumeId: string, restriction: '' | 'locked'): Promise<OperationRecord> {
    return this.#parts.engine.submit((tx) => planRestriction(tx, volumeId, restriction));
  }

  /** @throws AppError `object.not_found`. */
  async find(id: string): Promise<BlockVolumeRecord> {
    return visibleBlockVolume(this.#parts.reads, id);
  }

  /**
   * The password with which initiators log in; empty without authentication. It is not in the database: after a restart of
   * the manager the nodes are asked.
   *
   * @throws AppError when no node can tell: a wrong answer would lock somebody out.
   */
  async passwordOf(block: BlockVolumeRecord): Promise<string> {
    if (!block.auth) return '';
    const known = this.#passwords.of(block.id);
    if (known !== undefined) return known;
    const { reads, exporter } = this.#parts;
    const params = await blockParams(reads, block);
    const nodeIds = exportersFirst(params.nodes, params.hosts);
    const state = await askSome(
      (nodeId, commands) => this.#look(nodeId, commands),
      nodeIds,
      exporter.look(params),
    );
    if (state === undefined) {
      throw new AppError(
        'block.failed',
        `the nodes know no block volume ${params.hostingVolume}/${block.name}`,
      );
    }
    this.#passwords.keep(block.id, state.password);
    return state.password;
  }

  /**
   * Names of the block volumes in a hosting volume, as its nodes say.
   *
   * @throws AppError why no node could tell.
   */
  namesIn(name: string, nodeIds: readonly string[]): Promise<readonly string[]> {
    const look = (nodeId: string, commands: readonly Command[]) => this.#look(nodeId, commands);
    return namesIn(look, { name, nodeIds }, this.#parts.exporter);
  }

  async #look(nodeId: string, commands: Parameters<NodeAccess['look']>[1]): ReturnType<NodeAccess['look']> {
    const node = await this.#parts.reads.nodes.find(nodeId);
    const host = { nodeId, address: node?.manageNames[0] ?? '' };
    return this.#parts.access.look(host, commands, { timeoutMs: lookTimeoutMs });
  }
}
