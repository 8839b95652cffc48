import type { Database } from '../../db/database.ts';
import type { NodeRecord } from '../../db/nodes.ts';
import type { OperationRecord } from '../../db/operations.ts';
import type { FolderFate } from '../../db/schema.ts';
import { AppError } from '../../errors.ts';
import type { DoctorTools } from '../doctor-tools.ts';
import { isInReach } from '../examination.ts';
import { readIntent } from '../look/intent.ts';
import { type Look, lookAt } from '../look/look.ts';
import { discover, type FoundVolume, idOfUuid } from './discover.ts';
import { assertFolders, assertManageable, sizeOnNodes } from './to-manage.ts';

/** What was found, and what could not be looked at. */
export interface Discovery {
  readonly volumes: readonly FoundVolume[];
  /** Clusters of which no node's gluster answered. */
  readonly silentClusterIds: readonly string[];
}

/**
 * Gluster volumes that others made: they are found on the nodes of clusters on record, and may be watched or managed.
 * Watching is a matter of the database alone: nothing on a node is changed by it.
 */
export class Adoption {
  readonly #tools: DoctorTools;
  readonly #database: Database;

  constructor(tools: DoctorTools) {
    this.#tools = tools;
    this.#database = tools.database;
  }

  /** Looks at the nodes of all clusters, or of one. Changes nothing. */
  async find(signal: AbortSignal, clusterId?: string): Promise<Discovery> {
    const { nodes, volumes } = await readIntent(this.#database.read);
    const asked = nodes.filter(
      (node) => isInReach(node) && (clusterId === undefined || node.clusterId === clusterId),
    );
    const look = await this.#look(asked, signal);
    const watched = (await this.#database.read.watchedVolumes.list()).filter(
      (record) => clusterId === undefined || record.clusterId === clusterId,
    );
    const ownNames = new Set(volumes.map((volume) => `${volume.clusterId}/${volume.name}`));
    const answered = new Set(look.clusters.map((cluster) => cluster.clusterId));
    return {
      volumes: discover(look.clusters, { nodes, ownNames, watched }),
      silentClusterIds: [...new Set(asked.map((node) => node.clusterId))].filter((id) => !answered.has(id)),
    };
  }

  /**
   * Watches volumes from now on, all or none. What is watched already is taken as it is now.
   *
   * @param names of gluster volumes.
   * @returns the volumes as they were found.
   * @throws AppError `object.not_found` naming the cluster or all volumes that gluster does not have; `request.conflict`
   * for one that is Mortar's own, with what to do; `gluster.failed` when no node answers.
   */
  async watch(clusterId: string, names: readonly string[], signal: AbortSignal): Promise<FoundVolume[]> {
    if ((await this.#database.read.clusters.find(clusterId)) === undefined)
      throw new AppError('object.not_found', `cluster: there is no cluster ${clusterId}`);
    const { volumes, silentClusterIds } = await this.find(signal, clusterId);
    const nodes = await this.#database.read.nodes.visibleIds(clusterId);
    if (nodes.length === 0 || silentClusterIds.includes(clusterId))
      throw new AppError(
        'gluster.failed',
        `no node of the cluster ${clusterId} answers for gluster: add its nodes to it (mortar node add), or look why they do not answer (mortar doctor)`,
      );
    const byName = new Map(volumes.map((volume) => [volume.name, volume]));
    await this.#assertFound(clusterId, names, byName);
    const chosen = [...new Set(names)].flatMap((name) => byName.get(name) ?? []);
    assertWatchable(chosen);
    const sinceMs = this.#tools.clock.now();
    await this.#database.write(async (tx) => {
      for (const { glusterUuid, name, bricks } of chosen)
        await tx.watchedVolumes.put({
          glusterUuid,
          clusterId,
          name,
          bricks: bricks.map((brick) => brick.name),
          sinceMs,
        });
    });
    return chosen.map((volume) => ({ ...volume, watchedSinceMs: volume.watchedSinceMs ?? sinceMs }));
  }

  /**
   * Makes a volume that others made one of Mortar's; what is in it and where it lies stays as it is.
   *
   * @param id as `FoundVolume` has it.
   * @param folders what becomes of its brick folders when the volume is deleted.
   * @throws AppError `object.not_found`; `request.conflict` with what stands in the way and what to do; `request.invalid` for
   * folders that cannot be emptied; what the nodes fail with.
   */
  async manage(id: string, folders: FolderFate, signal: AbortSignal): Promise<OperationRecord> {
    const { volumes, silentClusterIds } = await this.find(signal);
    const found = volumes.find((volume) => volume.id === id);
    if (found === undefined) throw await this.#notFound(id, silentClusterIds);
    const { durability, bricks } = assertManageable(found);
    const others = volumes.filter((volume) => volume !== found).flatMap((volume) => volume.bricks);
    assertFolders(folders, bricks, [...others, ...(await this.#database.read.foreignBricks.listAll())]);
    const nodes = await this.#database.read.nodes.listAll();
    const { access, settings } = this.#tools;
    const look = { access, timeoutMs: settings.deadlineMs, signal };
    const sizeGib = await sizeOnNodes({ durability, bricks }, nodes, look);
    const { clusterId, name, glusterUuid } = found;
    const { volumes: own } = this.#tools;
    return own.manage({ id, clusterId, name, glusterUuid, durability, sizeGib, bricks, folders });
  }

  async #notFound(id: string, silentClusterIds: readonly string[]): Promise<AppError> {
    const known = await this.#database.read.volumes.find(id);
    if (known !== undefined)
      return new AppError('request.conflict', `${known.name}: Mortar manages this volume already`);
    if (silentClusterIds.length > 0)
      return new AppError(
        'gluster.failed',
        `no volume with the id ${id} was found, and no node of the cluster ${silentClusterIds.join(', ')} answers for gluster: look why (mortar doctor)`,
      );
    return new AppError(
      'object.not_found',
      `gluster has no volume with the id ${id} that others made; mortar adopt list shows what there is`,
    );
  }

  /** Watches a volume no more; it stays as it is. @param id as `FoundVolume` has it. @throws AppError `object.not_found`. */
  async forget(id: string): Promise<void> {
    await this.#database.write(async (tx) => {
      const watched = (await tx.watchedVolumes.list()).find(
        ({ glusterUuid }) => idOfUuid(glusterUuid) === id,
      );
      if (watched === undefined)
        throw new AppError('object.not_found', `no volume with the id ${id} is watched`);
      await tx.watchedVolumes.delete(watched.glusterUuid);
    });
  }

  async #assertFound(
    clusterId: string,
    names: readonly string[],
    byName: ReadonlyMap<string, FoundVolume>,
  ): Promise<void> {
    const missing = names.filter((name) => {
      const status = byName.get(name)?.status;
      return status === undefined || status === 'missing';
    });
    if (missing.length === 0) return;
    const own = (await this.#database.read.volumes.listVisible()).filter(
      (volume) => volume.clusterId === clusterId && missing.includes(volume.name),
    );
    if (own.length > 0)
      throw new AppError(
        'request.conflict',
        `volumes: ${own.map(({ name }) => name).join(', ')}: Mortar manages this already`,
      );
    throw new AppError(
      'object.not_found',
      `volumes: gluster has no ${missing.join(', ')} in the cluster ${clusterId}; mortar adopt list shows what there is`,
    );
  }

  #look(nodes: readonly NodeRecord[], signal: AbortSignal): Promise<Look> {
    const { access, engine, commands, mountSettings, settings } = this.#tools;
    return lookAt(nodes, { access, lanes: engine.lanes, ...commands, mountSettings, settings }, signal);
  }
}

function assertWatchable(volumes: readonly FoundVolume[]): void {
  const obstacles = volumes.flatMap((volume) => volume.obstacles.filter(({ to }) => to === 'watch'));
  if (obstacles.length === 0) return;
  const words = obstacles.map((obstacle) => `${obstacle.words}: ${obstacle.remedy}`);
  throw new AppError('request.conflict', `volumes: ${words.join('; ')}`);
}
