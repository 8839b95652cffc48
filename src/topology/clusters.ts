import type { ClusterRecord } from '../db/clusters.ts';
import type { Database } from '../db/database.ts';
import type { Writes } from '../db/queries.ts';
import { AppError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';
import { assertSameRequest, type Once } from '../operations/once.ts';

export interface ClusterFlags {
  readonly file: boolean;
  readonly block: boolean;
}

/** The lives of clusters: nothing on nodes is touched, so all is done at once. */
export class Clusters {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** @throws AppError `request.idempotency_mismatch`. */
  async create(flags: ClusterFlags, once?: Once): Promise<ClusterRecord> {
    return this.#database.write(async (tx) => {
      const before = once === undefined ? undefined : await createdBefore(tx, once);
      if (before !== undefined) return before;
      const cluster = { id: newId(), ...flags };
      await tx.clusters.insert(cluster, this.#clock.now());
      if (once !== undefined) {
        await tx.idempotency.insert({ ...once, operationId: null, response: cluster }, this.#clock.now());
      }
      return cluster;
    });
  }

  /** @throws AppError `object.not_found`. */
  async setFlags(id: string, flags: ClusterFlags): Promise<void> {
    await this.#database.write(async (tx) => {
      await existing(tx, id);
      await tx.clusters.setFlags(id, flags);
    });
  }

  /** @throws AppError `object.not_found`; `object.in_use` with the contract's words while it holds nodes or volumes. */
  async delete(id: string): Promise<void> {
    await this.#database.write(async (tx) => {
      await existing(tx, id);
      if (await tx.clusters.isOccupied(id)) {
        throw new AppError(
          'object.in_use',
          `Unable to delete cluster [${id}] because it contains volumes and/or nodes`,
        );
      }
      await tx.clusters.delete(id);
    });
  }
}

async function existing(tx: Writes, id: string): Promise<ClusterRecord> {
  const cluster = await tx.clusters.find(id);
  if (cluster === undefined) throw new AppError('object.not_found', 'Id not found');
  return cluster;
}

async function createdBefore(tx: Writes, { key, fingerprint }: Once): Promise<ClusterRecord | undefined> {
  const record = await tx.idempotency.find(key);
  if (record === undefined) return undefined;
  assertSameRequest(key, record.fingerprint, fingerprint);
  return record.response as ClusterRecord;
}
